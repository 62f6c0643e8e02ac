import { afterEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { insertBreak, setKind } from "../../src/studio/editing";
import { caretAt, closeEditors, editorWith, lines, press, typeIn } from "./editor";

afterEach(closeEditors);

describe("Enter", () => {
  it("splits a paragraph: the first part keeps the id, the second gets none", () => {
    const editor = editorWith([["Call me Ishmael.", { id: "aaaaaaaa" }]]);
    caretAt(editor, 0, 7);
    press(editor, "Enter");
    expect(lines(editor)).toEqual(["#aaaaaaaa: Call me", " Ishmael."]);
  });

  it("makes a paragraph of a heading's second part", () => {
    const editor = editorWith([["Loomings", { kind: "heading", id: "aaaaaaaa" }]]);
    caretAt(editor, 0, 4);
    press(editor, "Enter");
    expect(lines(editor)).toEqual(["heading #aaaaaaaa: Loom", "ings"]);
  });

  it("goes on with items and quotes, and ends them when one is empty", () => {
    const editor = editorWith([["Sails", { kind: "item", level: "2" }]]);
    caretAt(editor, 0, 5);
    press(editor, "Enter");
    expect(lines(editor)).toEqual(["item 2: Sails", "item 2"]);
    press(editor, "Enter");
    expect(lines(editor)).toEqual(["item 2: Sails", ""]);
  });

  it("puts a new block above when pressed before the first letter, and moves nobody's words", () => {
    const editor = editorWith([["Call me Ishmael.", { id: "aaaaaaaa" }]]);
    caretAt(editor, 0, 0);
    press(editor, "Enter");
    expect(lines(editor)).toEqual(["", "#aaaaaaaa: Call me Ishmael."]);
  });

  it("breaks the line with Shift", () => {
    const editor = editorWith(["ab"]);
    caretAt(editor, 0, 1);
    press(editor, "Enter", { shiftKey: true });
    expect(lines(editor)).toEqual(["a⏎b"]);
  });
});

describe("Backspace and Delete", () => {
  it("takes the kind first, then joins; the first one's id is kept", () => {
    const editor = editorWith([
      ["One", { id: "aaaaaaaa" }],
      ["Two", { kind: "quote", id: "bbbbbbbb" }],
    ]);
    caretAt(editor, 1, 0);
    press(editor, "Backspace");
    expect(lines(editor)).toEqual(["#aaaaaaaa: One", "#bbbbbbbb: Two"]);
    press(editor, "Backspace");
    expect(lines(editor)).toEqual(["#aaaaaaaa: OneTwo"]);
  });

  it("takes an item out one level at a time", () => {
    const editor = editorWith([["Sails", { kind: "item", level: "2" }]]);
    caretAt(editor, 0, 0);
    press(editor, "Backspace");
    expect(lines(editor)).toEqual(["item: Sails"]);
    press(editor, "Backspace");
    expect(lines(editor)).toEqual(["Sails"]);
  });

  it("removes a scene break from either side, and an empty block before words", () => {
    const editor = editorWith(["One", ["", { kind: "break" }], "", ["Two", { id: "bbbbbbbb" }]]);
    caretAt(editor, 3, 0);
    press(editor, "Backspace");
    expect(lines(editor)).toEqual(["One", "break", "#bbbbbbbb: Two"]);
    press(editor, "Backspace");
    expect(lines(editor)).toEqual(["One", "#bbbbbbbb: Two"]);
    const other = editorWith(["One", ["", { kind: "break" }], "Two"]);
    caretAt(other, 0, 3);
    press(other, "Delete");
    expect(lines(other)).toEqual(["One", "Two"]);
  });
});

describe("shorthands", () => {
  it.each([
    ["## ", "heading"],
    ["### ", "heading 3"],
    ["> ", "quote"],
    ["- ", "item"],
    ["* ", "item"],
    ["+ ", "item"],
    ["1. ", "item ordered"],
    ["#. ", "item ordered"],
  ])("%s", (typed, kind) => {
    const editor = editorWith([["", { id: "aaaaaaaa" }]]);
    caretAt(editor, 0, 0);
    typeIn(editor, typed);
    expect(lines(editor)).toEqual([`${kind} #aaaaaaaa`]);
  });

  it("*** is a scene break, and one writes on behind it", () => {
    const editor = editorWith([""]);
    caretAt(editor, 0, 0);
    typeIn(editor, "***On");
    expect(lines(editor)).toEqual(["break", "On"]);
  });

  it("gives back what was typed with Backspace", () => {
    const editor = editorWith([""]);
    caretAt(editor, 0, 0);
    typeIn(editor, "> ");
    press(editor, "Backspace");
    expect(lines(editor)).toEqual(["> "]);
  });

  it("takes the stars of Markdown", () => {
    const editor = editorWith([""]);
    caretAt(editor, 0, 0);
    typeIn(editor, "a **b** _c_");
    expect(editor.getHTML()).toContain("a <strong>b</strong> <em>c</em>");
  });
});

describe("kinds", () => {
  it("are given to all selected blocks, and taken back when asked again", () => {
    const editor = editorWith(["One", "Two"]);
    editor.commands.selectAll();
    setKind({ kind: "item", ordered: true })(editor.state, editor.view.dispatch);
    expect(lines(editor)).toEqual(["item ordered: One", "item ordered: Two"]);
    setKind({ kind: "item", ordered: true })(editor.state, editor.view.dispatch);
    expect(lines(editor)).toEqual(["One", "Two"]);
  });

  it("move items in and out with Tab, three deep at the most", () => {
    const editor = editorWith([["Sails", { kind: "item" }]]);
    caretAt(editor, 0, 0);
    for (const _ of "1234") press(editor, "Tab");
    expect(lines(editor)).toEqual(["item 3: Sails"]);
    press(editor, "Tab", { shiftKey: true });
    expect(lines(editor)).toEqual(["item 2: Sails"]);
  });

  it("leave Tab to the page where there is no item", () => {
    const editor = editorWith(["One"]);
    caretAt(editor, 0, 0);
    expect(press(editor, "Tab")).toBe(false);
  });

  it("a scene break divides the paragraph in which the caret stands", () => {
    const editor = editorWith([["OneTwo", { id: "aaaaaaaa" }]]);
    caretAt(editor, 0, 3);
    insertBreak(editor.state, editor.view.dispatch);
    expect(lines(editor)).toEqual(["#aaaaaaaa: One", "break", "Two"]);
    typeIn(editor, "x");
    expect(lines(editor)).toEqual(["#aaaaaaaa: One", "break", "xTwo"]);
  });

  it("words typed into a scene break stand behind it", () => {
    const editor = editorWith([["", { kind: "break" }]]);
    caretAt(editor, 0, 0);
    typeIn(editor, "ab");
    expect(lines(editor)).toEqual(["break", "ab"]);
  });

  it("are drawn as what they are, also as the server's library writes levels", () => {
    const editor = editorWith([
      ["Plain", { id: "aaaaaaaa" }],
      ["Head", { kind: "heading" }],
      ["Sub", { kind: "heading", level: "3.0" }],
      ["Said", { kind: "quote" }],
      ["Sail", { kind: "item", level: "2", ordered: "true" }],
      ["", { kind: "break" }],
    ]);
    expect([...editor.view.dom.children].map((one) => one.tagName + (one.className && `.${one.className}`))).toEqual(
      expect.arrayContaining(["H2", "H3", "BLOCKQUOTE", "P.item", "P.scene-break"]),
    );
    const html = editor.getHTML();
    expect(html).toContain('data-paragraph="aaaaaaaa"');
    expect(html).toContain('data-level="2" data-ordered="true"');
  });
});

describe("two editors of one text", () => {
  function two(blocks: Parameters<typeof editorWith>[0]) {
    const one = new Y.Doc();
    const a = editorWith(blocks, { doc: one });
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    const b = editorWith([], { doc: other });
    const meet = () => {
      Y.applyUpdate(one, Y.encodeStateAsUpdate(other));
      Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    };
    return { a, b, meet };
  }

  it("opening one changes nothing", () => {
    const doc = new Y.Doc();
    const seen: Uint8Array[] = [];
    editorWith([["One", { kind: "heading", id: "aaaaaaaa" }], ["", { kind: "break" }], ""], { doc });
    doc.on("update", (update: Uint8Array) => seen.push(update));
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    other.on("update", (update: Uint8Array) => seen.push(update));
    editorWith([], { doc: other });
    expect(seen).toEqual([]);
  });

  it.each([{ kind: "heading" as const }, { kind: "quote" as const }, { kind: "item" as const, ordered: true }])(
    "a kind given while another types loses no letter: %o",
    (kind) => {
      const { a, b, meet } = two(["The whale"]);
      caretAt(a, 0, 0);
      setKind(kind)(a.state, a.view.dispatch);
      caretAt(b, 0, 9);
      typeIn(b, " swims.");
      meet();
      expect(a.state.doc.firstChild?.textContent).toBe("The whale swims.");
      expect(a.state.doc.firstChild?.attrs.kind).toBe(kind.kind);
      expect(lines(b)).toEqual(lines(a));
    },
  );

  it("a block put above while another types loses no letter", () => {
    const { a, b, meet } = two([["The whale", { id: "aaaaaaaa" }]]);
    caretAt(a, 0, 0);
    press(a, "Enter");
    caretAt(b, 0, 9);
    typeIn(b, " swims.");
    meet();
    expect(lines(a)).toEqual(["", "#aaaaaaaa: The whale swims."]);
    expect(lines(b)).toEqual(lines(a));
  });

  it("a caret stays behind its letter when another types before it in the same paragraph", () => {
    const { a, b, meet } = two([["The whale", { id: "aaaaaaaa" }], "Another"]);
    caretAt(b, 0, 4);
    caretAt(a, 0, 0);
    typeIn(a, "Not ");
    meet();
    typeIn(b, "white ");
    meet();
    expect(lines(a)).toEqual(["#aaaaaaaa: Not The white whale", "Another"]);
    caretAt(a, 0, 3);
    typeIn(a, " even");
    press(a, "Enter", { shiftKey: true });
    meet();
    typeIn(b, "old ");
    expect(lines(b)).toEqual(["#aaaaaaaa: Not even⏎ The white old whale", "Another"]);
  });

  it("a caret goes with its words when another splits or joins the paragraphs around them", () => {
    const { a, b, meet } = two([
      ["Call me Ishmael.", { id: "aaaaaaaa" }],
      ["Some years ago.", { id: "bbbbbbbb" }],
    ]);
    caretAt(b, 0, 15);
    caretAt(a, 0, 7);
    press(a, "Enter");
    meet();
    typeIn(b, "s");
    meet();
    expect(lines(b)).toEqual(["#aaaaaaaa: Call me", " Ishmaels.", "#bbbbbbbb: Some years ago."]);
    caretAt(b, 2, 4);
    caretAt(a, 2, 0);
    press(a, "Backspace");
    a.commands.joinBackward();
    meet();
    typeIn(b, " few");
    expect(lines(b)).toEqual(["#aaaaaaaa: Call me", " Ishmaels.Some few years ago."]);
  });

  it("a selection stays on its words, and goes to the nearest ones when they are taken out", () => {
    const { a, b, meet } = two([["The white whale", { id: "aaaaaaaa" }]]);
    b.commands.setTextSelection({ from: 5, to: 10 });
    caretAt(a, 0, 0);
    typeIn(a, "See ");
    meet();
    const selected = () => b.state.doc.textBetween(b.state.selection.from, b.state.selection.to);
    expect(selected()).toBe("white");
    a.commands.deleteRange({ from: 7, to: 16 });
    meet();
    expect(selected()).toBe("");
    typeIn(b, "…");
    expect(lines(b)).toEqual(["#aaaaaaaa: See Th…hale"]);
  });

  it("stores only what the schema of the document has", () => {
    const doc = new Y.Doc();
    const editor = editorWith(["ab"], { doc });
    editor.commands.selectAll();
    for (const name of ["bold", "italic", "strike", "smallCaps"]) editor.commands.setMark(name);
    editor.commands.setMark("link", { href: "https://example.org/" });
    caretAt(editor, 0, 1);
    press(editor, "Enter", { shiftKey: true });
    press(editor, "Enter");
    const names = new Set<string>();
    const formats = new Set<string>();
    for (const node of doc.getXmlFragment("text").createTreeWalker(() => true)) {
      if (node instanceof Y.XmlElement) names.add(`${node.nodeName} ${Object.keys(node.getAttributes())}`.trim());
      if (node instanceof Y.XmlText)
        for (const { attributes } of node.toDelta()) formats.add(JSON.stringify(attributes));
    }
    expect([...names].sort()).toEqual(["block", "hardBreak"]);
    const marks = new Set([...formats].map((one) => JSON.stringify(Object.entries(JSON.parse(one)).sort())));
    const link = ["link", { href: "https://example.org/" }];
    expect([...marks].map((one) => JSON.parse(one))).toEqual([
      [["bold", {}], ["italic", {}], link, ["smallCaps", {}], ["strike", {}]],
    ]);
  });

  it("undo takes back only one's own", () => {
    const { a, b, meet } = two(["."]);
    caretAt(a, 0, 0);
    typeIn(a, "mine ");
    caretAt(b, 0, 1);
    typeIn(b, " theirs");
    meet();
    a.commands.undo();
    expect(lines(a)).toEqual([". theirs"]);
  });
});
