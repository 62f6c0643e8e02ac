import { afterEach, expect, it } from "vitest";
import { finding, replaceAll, replaceOne, search, step } from "../../src/studio/find";
import { caretAt, closeEditors, editorWith, lines, typeIn } from "./editor";

afterEach(closeEditors);

it("finds words whatever their case, goes round, and follows what is typed", () => {
  const editor = editorWith(["A whale.", "The Whale (whale)"]);
  caretAt(editor, 1, 0);
  search(editor.view, "WHALE");
  expect(finding(editor.state)).toMatchObject({ current: 1, matches: { length: 3 } });
  step(editor.view, 1);
  step(editor.view, 1);
  expect(finding(editor.state).current).toBe(0);
  step(editor.view, -1);
  expect(finding(editor.state).current).toBe(2);
  caretAt(editor, 0, 8);
  typeIn(editor, " Whale");
  expect(finding(editor.state).matches).toHaveLength(4);
  expect(editor.view.dom.querySelectorAll(".found")).toHaveLength(4);
  search(editor.view, "");
  expect(editor.view.dom.querySelectorAll(".found")).toHaveLength(0);
});

it("takes signs of patterns for themselves", () => {
  const editor = editorWith(["a.b (c) a+b [-]"]);
  for (const [query, count] of [
    [".", 1],
    ["(c)", 1],
    ["a+", 1],
    ["[-]", 1],
    ["\\", 0],
  ] as const) {
    search(editor.view, query);
    expect(finding(editor.state).matches, query).toHaveLength(count);
  }
});

it("replaces one and goes to the next, or all", () => {
  const editor = editorWith(["whale whale", "whale"]);
  caretAt(editor, 0, 0);
  search(editor.view, "whale");
  replaceOne(editor.view, "whale shark");
  expect(lines(editor)).toEqual(["whale shark whale", "whale"]);
  expect(finding(editor.state).current).toBe(1);
  expect(replaceAll(editor.view, "fish")).toBe(3);
  expect(lines(editor)).toEqual(["fish shark fish", "fish"]);
});
