// The random operations of Yjs' own tests (`yjs/testHelper`, as it is) on five copies, each behind a stock provider.
//
// `applyRandomTests` and `compare` wait for nothing, while providers live from turns of the loop. So the providers are in
// a thread of their own, and what the helper's connector would carry from copy to copy comes from there.
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";

const [frontend, origin, door, name, seed, operations] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(dirname(frontend), "node_modules", path)).href);
// With the Yjs that it brings along: a second copy of the library would not know this one's types.
const Y = await load("yjs/dist/testHelper.mjs");
const prng = await load("lib0/prng.js");
const { applyRandomTests, TestConnector, TestYInstance } = Y;

const TOKENS = ["1", "2", "3", "4", "5"]; // one person for each of the helper's five copies
const MOMENT_MS = 5;

// The wire

const { port1: port, port2 } = new MessageChannel();
const sockets = new Worker(join(dirname(fileURLToPath(import.meta.url)), "random_sockets.mjs"), {
  workerData: { door, frontend, name, origin, port: port2, tokens: TOKENS },
  transferList: [port2],
});
await new Promise((resolve, reject) => sockets.once("message", resolve).once("error", reject));

const nobody = new Int32Array(new SharedArrayBuffer(4));
const pause = () => Atomics.wait(nobody, 0, 0, MOMENT_MS);
const copies = [];

// Applies the next message, waiting a moment for it. Returns it, undefined where none has come.
function receive() {
  let received = receiveMessageOnPort(port);
  if (received === undefined) {
    pause();
    received = receiveMessageOnPort(port);
  }
  const message = received?.message;
  if (message?.update !== undefined) {
    Y.applyUpdate(copies[message.copy], message.update, copies[message.copy].tc);
  }
  return message;
}

// The helper's connector, by which copies would hear each other without a network

TestYInstance.prototype._receive = () => {};
TestYInstance.prototype.connect = function () {
  if (!copies.includes(this)) {
    copies.push(this);
    const copy = copies.indexOf(this);
    this.on("update", (update, from) => from !== this.tc && port.postMessage({ do: "update", copy, update }));
  } else if (!this.tc.onlineConns.has(this)) {
    port.postMessage({ do: "online", copy: copies.indexOf(this) });
  }
  this.tc.onlineConns.add(this);
};
TestYInstance.prototype.disconnect = function () {
  this.tc.onlineConns.delete(this);
  port.postMessage({ do: "offline", copy: copies.indexOf(this) });
};
TestConnector.prototype.flushRandomMessage = () => receive() !== undefined;
TestConnector.prototype.flushAllMessages = () => {
  port.postMessage({ do: "settle" });
  let message;
  do {
    message = receive();
  } while (message?.settled === undefined);
  if (!message.settled) {
    throw new Error(`The copies did not become alike: ${JSON.stringify(message.found)}`);
  }
  // The server collects what was deleted, too: who was away gets it in other pieces, and `compare` counts them.
  for (const { store } of copies) {
    Y.tryGc(Y.createDeleteSetFromStructStore(store), store, () => true);
  }
  return false; // nothing is left
};

// What may happen to a copy. No letter is a surrogate pair: chance would divide it, and half a pair is refused, rightly.

const LETTERS = ["a", "b", " ", "ß", "é", "字", "ש", "\u0301"];
const [ELEMENTS, ATTRIBUTES, MARKS] = [["p", "aside"], ["id", "kind"], ["bold", "em"]];
const word = (gen) => Array.from({ length: prng.int32(gen, 1, 8) }, () => prng.oneOf(gen, LETTERS)).join("");
const sheet = (copy) => copy.get("xml", Y.XmlElement);
const within = (one) => (one instanceof Y.XmlElement ? one.toArray() : []);

// What lies in a sheet, and the sheet first: down to the second element below it.
const parts = (copy) => {
  const first = within(sheet(copy));
  return [sheet(copy), ...first, ...first.flatMap(within)];
};
const inSomeElement = (act) => (copy, gen) => {
  act(prng.oneOf(gen, parts(copy).filter((one) => one instanceof Y.XmlElement)), gen);
};
// Of one below the sheet, which has no attributes.
const ofSomeElement = (act) => (copy, gen) => {
  const [, ...elements] = parts(copy).filter((one) => one instanceof Y.XmlElement);
  elements.length > 0 && act(prng.oneOf(gen, elements), gen);
};
const inSomeText = (act) => (copy, gen) => {
  const texts = parts(copy).filter((one) => one instanceof Y.XmlText);
  texts.length > 0 && act(prng.oneOf(gen, texts), gen);
};
const somewhere = (type, gen) => prng.int32(gen, 0, type.length);
const stretch = (type, gen) => {
  const at = prng.int32(gen, 0, type.length - 1);
  return [at, prng.int32(gen, 1, Math.min(5, type.length - at))];
};

const insertElement = inSomeElement((element, gen) => {
  element.insert(somewhere(element, gen), [new Y.XmlElement(prng.oneOf(gen, ELEMENTS))]);
});
const insertText = inSomeElement((element, gen) => {
  element.insert(somewhere(element, gen), [new Y.XmlText(word(gen))]);
});
const remove = inSomeElement((element, gen) => element.length > 0 && element.delete(...stretch(element, gen)));
const setAttribute = ofSomeElement((element, gen) => element.setAttribute(prng.oneOf(gen, ATTRIBUTES), word(gen)));
const removeAttribute = ofSomeElement((element, gen) => element.removeAttribute(prng.oneOf(gen, ATTRIBUTES)));
const type = inSomeText((text, gen) => text.insert(somewhere(text, gen), word(gen)));
const typeMarked = inSomeText((text, gen) => {
  text.insert(somewhere(text, gen), word(gen), { [prng.oneOf(gen, MARKS)]: {} });
});
const embed = inSomeText((text, gen) => text.insertEmbed(somewhere(text, gen), { image: word(gen) }));
const mark = inSomeText((text, gen) => {
  text.length > 0 && text.format(...stretch(text, gen), { [prng.oneOf(gen, MARKS)]: prng.bool(gen) ? {} : null });
});
const erase = inSomeText((text, gen) => text.length > 0 && text.delete(...stretch(text, gen)));
const cut = (copy, gen) => {
  prng.int32(gen, 0, 9) === 0 && port.postMessage({ do: "cut", copy: copies.indexOf(copy) });
};

const [MUCH, SOME] = [4, 2];
const mods = [
  ...Array(MUCH).fill(type),
  ...[erase, mark].flatMap((often) => Array(SOME).fill(often)),
  ...[insertElement, insertText, remove, setAttribute, removeAttribute, typeMarked, embed, cut],
];

const { testObjects } = applyRandomTests({ prng: prng.create(Number(seed)) }, mods, Number(operations), sheet);
console.log(JSON.stringify({ letters: testObjects[0].toString().length, copies: testObjects.length }));
process.exit(0);
