import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

/** Marks the paragraph that is being written; the others step back while one focuses. */
export const Here = Extension.create({
  name: "here",
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        decorations({ doc, selection: { $from } }) {
          if ($from.depth < 1) return null;
          return DecorationSet.create(doc, [Decoration.node($from.before(1), $from.after(1), { class: "is-here" })]);
        },
      },
    }),
  ],
});
