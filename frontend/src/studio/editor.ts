import { Editor, type Extensions } from "@tiptap/core";
import { Collaboration } from "@tiptap/extension-collaboration";
import type * as Y from "yjs";
import type { Carets } from "./awareness";
import { OthersCarets } from "./carets";
import { Editing } from "./editing";
import { Finder } from "./find";
import { Here } from "./here";
import { OwnCaret } from "./own-caret";
import { Pasting } from "./paste";
import { NODES_AND_MARKS, ROOT } from "./schema";
import { Typographer } from "./typography";

export interface EditorPlace {
  element: HTMLElement;
  doc: Y.Doc;
  carets: Carets | null;
  language: string;
  isEditable: boolean;
  isTypeset?: () => boolean;
}

/** What an editor of a draft is made of, beside where it stands. */
export function extensions({
  doc,
  carets,
  language,
  isTypeset = () => true,
}: Omit<EditorPlace, "element">): Extensions {
  return [
    ...NODES_AND_MARKS,
    Collaboration.configure({
      fragment: doc.getXmlFragment(ROOT),
      yUndoOptions: { protectedNodes: new Set(["block"]) },
    }),
    OwnCaret,
    OthersCarets.configure({ carets }),
    Editing,
    Pasting,
    Typographer.configure({ language, isOn: isTypeset }),
    Finder,
    Here,
  ];
}

/** Opens an editor on a document. Its look is the page's: the library's own style sheet would need an inline one. */
export function openEditor(place: EditorPlace): Editor {
  return new Editor({
    element: place.element,
    extensions: extensions(place),
    editable: place.isEditable,
    injectCSS: false,
    editorProps: {
      attributes: {
        class: "studio__text",
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": "Text of the chapter",
        lang: place.language,
        spellcheck: "true",
      },
      scrollMargin: 96,
      scrollThreshold: 96,
    },
  });
}
