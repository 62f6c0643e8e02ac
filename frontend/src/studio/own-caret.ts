import { Extension } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { type EditorState, Plugin, type Selection, TextSelection } from "@tiptap/pm/state";
import { relativePositionToAbsolutePosition, ySyncPluginKey } from "@tiptap/y-tiptap";
import * as Y from "yjs";

type Binding =
  NonNullable<Parameters<typeof relativePositionToAbsolutePosition>[3]> extends infer Mapping
    ? { doc: Y.Doc; type: Y.XmlFragment; mapping: Mapping; beforeTransactionSelection: Remembered | null }
    : never;

interface Remembered {
  type: string;
  anchor: Y.RelativePosition | null;
  head: Y.RelativePosition | null;
}

/**
 * Keeps one's own caret behind its letter when others change the same paragraph.
 *
 * The library (y-tiptap 3.0.9) takes any other text of the caret's paragraph for a block that was moved, looks for it
 * by its attributes, and counts the old offset from its beginning: one's next letters would land inside other words.
 * While the letter is there, Yjs knows where the caret is; when it was put elsewhere by a split, the words around it do.
 */
export const OwnCaret = Extension.create({
  name: "ownCaret",
  addProseMirrorPlugins: () => [
    new Plugin({
      appendTransaction(transactions, before, state) {
        const change = transactions.find((tr) => tr.docChanged && tr.getMeta(ySyncPluginKey)?.isChangeOrigin);
        const { binding } = (ySyncPluginKey.getState(state) ?? {}) as { binding?: Binding };
        const remembered = binding?.beforeTransactionSelection;
        if (!change || !binding || remembered?.type !== "text" || !remembered.anchor || !remembered.head) return null;
        const anchor = place(binding, remembered.anchor, before, state, "anchor");
        const head = place(binding, remembered.head, before, state, "head");
        const selection = TextSelection.between(state.doc.resolve(anchor), state.doc.resolve(head));
        if (selection.eq(state.selection)) return null;
        return state.tr.setSelection(selection).setMeta(ySyncPluginKey, change.getMeta(ySyncPluginKey));
      },
    }),
  ],
});

function place(
  binding: Binding,
  position: Y.RelativePosition,
  before: EditorState,
  now: EditorState,
  end: "anchor" | "head",
): number {
  const most = now.doc.content.size;
  if (isThere(binding.doc, position.type) && isThere(binding.doc, position.item)) {
    const found = relativePositionToAbsolutePosition(binding.doc, binding.type, position, binding.mapping);
    if (found !== null) return Math.min(found, most);
  }
  const chosen = now.selection[end];
  return isSameBlock(before.selection, now.selection)
    ? chosen
    : Math.min(follow(before.doc, now.doc, before.selection[end]), most);
}

function isThere(doc: Y.Doc, id: Y.ID | null): boolean {
  return id === null || (Y.getItem(doc.store, id) as Y.Item | Y.GC).deleted === false;
}

/** The library has found the whole block elsewhere: it was moved. */
function isSameBlock(before: Selection, now: Selection): boolean {
  const words = now.$head.parent.textContent;
  return words !== "" && words === before.$head.parent.textContent;
}

/** Returns where a place is when the words before and behind what has changed are the same. */
export function follow(before: Node, now: Node, position: number): number {
  const [old, fresh] = [flat(before), flat(now)];
  const place = offsetOf(before, position);
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, fresh.length) - start;
  while (end < most && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end += 1;
  if (place <= start) return positionOf(now, place);
  if (place >= old.length - end) return positionOf(now, fresh.length - (old.length - place));
  return positionOf(now, start);
}

/** The text with one sign for each place in a block, and one between blocks. */
function flat(doc: Node): string {
  const blocks: string[] = [];
  doc.forEach((block) => {
    blocks.push(block.textBetween(0, block.content.size, "", "\ufffc"));
  });
  return blocks.join("\n");
}

/** Each block takes two places more than it has signs, and one of them in `flat`. */
function offsetOf(doc: Node, position: number): number {
  const $place = doc.resolve(position);
  return Math.max(0, position - 1 - $place.index(0));
}

function positionOf(doc: Node, offset: number): number {
  let left = offset;
  let position = 1;
  for (let at = 0; at < doc.childCount; at += 1) {
    const { size } = doc.child(at).content;
    if (left <= size) return position + left;
    left -= size + 1;
    position += size + 2;
  }
  return doc.content.size;
}
