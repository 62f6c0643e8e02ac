import { readFileSync } from "node:fs";
import { Slice } from "@tiptap/pm/model";
import { afterEach, describe, expect, it } from "vitest";
import { cleanHtml, textBlocks, withoutIds } from "../../src/studio/paste";
import { caretAt, closeEditors, editorWith, lines } from "./editor";

afterEach(closeEditors);

const sample = (name: string) => cleanHtml(readFileSync(`tests/studio/clipboard/${name}.html`, "utf8"));
const apart = (html: string) => html.split(/(?<=<\/(?:p|h2|h3|blockquote)>|<hr>)/);
const item = (level: number, ordered: boolean, text: string) =>
  `<p class="item" data-level="${level}" data-ordered="${ordered}">${text}</p>`;
const LINK = '<a href="https://example.org/sea">sea</a>';

describe("what is kept of a clipboard", () => {
  it("from Word", () => {
    expect(apart(sample("word"))).toEqual([
      "<h2>Loomings</h2>",
      '<p>Call me <em>Ishmael</em>. Some years <strong>ago</strong>—never mind <s>how</s> long <span class="small-caps">precisely</span>.</p>',
      "<hr>",
      `<blockquote>Thus says the ${LINK}</blockquote>`,
      item(1, false, "sails"),
      item(2, true, "ropes"),
      "<p>under1<br>line</p>",
    ]);
  });

  it("from Google Docs", () => {
    expect(apart(sample("docs"))).toEqual([
      "<h2>Loomings</h2>",
      '<p>Call me <em>Ishmael</em>. Some <strong>years</strong> <s>ago</s>, <a href="https://example.org/sea">the sea</a></p>',
      "<hr>",
      item(1, false, "sails"),
      item(2, false, "ropes"),
      "<p>one<br>two</p>",
    ]);
  });

  it("from LibreOffice", () => {
    expect(apart(sample("libreoffice"))).toEqual([
      "<h2>Loomings</h2>",
      '<p>Call me <em>Ishmael</em>. Some <strong>years</strong> <s>ago</s>, <span class="small-caps">precisely</span>, <em>never</em> <strong>mind</strong></p>',
      "<hr>",
      `<blockquote>Thus says the ${LINK}</blockquote>`,
      item(1, true, "sails"),
      item(2, false, "ropes"),
    ]);
  });

  it("from a web page", () => {
    expect(apart(sample("web"))).toEqual([
      "<h2>Loomings</h2>",
      "<p>Call me <em>Ishmael</em>. Some <strong>years</strong>&nbsp;ago, never mind <s>how</s> long.</p>",
      "<hr>",
      `<blockquote>Thus says the ${LINK}</blockquote>`,
      "<blockquote>And the <em>land</em></blockquote>",
      "<p>One</p>",
      "<p>Two</p>",
      "<p>Three</p>",
      "<p>Four</p>",
      "<p>left</p>",
      "<p>right</p>",
      "<h3>Deeper</h3>",
      "<p>as is</p>",
      item(1, false, "sails"),
      item(2, true, "ropes"),
    ]);
  });

  it("marks laid in each other stay, and words that speak of styles are only words", () => {
    expect(cleanHtml('<p style="font-style:italic">a <b>b</b> style="x"</p>')).toBe(
      '<p><em>a</em> <strong><em>b</em></strong> <em>style="x"</em></p>',
    );
  });

  it("pictures that are here already", () => {
    expect(cleanHtml('<p>a <img src="/media/whale.png" alt="A whale" onerror="x()"></p>')).toBe(
      '<p>a<img src="/media/whale.png" alt="A whale"></p>',
    );
  });

  it("nothing of nothing", () => {
    expect(cleanHtml("")).toBe("");
    expect(cleanHtml("<p>&nbsp;</p><div><br></div>")).toBe("");
  });
});

describe("pasting into the text", () => {
  it("takes one paragraph's words into the line, and several as blocks", () => {
    const editor = editorWith([["Before after", { id: "aaaaaaaa" }]]);
    caretAt(editor, 0, 7);
    editor.view.pasteHTML("<p>and <i>then</i> </p>");
    expect(editor.getHTML()).toContain("Before and <em>then</em>after");
    editor.commands.selectAll();
    editor.view.pasteHTML(readFileSync("tests/studio/clipboard/docs.html", "utf8"));
    expect(lines(editor)).toEqual([
      expect.stringContaining("heading"),
      "Call me Ishmael. Some years ago, the sea",
      "break",
      "item: sails",
      "item 2: ropes",
      "one⏎two",
    ]);
  });

  it("leaves the ids of copies, and keeps those of what comes back", () => {
    const editor = editorWith([
      ["One", { id: "aaaaaaaa" }],
      ["Two", { id: "bbbbbbbb" }],
    ]);
    const slice = new Slice(editor.state.doc.content, 0, 0);
    const ids = (kept: Slice) => kept.content.content.map((node) => node.attrs.id);
    expect(ids(withoutIds(slice))).toEqual([null, null]);
    expect(ids(withoutIds(slice, (id) => id === "bbbbbbbb"))).toEqual([null, "bbbbbbbb"]);
  });

  it("takes plain text by its blank lines, or line by line", () => {
    expect(textBlocks("a\nb\n\n  \nc\r\n")).toEqual([["a", "b"], ["c"]]);
    expect(textBlocks("a\nb")).toEqual([["a"], ["b"]]);
    const editor = editorWith([""]);
    editor.view.pasteText("One\ntwo\n\n* * *\n\nThree");
    expect(lines(editor)).toEqual(["One⏎two", "break", "Three"]);
  });
});
