import { Extension, InputRule, markInputRule } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { type Command, type EditorState, Plugin, TextSelection, type Transaction } from "@tiptap/pm/state";
import { type BlockAttributes, type Kind, kindOf, levelOf, PLAIN } from "./schema";

export type Look = Partial<Pick<BlockAttributes, "kind" | "level" | "ordered">>;

const DEEPEST_ITEM = 3;

/** Gives all selected blocks a kind; asked for what they are already, they are paragraphs again. */
export function setKind(look: Look): Command {
  return (state, dispatch) => {
    const wanted = { kind: null, level: null, ordered: null, ...look };
    const blocks = selectedBlocks(state);
    const same = blocks.every(({ node }) => looksLike(node, wanted));
    const chosen = same ? { kind: null, level: null, ordered: null } : wanted;
    dispatch?.(mark(state.tr, blocks, chosen));
    return true;
  };
}

/** Puts a scene break where the caret stands, and the caret behind it. */
export const insertBreak: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if ($from.depth !== 1) return false;
  if (!dispatch) return true;
  const tr = state.tr.deleteSelection();
  const $at = tr.selection.$from;
  const block = $at.parent;
  const type = block.type;
  const scene = type.create({ ...PLAIN, kind: "break" });
  if (block.content.size === 0) {
    tr.setNodeMarkup($at.before(), undefined, { ...block.attrs, ...PLAIN, id: block.attrs.id, kind: "break" });
    insertAfter(tr, $at.after(), type.create(PLAIN));
  } else {
    tr.split($at.pos, 1, [{ type, attrs: { ...block.attrs, id: null } }]);
    tr.insert($at.pos + 1, scene);
    tr.setSelection(TextSelection.near(tr.doc.resolve($at.pos + 1 + scene.nodeSize + 1)));
  }
  dispatch(tr.scrollIntoView());
  return true;
};

/**
 * Enter. The first part keeps the block's id; a block that is empty, and was no paragraph, becomes one. Before the
 * first letter a new block is put above, so that nobody's words are taken out and put in again.
 */
export const enter: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if ($from.depth !== 1) return false;
  const kind = kindOf($from.parent);
  if (state.selection.empty && $from.parent.content.size === 0 && kind !== "paragraph" && kind !== "break") {
    return setKind({})(state, dispatch);
  }
  if (!dispatch) return true;
  const tr = state.tr.deleteSelection();
  const $at = tr.selection.$from;
  const block = $at.parent;
  const type = block.type;
  const continues = kindOf(block) === "item" || kindOf(block) === "quote";
  const following: BlockAttributes = { ...PLAIN, ...(continues && look(block)) };
  if (kindOf(block) === "break") {
    insertAfter(tr, $at.after(), type.create(PLAIN));
  } else if ($at.parentOffset === 0 && block.content.size > 0) {
    tr.insert($at.before(), type.create(following));
  } else if ($at.parentOffset === block.content.size) {
    insertAfter(tr, $at.after(), type.create(following));
  } else {
    tr.split($at.pos, 1, [{ type, attrs: following }]);
  }
  dispatch(tr.scrollIntoView());
  return true;
};

/** Backspace before the first letter: first the kind goes, then the blocks become one. */
export const backspace: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.depth !== 1 || $from.parentOffset > 0) return false;
  const kind = kindOf($from.parent);
  if (kind === "item" && levelOf($from.parent) > 1) return indent(-1)(state, dispatch);
  if (kind !== "paragraph") return setKind({})(state, dispatch);
  const at = $from.index(0);
  if (at === 0) return false;
  const before = state.doc.child(at - 1);
  // Nothing is joined to nothing: the block that has words stays, with its id.
  if (kindOf(before) !== "break" && before.content.size > 0) return false;
  dispatch?.(state.tr.delete($from.before() - before.nodeSize, $from.before()).scrollIntoView());
  return true;
};

/** Delete behind the last letter: the mirror of Backspace. */
export const forwardDelete: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.depth !== 1 || $from.parentOffset < $from.parent.content.size) return false;
  const at = $from.index(0);
  if (at + 1 >= state.doc.childCount) return false;
  const next = state.doc.child(at + 1);
  if (kindOf(next) === "break") {
    dispatch?.(state.tr.delete($from.after(), $from.after() + next.nodeSize));
    return true;
  }
  if ($from.parent.content.size > 0) return false;
  const tr = state.tr.delete($from.before(), $from.after());
  dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve($from.before() + 1))));
  return true;
};

/** Moves the selected items in or out. */
export function indent(step: 1 | -1): Command {
  return (state, dispatch) => {
    const items = selectedBlocks(state).filter(({ node }) => kindOf(node) === "item");
    if (items.length === 0) return false;
    const tr = state.tr;
    for (const { node, pos } of items) {
      const level = Math.min(DEEPEST_ITEM, Math.max(1, levelOf(node) + step));
      tr.setNodeMarkup(pos, undefined, { ...node.attrs, level: level > 1 ? level : null });
    }
    dispatch?.(tr);
    return true;
  };
}

const hardBreak: Command = (state, dispatch) => {
  const type = state.schema.nodes.hardBreak;
  if (!type) return false;
  dispatch?.(state.tr.replaceSelectionWith(type.create(), false).scrollIntoView());
  return true;
};

/** What the selection is, for the bar: its kind when all its blocks have the same. */
export function lookOf(state: EditorState): { kind: Kind; level: number; ordered: boolean } | null {
  const [first, ...more] = selectedBlocks(state);
  if (!first) return null;
  if (more.some(({ node }) => !looksLike(node, look(first.node)))) return null;
  return { kind: kindOf(first.node), level: levelOf(first.node), ordered: first.node.attrs.ordered === true };
}

interface Placed {
  node: Node;
  pos: number;
}

function selectedBlocks(state: EditorState): Placed[] {
  const found: Placed[] = [];
  state.doc.nodesBetween(state.selection.from, state.selection.to, (node, pos) => {
    if (node.type.name === "block") found.push({ node, pos });
    return false;
  });
  return found;
}

function look(block: Node): Required<Look> {
  const { kind, level, ordered } = block.attrs as BlockAttributes;
  return { kind, level, ordered };
}

function looksLike(block: Node, wanted: Required<Look>): boolean {
  const other = block.type.create({ ...PLAIN, ...wanted });
  return (
    kindOf(block) === kindOf(other) &&
    levelOf(block) === levelOf(other) &&
    (block.attrs.ordered ?? null) === (wanted.ordered ?? null)
  );
}

function mark(tr: Transaction, blocks: Placed[], chosen: Required<Look>): Transaction {
  for (const { node, pos } of blocks) tr.setNodeMarkup(pos, undefined, { ...node.attrs, ...chosen });
  return tr;
}

function insertAfter(tr: Transaction, at: number, block: Node): void {
  tr.insert(at, block);
  tr.setSelection(TextSelection.create(tr.doc, at + 1));
}

/** Makes a kind of what was typed at a block's beginning. */
function kindRule(find: RegExp, chosen: Look): InputRule {
  return new InputRule({
    find,
    handler: ({ state, range }) => {
      const $start = state.doc.resolve(range.from);
      if (kindOf($start.parent) === "break") return null;
      state.tr.delete(range.from, range.to);
      const attrs = { ...$start.parent.attrs, kind: null, level: null, ordered: null, ...chosen };
      state.tr.setNodeMarkup($start.before(), undefined, attrs);
      return undefined;
    },
  });
}

/** Three stars alone in a block. */
const breakRule = new InputRule({
  find: /^\*\*\*$/,
  handler: ({ state, range }) => {
    const $start = state.doc.resolve(range.from);
    const block = $start.parent;
    // Not all of the block: stars before words are only stars.
    if (block.content.size !== range.to - range.from) return null;
    state.tr.delete(range.from, range.to);
    state.tr.setNodeMarkup($start.before(), undefined, { ...PLAIN, id: block.attrs.id, kind: "break" });
    insertAfter(state.tr, state.tr.mapping.map($start.after()), block.type.create(PLAIN));
    return undefined;
  },
});

/** Words that are typed into a scene break go into a paragraph behind it. */
function wordsLeaveBreaks(): Plugin {
  return new Plugin({
    props: {
      handleTextInput(view, from, _to, text) {
        const $from = view.state.doc.resolve(from);
        if ($from.depth !== 1 || kindOf($from.parent) !== "break") return false;
        const { schema, tr } = view.state;
        const block = $from.parent.type.create(PLAIN, schema.text(text));
        tr.insert($from.after(), block);
        view.dispatch(tr.setSelection(TextSelection.create(tr.doc, $from.after() + 1 + text.length)).scrollIntoView());
        return true;
      },
    },
  });
}

/** Keys and shorthands of writing. */
export const Editing = Extension.create({
  name: "editing",
  priority: 900,

  addKeyboardShortcuts() {
    const run = (command: Command) => () => command(this.editor.state, this.editor.view.dispatch, this.editor.view);
    return {
      Enter: run(enter),
      "Shift-Enter": run(hardBreak),
      Backspace: () => this.editor.commands.undoInputRule() || run(backspace)(),
      Delete: run(forwardDelete),
      Tab: run(indent(1)),
      "Shift-Tab": run(indent(-1)),
      "Mod-Alt-0": run(setKind({})),
      "Mod-Alt-2": run(setKind({ kind: "heading" })),
      "Mod-Alt-3": run(setKind({ kind: "heading", level: 3 })),
      "Mod-Shift-7": run(setKind({ kind: "item", ordered: true })),
      "Mod-Shift-8": run(setKind({ kind: "item" })),
      "Mod-Shift-9": run(setKind({ kind: "quote" })),
      "Mod-Enter": run(insertBreak),
    };
  },

  addInputRules() {
    const { bold, italic } = this.editor.schema.marks;
    return [
      kindRule(/^##\s$/, { kind: "heading" }),
      kindRule(/^###\s$/, { kind: "heading", level: 3 }),
      kindRule(/^>\s$/, { kind: "quote" }),
      kindRule(/^[-*+]\s$/, { kind: "item" }),
      kindRule(/^(?:1[.)]|#\.)\s$/, { kind: "item", ordered: true }),
      breakRule,
      ...(bold ? [markInputRule({ find: /(?:^|[^*])(\*\*(?!\s)([^*]+)(?<!\s)\*\*)$/, type: bold })] : []),
      ...(italic ? [markInputRule({ find: /(?:^|[^\w_])(_(?!\s)([^_]+)(?<!\s)_)$/u, type: italic })] : []),
    ];
  },

  addProseMirrorPlugins: () => [wordsLeaveBreaks()],
});
