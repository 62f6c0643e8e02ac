import { afterEach, expect, it } from "vitest";
import { placeOf, putBack, wordsToFind } from "../../src/studio/clashes";
import { closeEditors, editorWith, lines } from "./editor";

afterEach(closeEditors);

const clash = (words: string, before: string, after = "") => ({
  clashId: 1,
  kind: "swallowed",
  words,
  before,
  after,
  createdAt: 0,
  userId: null,
  username: null,
  displayName: null,
});

it("puts words back behind what stood before them, wherever that is now, and selects them", () => {
  const editor = editorWith(["One.", "Some years ago. Never mind."]);
  putBack(editor.view, clash("many ", "Some "));
  expect(lines(editor)).toEqual(["One.", "Some many years ago. Never mind."]);
  const { from, to } = editor.state.selection;
  expect(editor.state.doc.textBetween(from, to)).toBe("many ");
});

it("puts words back before what stood behind them, when they stood first", () => {
  const editor = editorWith(["One. Two three."]);
  putBack(editor.view, clash("New ", "", "Two three."));
  expect(lines(editor)).toEqual(["One. New Two three."]);
});

it("finds the place by the nearest letters where those further away have changed", () => {
  const editor = editorWith(["Some other years ago, never mind how long"]);
  const place = placeOf(editor.state.doc, clash("x", "Some years ago, never mind"));
  expect(place).toBe(1 + "Some other years ago, never mind".length);
});

it("puts words at the end when nothing of their place is left", () => {
  const editor = editorWith(["One."]);
  expect(placeOf(editor.state.doc, clash("x", "gone for good", "as well"))).toBeNull();
  putBack(editor.view, clash("Lost words", "gone for good"));
  expect(lines(editor)).toEqual(["One.", "Lost words"]);
  const { from, to } = editor.state.selection;
  expect(editor.state.doc.textBetween(from, to)).toBe("Lost words");
});

it("counts pictures and line breaks as one", () => {
  const editor = editorWith(["One."]);
  editor.commands.insertContentAt(1, { type: "hardBreak" });
  expect(placeOf(editor.state.doc, clash("x", "One."))).toBe(6);
});

it("looks for the first of the words that stand twice", () => {
  expect(wordsToFind(clash("one two … four", ""))).toBe("one two");
  expect(wordsToFind(clash("one\ntwo", ""))).toBe("one");
});
