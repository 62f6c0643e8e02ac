import { Extension } from "@tiptap/core";
import { yCursorPlugin } from "@tiptap/y-tiptap";
import type { Carets, Person } from "./awareness";

const HUES = 8;

/** Others' carets with their names, and a tint on what they have selected. */
export const OthersCarets = Extension.create<{ carets: Carets | null }>({
  name: "othersCarets",
  addOptions: () => ({ carets: null }),

  addProseMirrorPlugins() {
    const { carets } = this.options;
    if (!carets) return [];
    return [
      yCursorPlugin(carets.awareness, {
        cursorBuilder: (user: Person) => caret(user),
        selectionBuilder: (user: Person) => ({ class: `others-selection face--hue-${hueOf(user)}` }),
      }),
    ];
  },
});

/** The library asks for it anew whenever the caret's owner has moved it, so that the name shows, and fades. */
function caret(user: Person): HTMLElement {
  const line = document.createElement("span");
  line.className = `others-caret others-caret--${hueOf(user)}`;
  const name = document.createElement("span");
  name.className = `others-caret__name face--hue-${hueOf(user)}`;
  name.textContent = user.name;
  // It is in the text for the eye alone: who writes is said by the list of people.
  line.setAttribute("aria-hidden", "true");
  line.append("\u2060", name, "\u2060");
  return line;
}

function hueOf({ userId }: Person): number {
  return (userId ?? 0) % HUES;
}
