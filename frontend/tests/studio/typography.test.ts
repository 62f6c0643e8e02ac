import { afterEach, expect, it } from "vitest";
import { typographyOf } from "../../src/studio/typography";
import { countWords } from "../../src/studio/words";
import { caretAt, closeEditors, editorWith, press, typeIn } from "./editor";

afterEach(closeEditors);

function typed(language: string, text: string): string {
  const editor = editorWith([""], { language });
  caretAt(editor, 0, 0);
  typeIn(editor, text);
  return editor.state.doc.textContent;
}

it.each([
  ["en", '"Don\'t," he said -- "not \'now\'..."', "“Don’t,” he said — “not ‘now’…”"],
  ["en", '("a") 1---2', "(“a”) 1—-2"],
  ["de", "\"Nein -- 'nie'\", sagt's", "„Nein – ‚nie‘“, sagt’s"],
  ["de-CH", '"Ja"', "«Ja»"],
  ["fr", '-- "Non", dit-il. L\'eau', "— «\u00a0Non\u00a0», dit-il. L’eau"],
  ["es", '"Si"', "«Si»"],
  ["pl", '"Tak"', "„Tak”"],
  ["ru", '"Да"', "«Да»"],
  ["sv", '"Ja"', "”Ja”"],
  ["ja", '"a"', "「a」"],
  ["xx", '"a"', "“a”"],
])("%s: %s", (language, keys, text) => {
  expect(typed(language, keys)).toBe(text);
});

it("gives back the plain sign with Backspace", () => {
  const editor = editorWith([""]);
  caretAt(editor, 0, 0);
  typeIn(editor, 'a "');
  press(editor, "Backspace");
  expect(editor.state.doc.textContent).toBe('a "');
});

it("knows a language by its tag, and by the first part of it", () => {
  expect(typographyOf("pt-BR")).toBe(typographyOf("pt"));
  expect(typographyOf("pt-PT")).not.toBe(typographyOf("pt"));
});

it("counts words as the server does", () => {
  expect(countWords("Call me  Ishmael — so")).toBe(5);
  expect(countWords("白鲸, a whale 1")).toBe(5);
  expect(countWords("")).toBe(0);
});
