import type { Node } from "@tiptap/pm/model";
import { TextSelection } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { html, nothing } from "lit";
import type { Client } from "../realtime/client";
import type { ClashContent, RoomName } from "../realtime/contracts.gen";
import { Store } from "../realtime/store";
import { PLAIN } from "./schema";

/** Between doubled words that do not follow on each other, as the server has it. */
const GAP = " … ";
const SHOWN_LETTERS = 160;
/** So much of what stood around the words is looked for, the most first: with less, any place would do. */
const CONTEXTS = [60, 30, 15, 8];

/** Words that merging has lost or doubled, as long as nobody has settled them. */
export class Clashes {
  readonly open = new Store<readonly ClashContent[]>([]);
  private turn = 0;

  constructor(
    private readonly client: Client,
    private readonly chapterId: number,
  ) {}

  /** Keeps the list current; returns how to let go. */
  follow(): () => void {
    const room: RoomName = `draft:${this.chapterId}`;
    const load = () => void this.load();
    const releases = [
      this.client.on("draft:clash", load, room),
      this.client.onJoined((joined) => joined === room && load()),
      this.client.onReset((reset) => reset === room && load()),
    ];
    if (this.client.isInside(room)) load();
    return () => {
      for (const release of releases) release();
    };
  }

  /** Takes it off everybody's list; false where somebody else was first. */
  async settle({ clashId }: ClashContent): Promise<boolean> {
    const { isOurs } = await this.client.command("draft:settle", { chapterId: this.chapterId, clashId });
    this.open.set(this.open.value.filter((one) => one.clashId !== clashId));
    return isOurs;
  }

  private async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const { clashes } = await this.client.command("draft:clashes", { chapterId: this.chapterId });
      if (turn === this.turn) this.open.set(clashes);
    } catch {
      // Who may only read has none to settle; without a link the next time the room is entered brings them.
    }
  }
}

/** Returns where the words stood, null where nothing of what was around them is left. */
export function placeOf(document: Node, { before, after }: Pick<ClashContent, "before" | "after">): number | null {
  for (const most of CONTEXTS) {
    for (const [context, behind] of [
      [before.slice(-most), true],
      [after.slice(0, most), false],
    ] as const) {
      const at = context.trim() ? find(document, context) : null;
      if (at !== null) return behind ? at + context.length : at;
    }
  }
  return null;
}

function find(document: Node, context: string): number | null {
  let found: number | null = null;
  document.forEach((block, offset) => {
    const at = block.textBetween(0, block.content.size, undefined, "\ufffc").indexOf(context);
    if (at >= 0) found ??= offset + 1 + at;
  });
  return found;
}

/** Puts the words back where they stood, or behind all else, and selects them. */
export function putBack(view: EditorView, clash: ClashContent): void {
  const { tr, schema } = view.state;
  let at = placeOf(tr.doc, clash);
  if (at === null) {
    at = tr.doc.content.size + 1;
    const block = schema.nodes.block?.create(PLAIN, schema.text(clash.words));
    if (block) tr.insert(at - 1, block);
  } else {
    tr.insertText(clash.words, at);
  }
  view.dispatch(tr.setSelection(TextSelection.create(tr.doc, at, at + clash.words.length)).scrollIntoView());
  view.focus();
}

/** What to look for in the text to see doubled words stand twice. */
export function wordsToFind({ words }: ClashContent): string {
  return words.split(GAP)[0]?.split("\n")[0] ?? "";
}

export interface ClashActs {
  putBack(clash: ClashContent): void;
  show(clash: ClashContent): void;
  settle(clash: ClashContent): void;
}

/** The oldest of them; the next one comes when it is settled. */
export function clashNotice(open: readonly ClashContent[], isEditable: boolean, acts: ClashActs) {
  const [clash] = open;
  if (!clash) return nothing;
  const isLost = clash.kind === "swallowed";
  const whose = clash.displayName ? `${clash.displayName}’s words` : "Words";
  const what = isLost
    ? `${whose} went with a paragraph that somebody else changed at the same time:`
    : "Two people changed a paragraph at the same time, and this stands twice:";
  const words = clash.words.length > SHOWN_LETTERS ? `${clash.words.slice(0, SHOWN_LETTERS)}…` : clash.words;
  const more = open.length > 1 ? ` (1 of ${open.length})` : "";
  const act = isLost ? () => acts.putBack(clash) : () => acts.show(clash);
  return html`<div class="banner" role="status"><span>${what} <q dir="auto">${words}</q>${more}</span>
    <button type="button" class="button button--small" ?disabled=${isLost && !isEditable} @click=${act}>${isLost ? "Put back" : "Show"}</button>
    <button type="button" class="button button--small button--quiet" @click=${() => acts.settle(clash)}>Settle</button></div>`;
}
