import { readFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import * as Y from "yjs";
import { caretAt, closeEditors, editorWith, lines, typeIn } from "./editor";

afterEach(closeEditors);

// What `books.drafting.content.initial` makes: tests/books/drafting/test_content.py holds the same bytes.
const FIRST = Buffer.from(readFileSync("../tests/books/drafting/first.hex", "utf8").trim(), "hex");

it("shows a first state that the server has made, and changes nothing by opening it", () => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, FIRST);
  const before = Y.encodeStateAsUpdate(doc);
  const editor = editorWith([], { doc });
  expect(lines(editor)).toEqual([
    "heading 3 #abcdefgh1: Title",
    "a b😀c⏎d⏎",
    "break",
    "item 2 ordered: it",
    "quote: q",
    "",
  ]);
  const marked = editor.state.doc.child(1).child(2);
  expect(marked.marks.map((mark) => [mark.type.name, mark.attrs])).toEqual([
    ["link", { href: "https://a.b/" }],
    ["bold", {}],
    ["italic", {}],
  ]);
  expect(editor.state.doc.child(1).lastChild?.attrs).toEqual({ src: "/media/a.png", alt: "alt" });
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
});

it("lets two begin in an empty paragraph of the server's without two texts", () => {
  const [one, other] = [new Y.Doc(), new Y.Doc()];
  for (const doc of [one, other]) {
    Y.applyUpdate(doc, FIRST);
    const editor = editorWith([], { doc });
    caretAt(editor, 5, 0);
    typeIn(editor, doc === one ? "one" : "two");
  }
  Y.applyUpdate(one, Y.encodeStateAsUpdate(other));
  const block = one.getXmlFragment("text").get(5) as Y.XmlElement;
  expect(block.length).toBe(1);
  expect(["onetwo", "twoone"]).toContain(block.toString().replace(/<[^>]*>/g, ""));
});
