import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { face } from "../elements/parts/face";
import { icon } from "../elements/parts/icon";
import type { IconName } from "../icon-names";
import type { Person } from "../realtime/presence";
import type { DraftState, Status } from "./document";
import type { Look } from "./editing";
import type { Kind } from "./schema";

export type MarkName = "bold" | "italic" | "strike" | "smallCaps";

/** What the bar shows; everything it does, it asks of `BarActs`. */
export interface BarView {
  draft: DraftState;
  isEditable: boolean;
  look: { kind: Kind; level: number; ordered: boolean } | null;
  marks: ReadonlySet<string>;
  words: number;
  goal: number;
  people: readonly Person[];
  isFocused: boolean;
  /** The address of the page of versions; "" for who may not see them. */
  versions: string;
  panel: "find" | "link" | "goal" | null;
  canUndo: boolean;
  canRedo: boolean;
}

export interface BarActs {
  kind(look: Look): void;
  mark(name: MarkName): void;
  sceneBreak(): void;
  panel(which: "find" | "link" | "goal"): void;
  focus(): void;
  undo(): void;
  redo(): void;
}

const KINDS: [value: string, label: string, look: Look][] = [
  ["paragraph", "Paragraph", {}],
  ["heading", "Heading", { kind: "heading" }],
  ["subheading", "Subheading", { kind: "heading", level: 3 }],
  ["quote", "Quotation", { kind: "quote" }],
  ["item", "List", { kind: "item" }],
  ["ordered", "Numbered list", { kind: "item", ordered: true }],
];

const MARKS: [name: MarkName, icon: IconName, label: string, keys: string][] = [
  ["italic", "italic", "Italic", "Control+I"],
  ["bold", "bold", "Bold", "Control+B"],
  ["strike", "strikethrough", "Struck out", "Control+Shift+S"],
  ["smallCaps", "case-upper", "Small capitals", "Control+Shift+K"],
];

const MOST_FACES = 4;

export function bar(view: BarView, acts: BarActs): TemplateResult {
  return html`<div class="studio__bar">
    <div class="studio__tools" role="toolbar" aria-label="Formatting" @mousedown=${keepSelection}>
      ${view.isEditable ? tools(view, acts) : nothing}
    </div>
    <div class="studio__facts">
      ${faces(view.people)}
      <button type="button" class="studio__words" aria-expanded=${view.panel === "goal"} title="Set a goal" @click=${() => acts.panel("goal")}>${wordsAndGoal(view)}</button>
      ${tool("search", "Find and replace", "Control+F", view.panel === "find", () => acts.panel("find"))}
      ${view.versions ? html`<a class="studio__tool" href=${view.versions} aria-label="Versions" title="Versions">${icon("history")}</a>` : nothing}
      ${tool("focus", "Focus", "Control+Shift+F", view.isFocused, () => acts.focus())}
      ${state(view.draft)}
    </div>
  </div>`;
}

/** A pressed button must not take the selection that it is for. */
function keepSelection(event: MouseEvent): void {
  if (event.target instanceof Element && event.target.closest("button")) event.preventDefault();
}

function tools(view: BarView, acts: BarActs): TemplateResult {
  const current = currentKind(view.look);
  const choose = (event: Event) => {
    const chosen = KINDS.find(([value]) => value === (event.target as HTMLSelectElement).value);
    if (chosen) acts.kind(chosen[2]);
  };
  return html`
    <select class="studio__kind" aria-label="Kind of paragraph" @change=${choose}>
      ${current === "" ? html`<option value="" selected disabled>–</option>` : nothing}
      ${KINDS.map(([value, label]) => html`<option value=${value} .selected=${value === current}>${label}</option>`)}
    </select>
    ${MARKS.map(([name, picture, label, keys]) => tool(picture, label, keys, view.marks.has(name), () => acts.mark(name)))}
    ${tool("link", "Link", "Control+Shift+U", view.marks.has("link"), () => acts.panel("link"))}
    ${tool("asterisk", "Scene break", "Control+Enter", null, () => acts.sceneBreak())}
    ${tool("undo-2", "Undo", "Control+Z", null, () => acts.undo(), !view.canUndo)}
    ${tool("redo-2", "Redo", "Control+Y", null, () => acts.redo(), !view.canRedo)}`;
}

function tool(
  picture: IconName,
  label: string,
  keys: string,
  pressed: boolean | null,
  run: () => void,
  isIdle = false,
): TemplateResult {
  return html`<button type="button" class="studio__tool" aria-label=${label} title="${label} (${spoken(keys)})"
    aria-keyshortcuts=${keys} aria-pressed=${pressed ?? nothing} aria-disabled=${isIdle || nothing}
    @click=${run}>${icon(picture)}</button>`;
}

function spoken(keys: string): string {
  const mod = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";
  return keys.replace("Control", mod).replaceAll("+", " ");
}

function currentKind(look: BarView["look"]): string {
  if (!look) return "";
  if (look.kind === "heading") return look.level === 3 ? "subheading" : "heading";
  if (look.kind === "item") return look.ordered ? "ordered" : "item";
  return look.kind === "quote" ? "quote" : "paragraph";
}

function faces(people: readonly Person[]): TemplateResult | typeof nothing {
  if (people.length === 0) return nothing;
  const names = people.map(({ displayName }) => displayName).join(", ");
  return html`<span class="presence__faces studio__people" role="img" aria-label="Here: ${names}" title=${names}>
    ${repeat(
      people.slice(0, MOST_FACES),
      ({ userId }) => userId,
      (person) => html`<span class=${person.away ? "is-away" : ""}>${face(person.userId, person.displayName)}</span>`,
    )}
    ${people.length > MOST_FACES ? html`<span class="face" aria-hidden="true">+${people.length - MOST_FACES}</span>` : nothing}
  </span>`;
}

function wordsAndGoal({ words, goal }: BarView): TemplateResult {
  const count = words.toLocaleString();
  if (goal <= 0) return html`${count} word${words === 1 ? "" : "s"}`;
  return html`${count} of ${goal.toLocaleString()} words
    <progress max=${goal} value=${Math.min(words, goal)} aria-label="Of today’s goal"></progress>`;
}

const LOOKS: Record<Status, IconName> = {
  opening: "hourglass",
  saved: "cloud-check",
  saving: "cloud-upload",
  kept: "cloud-off",
  readonly: "lock",
  lost: "triangle-alert",
};

/** How things stand in words; nothing of it is taken from the socket's own idea of itself. */
export function statusWords({ status, savedAt, isKeptHere, isOutdated }: DraftState): string {
  const time = savedAt === null ? "" : ` ${new Date(savedAt).toLocaleTimeString(undefined, { timeStyle: "short" })}`;
  const words: Record<Status, string> = {
    opening: "Opening…",
    saved: `Saved${time}`,
    saving: "Saving…",
    kept: isKeptHere ? "Kept on this device" : "Not saved yet: keep this page open",
    readonly: isOutdated ? "Read only until you reload" : "Read only",
    lost: "Not saved",
  };
  return words[status];
}

function state(draft: DraftState): TemplateResult {
  return html`<span class="studio__state" data-state=${draft.status}>${icon(LOOKS[draft.status])}<span>${statusWords(draft)}</span></span>`;
}

export interface FindView {
  query: string;
  count: number;
  current: number;
  isEditable: boolean;
}

export interface FindActs {
  search(query: string): void;
  step(by: 1 | -1): void;
  replaceOne(text: string): void;
  replaceAll(text: string): void;
  close(): void;
}

export function findPanel(view: FindView, acts: FindActs): TemplateResult {
  const replacement = (event: Event) =>
    (event.target as Element).closest(".studio__panel")?.querySelector<HTMLInputElement>("[data-replace]")?.value ?? "";
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    acts.step(event.shiftKey ? -1 : 1);
  };
  const replaceKeys = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    acts.replaceOne(replacement(event));
  };
  const told = view.query === "" ? "" : view.count === 0 ? "Nothing" : `${view.current + 1} of ${view.count}`;
  return html`<div class="studio__panel" role="search" aria-label="In this chapter">
    <input type="search" data-find aria-label="Find" placeholder="Find" autocomplete="off" .value=${view.query}
      @input=${(event: Event) => acts.search((event.target as HTMLInputElement).value)} @keydown=${keys}>
    <span class="studio__count" role="status">${told}</span>
    <button type="button" class="studio__tool" aria-label="The one before" @click=${() => acts.step(-1)}>${icon("arrow-up")}</button>
    <button type="button" class="studio__tool" aria-label="The next one" @click=${() => acts.step(1)}>${icon("arrow-down")}</button>
    ${
      view.isEditable
        ? html`<input type="text" data-replace aria-label="Replace with" placeholder="Replace with" autocomplete="off" @keydown=${replaceKeys}>
    <button type="button" class="button button--small" @click=${(event: Event) => acts.replaceOne(replacement(event))}>Replace</button>
    <button type="button" class="button button--small" @click=${(event: Event) => acts.replaceAll(replacement(event))}>All</button>`
        : nothing
    }
    <button type="button" class="studio__tool" aria-label="Close" @click=${() => acts.close()}>${icon("x")}</button>
  </div>`;
}

/** One field and what is done with it: a link's address, a goal. */
export function fieldPanel(
  field: { label: string; type: "url" | "number"; value: string; done: string; clear: string },
  done: (value: string) => void,
  close: () => void,
): TemplateResult {
  const value = (event: Event) =>
    (event.target as Element).closest(".studio__panel")?.querySelector<HTMLInputElement>("[data-field]")?.value ?? "";
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    done(value(event));
  };
  return html`<div class="studio__panel">
    <input type=${field.type} data-field aria-label=${field.label} placeholder=${field.label} min="0" .value=${field.value} @keydown=${keys}>
    <button type="button" class="button button--small" @click=${(event: Event) => done(value(event))}>${field.done}</button>
    ${field.value ? html`<button type="button" class="button button--small button--quiet" @click=${() => done("")}>${field.clear}</button>` : nothing}
    <button type="button" class="studio__tool" aria-label="Close" @click=${close}>${icon("x")}</button>
  </div>`;
}
