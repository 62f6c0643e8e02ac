// A thread with five stock providers: what its parent's copies write goes out, what the server sends comes back.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

const { door, frontend, name, origin, port, tokens } = workerData;
const require = createRequire(frontend);
const Y = require("yjs");
const { WebsocketProvider } = require("y-websocket");
const { HocuspocusProvider, HocuspocusProviderWebsocket } = require("@hocuspocus/provider");
const { WebSocket } = require("ws");

const SETTLE_MS = 60_000; // far beyond any reconnection; who is not alike by then never will be
const LOOK_MS = 10;

const moment = () => new Promise((resolve) => setTimeout(resolve, LOOK_MS));
const fromParent = {}; // the origin of what the parent has already

const doors = {
  yjs(doc, token) {
    const provider = new WebsocketProvider(`${origin}/yjs`, name, doc, {
      WebSocketPolyfill: WebSocket,
      protocols: ["livrya.v1", `livrya.token.${token}`],
      disableBc: true,
      maxBackoffTime: 500,
    });
    return { link: provider, gone: () => true, saved: () => provider.synced, socket: () => provider.ws };
  },
  hocuspocus(doc, token) {
    const link = new HocuspocusProviderWebsocket({
      url: `${origin}/hocuspocus`,
      WebSocketPolyfill: WebSocket,
      delay: 50,
      minDelay: 50,
      maxDelay: 500,
    });
    const provider = new HocuspocusProvider({ websocketProvider: link, name, document: doc, token });
    provider.attach();
    return {
      link,
      gone: () => link.status === "disconnected", // before it is, this client does not hear that it should connect
      saved: () => provider.synced && !provider.hasUnsyncedChanges,
      socket: () => link.webSocket,
    };
  },
};

const copies = tokens.map((token, index) => {
  // What was deleted is collected by the parent's copies alone: here it would be cut in other places.
  const doc = new Y.Doc({ gc: false });
  doc.on("update", (update, origin) => origin !== fromParent && port.postMessage({ copy: index, update }));
  return { doc, online: true, ...doors[door](doc, token) };
});

const alike = (one, other) => Y.equalSnapshots(Y.snapshot(one.doc), Y.snapshot(other.doc));

// For the failure's message.
const describe = ({ doc, online, link, saved }) => ({
  online,
  saved: saved(),
  status: link.status,
  waits: doc.store.pendingStructs !== null || doc.store.pendingDs !== null,
  vector: Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(doc))),
});

const commands = {
  update({ copy, update }) {
    Y.applyUpdate(copies[copy].doc, update, fromParent);
  },
  offline({ copy }) {
    copies[copy].online = false;
    copies[copy].link.disconnect();
  },
  async online({ copy }) {
    copies[copy].online = true;
    while (!copies[copy].gone()) {
      await moment();
    }
    if (copies[copy].online) {
      copies[copy].link.connect();
    }
  },
  // As a lost network would: without a word to the server.
  cut({ copy }) {
    copies[copy].socket()?._socket?.destroy();
  },
  // Says so when every copy that is online has what the others have, or will not have it.
  async settle() {
    const until = Date.now() + SETTLE_MS;
    const online = copies.filter((copy) => copy.online);
    const settled = () => online.every((copy) => copy.saved() && alike(copy, online[0]));
    while (!settled() && Date.now() < until) {
      await moment();
    }
    port.postMessage({ settled: settled(), found: copies.map(describe) });
  },
};

port.on("message", (command) => commands[command.do](command));
parentPort.postMessage("ready");
