import { Extension } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { type EditorState, Plugin, PluginKey, TextSelection } from "@tiptap/pm/state";
import { Decoration, DecorationSet, type EditorView } from "@tiptap/pm/view";

interface Match {
  from: number;
  to: number;
}

interface Finding {
  query: string;
  matches: readonly Match[];
  current: number;
}

const NOTHING: Finding = { query: "", matches: [], current: -1 };
const KEY = new PluginKey<Finding>("find");
/** More than anybody goes through one by one; what lies behind is found when these are gone. */
const MOST_MATCHES = 2000;

/** Returns where the words stand, whatever their case; never over the end of a paragraph. */
export function findAll(document: Node, query: string): Match[] {
  if (!query) return [];
  const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
  const matches: Match[] = [];
  document.forEach((block, offset) => {
    if (matches.length >= MOST_MATCHES) return;
    const text = block.textBetween(0, block.content.size, undefined, "\ufffc");
    for (const match of text.matchAll(pattern)) {
      const from = offset + 1 + match.index;
      matches.push({ from, to: from + match[0].length });
    }
  });
  return matches.slice(0, MOST_MATCHES);
}

export function finding(state: EditorState): Finding {
  return KEY.getState(state) ?? NOTHING;
}

export function search(view: EditorView, query: string): void {
  view.dispatch(view.state.tr.setMeta(KEY, { query }));
  const found = finding(view.state);
  const behind = found.matches.findIndex(({ from }) => from >= view.state.selection.from);
  if (found.matches.length > 0) choose(view, Math.max(0, behind));
}

export function step(view: EditorView, by: 1 | -1): void {
  const { matches, current } = finding(view.state);
  if (matches.length > 0) choose(view, (current + by + matches.length) % matches.length);
}

export function replaceOne(view: EditorView, text: string): void {
  const { matches, current } = finding(view.state);
  const match = matches[current];
  if (!match) return;
  const tr = view.state.tr.insertText(text, match.from, match.to);
  view.dispatch(tr);
  const after = finding(view.state).matches.findIndex(({ from }) => from >= match.from + text.length);
  if (finding(view.state).matches.length > 0) choose(view, Math.max(0, after));
}

/** Replaces all in one step; returns how many there were. */
export function replaceAll(view: EditorView, text: string): number {
  const { matches } = finding(view.state);
  const tr = view.state.tr;
  for (const { from, to } of [...matches].reverse()) tr.insertText(text, from, to);
  if (matches.length > 0) view.dispatch(tr);
  return matches.length;
}

function choose(view: EditorView, current: number): void {
  const match = finding(view.state).matches[current];
  if (!match) return;
  const tr = view.state.tr.setMeta(KEY, { current });
  view.dispatch(tr.setSelection(TextSelection.create(tr.doc, match.from, match.to)).scrollIntoView());
}

export const Finder = Extension.create({
  name: "finder",
  addProseMirrorPlugins: () => [
    new Plugin<Finding>({
      key: KEY,
      state: {
        init: () => NOTHING,
        apply(tr, known) {
          const change = tr.getMeta(KEY) as Partial<Finding> | undefined;
          const query = change?.query ?? known.query;
          if (!query) return NOTHING;
          const isSame = query === known.query && !tr.docChanged;
          const matches = isSame ? known.matches : findAll(tr.doc, query);
          const current = Math.min(change?.current ?? known.current, matches.length - 1);
          return { query, matches, current };
        },
      },
      props: {
        decorations(state) {
          const { matches, current } = finding(state);
          return DecorationSet.create(
            state.doc,
            matches.map(({ from, to }, at) =>
              Decoration.inline(from, to, { class: at === current ? "found found--here" : "found" }),
            ),
          );
        },
      },
    }),
  ],
});
