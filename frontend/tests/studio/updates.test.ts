import { expect, it } from "vitest";
import * as Y from "yjs";
import { isEmpty, split } from "../../src/studio/updates";
import { block } from "./fake-document";

/** A document by several people, with deletions, formats and long paragraphs. */
function grown(seed: number): Y.Doc {
  let state = seed;
  const random = (most: number) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state % most;
  };
  const docs = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
  const first = docs[0] as Y.Doc;
  first.getXmlFragment("text").push([block("Call me Ishmael.")]);
  const meet = () => {
    for (const one of docs) for (const other of docs) Y.applyUpdate(one, Y.encodeStateAsUpdate(other));
  };
  meet();
  for (let turn = 0; turn < 200; turn += 1) {
    const text = (docs[random(3)] as Y.Doc).getXmlFragment("text");
    const at = random(text.length);
    const words = (text.get(at) as Y.XmlElement).get(0) as Y.XmlText;
    const what = random(5);
    if (what === 0) text.insert(at, [block(`A new one ${turn} 🐋`, { kind: "quote" })]);
    else if (what === 1 && words.length > 8) words.delete(random(words.length - 4), 4);
    else if (what === 2) words.format(0, words.length, { italic: {} });
    else words.insert(random(words.length + 1), "and so on ".repeat(1 + random(30)));
    if (random(4) === 0) meet();
  }
  meet();
  return first;
}

it.each([1, 2, 3])("cuts a whole history into pieces of which none builds on a later one (%i)", (seed) => {
  const doc = grown(seed);
  const pieces = split(Y.encodeStateAsUpdate(doc), 500);
  expect(pieces.length).toBeGreaterThan(10);
  const copy = new Y.Doc();
  for (const piece of pieces) {
    Y.applyUpdate(copy, piece);
    expect(copy.store.pendingStructs).toBeNull();
    expect(copy.store.pendingDs).toBeNull();
  }
  expect(copy.getXmlFragment("text").toString()).toBe(doc.getXmlFragment("text").toString());
  expect(Y.encodeStateVector(copy)).toEqual(Y.encodeStateVector(doc));
  expect(isEmpty(Y.encodeStateAsUpdate(copy, Y.encodeStateVector(doc)))).toBe(false);
});

it("cuts a text that was pasted as one, and no character in two", () => {
  const doc = new Y.Doc();
  const text = `x${"🐋".repeat(20_000)}`;
  doc.getXmlFragment("text").push([block(text)]);
  const pieces = split(Y.encodeStateAsUpdate(doc));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(40_000);
  const copy = new Y.Doc();
  for (const piece of pieces) Y.applyUpdate(copy, piece);
  expect(copy.getXmlFragment("text").toString()).toBe(doc.getXmlFragment("text").toString());
});

it("leaves alone what is short, and knows what says nothing", () => {
  const doc = new Y.Doc();
  expect(isEmpty(Y.encodeStateAsUpdate(doc))).toBe(true);
  doc.getXmlFragment("text").push([block("a")]);
  const update = Y.encodeStateAsUpdate(doc);
  expect(isEmpty(update)).toBe(false);
  expect(split(update)).toEqual([update]);
});
