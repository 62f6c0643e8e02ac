// Stock clients of Yjs, y-websocket and @hocuspocus/provider, driven by lines of JSON: commands in, what happens out.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.argv[2]);
const Y = require("yjs");
const { WebsocketProvider } = require("y-websocket");
const { HocuspocusProvider, HocuspocusProviderWebsocket } = require("@hocuspocus/provider");
const { WebSocket } = require("ws");
const origin = process.argv[3];

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
console.warn = (...words) => tell({ what: "warned", words: words.join(" ") });
console.error = (...words) => tell({ what: "error", words: words.map(String).join(" ") });
process.on("uncaughtException", (error) => tell({ what: "error", words: String(error.stack) }));

const copies = new Map();
let shared; // the one socket of Hocuspocus' providers
// A token may be refreshed: the newest is what a provider sends.
const tokens = new Map();

const socketOf = (headers) => class extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { headers });
  }
};

const text = (doc) => doc.getXmlFragment("text").toArray().map((child) => child.toString()).join("\n");
// Every text of a document, and what is read in it, without marks.
const texts = (type) => type.toArray().flatMap((child) => (child instanceof Y.XmlText ? [child] : texts(child)));
const plain = (written) => written.toDelta().map(({ insert }) => insert).join("");
const oneOf = (all) => all[Math.floor(Math.random() * all.length)];
const words = (written) => [...plain(written).matchAll(/w\d+n\d+e/g)].map((it) => [it.index, it[0].length]);
const textOf = (copy) => copy.doc.getXmlFragment("text").get(0);

// A draft's blocks, as tests/livrya/studio_pages.py has them: kind and words, bold ones in [b].
function blocks(doc) {
  const said = ({ insert, attributes }) => (attributes?.bold ? `[b]${insert}[/b]` : insert);
  const elements = doc.getXmlFragment("text").toArray().filter((child) => child instanceof Y.XmlElement);
  const lines = elements.map((block) => {
    const spans = texts(block).flatMap((written) => written.toDelta().map(said));
    return `${block.getAttribute("kind") ?? "paragraph"}: ${spans.join("")}`.replaceAll("[/b][b]", "");
  });
  return lines.join("\n");
}

function carets(awareness) {
  const found = {};
  for (const [client, state] of awareness.getStates()) {
    found[client] = state.user?.name ?? null;
  }
  return found;
}

function watch(id, copy) {
  copies.set(id, copy);
  if (!copy.quiet) {
    copy.doc.on("update", () => tell({ what: "text", id, text: text(copy.doc) }));
  }
  copy.provider.awareness.on("change", () => tell({ what: "carets", id, carets: carets(copy.provider.awareness) }));
  tell({ what: "opened", id, client: copy.doc.clientID });
}

const commands = {
  yjs({ id, name, token, params, headers, from, quiet }) {
    const doc = from === undefined ? new Y.Doc() : copies.get(from).doc;
    const provider = new WebsocketProvider(`${origin}/yjs`, name, doc, {
      WebSocketPolyfill: socketOf(headers ?? {}),
      protocols: token === undefined ? [] : ["livrya.v1", `livrya.token.${token}`],
      params: params ?? {},
      disableBc: true,
    });
    provider.on("sync", (state) => state && tell({ what: "synced", id }));
    provider.on("status", ({ status }) => tell({ what: status, id }));
    provider.on("closed", ({ code, reason }) => tell({ what: "closed", id, code, reason }));
    watch(id, { doc, provider, quiet, written: 0 });
  },
  hocuspocus({ id, name, token, headers, session, from, quiet }) {
    const doc = from === undefined ? new Y.Doc() : copies.get(from).doc;
    shared ??= new HocuspocusProviderWebsocket({
      url: `${origin}/hocuspocus`,
      WebSocketPolyfill: socketOf(headers ?? {}),
      delay: 50,
      minDelay: 50,
      maxDelay: 500,
    });
    tokens.set(id, token);
    const provider = new HocuspocusProvider({
      websocketProvider: shared,
      name,
      document: doc,
      token: () => tokens.get(id),
      sessionAwareness: session === true,
    });
    provider.on("synced", ({ state }) => state && tell({ what: "synced", id }));
    provider.on("authenticated", ({ scope }) => tell({ what: "allowed", id, scope }));
    provider.on("authenticationFailed", ({ reason }) => tell({ what: "refused", id, reason }));
    provider.on("unsyncedChanges", ({ number }) => {
      tell({ what: "unsynced", id, number, written: copies.get(id)?.written ?? 0 });
    });
    provider.on("status", ({ status }) => tell({ what: status, id }));
    provider.on("close", ({ event }) => tell({ what: "closed", id, code: event.code, reason: event.reason }));
    provider.on("stateless", ({ payload }) => tell({ what: "stateless", id, payload }));
    watch(id, { doc, provider, quiet, written: 0 });
    provider.attach();
  },
  type({ id, words, at }) {
    const written = textOf(copies.get(id));
    written.insert(at ?? written.length, words);
  },
  // A word behind some other, as realtime.testing.writing has them.
  write({ id, word }) {
    const copy = copies.get(id);
    const written = oneOf(texts(copy.doc.getXmlFragment("text")));
    copy.written += 1;
    written.insert(oneOf([0, ...words(written).map(([at, length]) => at + length)]), word);
  },
  // One of the words becomes bold, or is so no longer.
  mark({ id }) {
    const written = oneOf(texts(copies.get(id).doc.getXmlFragment("text")));
    const found = words(written);
    found.length > 0 && written.format(...oneOf(found), { bold: Math.random() < 0.5 ? {} : null });
  },
  kind({ id, kind }) {
    const block = oneOf(copies.get(id).doc.getXmlFragment("text").toArray());
    kind === "paragraph" ? block.removeAttribute("kind") : block.setAttribute("kind", kind);
  },
  remove({ id, at, length }) {
    textOf(copies.get(id)).delete(at, length);
  },
  bold({ id, at, length }) {
    textOf(copies.get(id)).format(at, length, { bold: {} });
  },
  point({ id, name }) {
    copies.get(id).provider.awareness.setLocalStateField("user", { name, color: "red" });
    copies.get(id).provider.awareness.setLocalStateField("cursor", null);
  },
  token({ id, token }) {
    tokens.set(id, token);
  },
  stateless({ id, payload }) {
    copies.get(id).provider.sendStateless(payload);
  },
  // As a lost network would: without a word to the server.
  cut({ id }) {
    const { provider } = copies.get(id);
    (provider.ws ?? shared.webSocket)._socket.destroy();
  },
  offline({ id }) {
    const { provider } = copies.get(id);
    provider.ws === undefined ? shared.disconnect() : provider.disconnect();
  },
  online({ id }) {
    const { provider } = copies.get(id);
    provider.ws === undefined ? shared.connect() : provider.connect();
  },
  leave({ id }) {
    copies.get(id).provider.destroy();
  },
  look({ id, number }) {
    const { doc, provider } = copies.get(id);
    tell({
      what: "look",
      number,
      text: text(doc),
      blocks: blocks(doc),
      synced: provider.synced,
      unsynced: provider.unsyncedChanges ?? null,
      carets: carets(provider.awareness),
    });
  },
};

tell({ what: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  commands[command.do](command);
}
process.exit(0);
