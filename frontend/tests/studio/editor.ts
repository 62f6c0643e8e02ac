import type { Editor } from "@tiptap/core";
import * as Y from "yjs";
import { openEditor } from "../../src/studio/editor";
import { block } from "./fake-document";

const open: Editor[] = [];

/** An editor on a document of these paragraphs; `|` stands for the caret. */
export function editorWith(
  blocks: (string | [string, Record<string, string>])[],
  options: { language?: string; doc?: Y.Doc } = {},
): Editor {
  const doc = options.doc ?? new Y.Doc();
  const made = blocks.map((one) => (typeof one === "string" ? block(one) : block(one[0], one[1])));
  if (made.length > 0) doc.getXmlFragment("text").push(made);
  const element = document.createElement("div");
  document.body.append(element);
  const editor = openEditor({ element, doc, carets: null, language: options.language ?? "en", isEditable: true });
  open.push(editor);
  return editor;
}

/** Puts the caret so many characters into a block. */
export function caretAt(editor: Editor, at: number, offset: number): void {
  let position = 1;
  for (let before = 0; before < at; before += 1) position += editor.state.doc.child(before).nodeSize;
  editor.commands.setTextSelection(position + offset);
}

/** Types as a keyboard does, letter by letter, through shorthands and the typographer. */
export function typeIn(editor: Editor, text: string): void {
  for (const letter of text) {
    const { from, to } = editor.state.selection;
    const plain = () => editor.state.tr.insertText(letter, from, to);
    const taken = editor.view.someProp("handleTextInput", (handle) => handle(editor.view, from, to, letter, plain));
    if (!taken) editor.view.dispatch(plain());
  }
}

export function press(editor: Editor, key: string, modifiers: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...modifiers });
  return editor.view.someProp("handleKeyDown", (handle) => handle(editor.view, event)) ?? false;
}

/** The document as lines: kind, id and words of each block. */
export function lines(editor: Editor): string[] {
  const found: string[] = [];
  editor.state.doc.forEach((one) => {
    const { kind, level, ordered, id } = one.attrs;
    const look = [kind, level, ordered === true ? "ordered" : null, id && `#${id}`].filter(Boolean).join(" ");
    found.push([look, one.textBetween(0, one.content.size, "", "⏎")].filter(Boolean).join(": "));
  });
  return found;
}

export function closeEditors(): void {
  for (const editor of open.splice(0)) editor.destroy();
  document.body.replaceChildren();
}
