import "../styles/studio.css";
import type { Editor } from "@tiptap/core";
import { html, nothing, render } from "lit";
import { Draft } from "../elements/parts/draft";
import { bringKeys } from "../elements/parts/keys";
import { define, LiveElement } from "../elements/parts/live-element";
import { toast } from "../elements/parts/toasts";
import type { ClashContent, RoomName, VersionNamed, VersionRestored } from "../realtime/contracts.gen";
import { live, page } from "../realtime/page";
import type { Person } from "../realtime/presence";
import { type BarActs, type BarView, bar, fieldPanel, findPanel, statusWords } from "./bar";
import { type ClashActs, Clashes, clashNotice, putBack, wordsToFind } from "./clashes";
import { type Content, DraftDocument, nextFrame, plainText } from "./document";
import { insertBreak, lookOf, setKind } from "./editing";
import { openEditor } from "./editor";
import { finding, replaceAll, replaceOne, search, step } from "./find";
import { deviceCopies } from "./local-copy";
import { isSafeLink } from "./schema";
import { sessionWire } from "./wire";
import { wordsOf } from "./words";

/** So long the plain field waits for the studio; then one can begin to write in it. */
const PATIENCE_MS = 6000;
/** Some keyboards compose as long as one writes. */
const COMPOSING_MS = 2000;
const MARKS = ["bold", "italic", "strike", "smallCaps", "link"];

type Panel = "find" | "link" | "goal";

/**
 * `<lv-studio chapter="3" language="en">` around the text's field of the chapter's form: in its place several people
 * write at once. Where the draft cannot be opened, the field stays what it is.
 */
class Studio extends LiveElement {
  private field: HTMLTextAreaElement | null = null;
  /** Whether the page itself locks the field: who may not write may not write there, either. */
  private isLocked = false;
  private draft: DraftDocument | null = null;
  private editor: Editor | null = null;
  private people: readonly Person[] = [];
  private panel: Panel | null = null;
  private isFocused = false;
  private clashes: Clashes | null = null;
  private rescued = new Draft("");
  private goalKey = "";
  private isDrawn = true;
  private readonly desk = document.createElement("div");
  private readonly head = document.createElement("div");
  private readonly place = document.createElement("div");
  private readonly told = document.createElement("p");

  protected override begin(): void {
    const chapter = this.number("chapter");
    this.field = this.querySelector("textarea");
    if (!this.field || !page.user || Number.isNaN(chapter)) return;
    this.rescued = new Draft(`studio.${chapter}`);
    this.goalKey = `livrya.goal.${chapter}`;
    this.prepare();
    this.isLocked = this.field.readOnly;
    this.field.readOnly = true;
    const draft = new DraftDocument({
      wire: sessionWire(live, chapter),
      copies: deviceCopies(page.user.id, chapter),
      frame: (run) => this.whenCalm(run),
    });
    this.draft = draft;
    const clashes = new Clashes(live, chapter);
    this.clashes = clashes;
    const room = `draft:${chapter}` as RoomName;
    const patience = setTimeout(() => this.release(), PATIENCE_MS);
    this.until(
      draft.content.subscribe((content) => this.showContent(content)),
      draft.state.subscribe(() => this.follow()),
      draft.onRescued((text) => {
        this.rescued.keep({ text }, 0);
        this.draw();
      }),
      live.presence(room).state.subscribe(({ people }) => {
        this.people = people ?? [];
        this.draw();
      }),
      live.on("draft:versionNamed", (version) => this.tell(version, "named this version"), room),
      live.on("draft:versionRestored", (version) => this.tell(version, "restored the version"), room),
      clashes.open.subscribe(() => this.draw()),
      clashes.follow(),
      () => clearTimeout(patience),
      () => this.close(),
    );
    this.listen(window, "beforeunload", (event) => {
      if (draft.isUnsaved && !draft.state.value.isKeptHere) event.preventDefault();
    });
    this.listen(this, "keydown", (event) => this.key(event));
    this.listen(document, "submit", (event) => this.holdBack(event as SubmitEvent), { capture: true });
    void draft.start();
  }

  /** Others' changes would end the composition of a sign, as keyboards of phones and of many languages make them. */
  private whenCalm(run: () => void): void {
    if (!this.editor?.view.composing) {
      nextFrame(run);
      return;
    }
    const go = () => {
      clearTimeout(late);
      this.place.removeEventListener("compositionend", go);
      nextFrame(run);
    };
    const late = setTimeout(go, COMPOSING_MS);
    this.place.addEventListener("compositionend", go);
  }

  /** What is released shall have the last words in it: other forms of the page wait until these are saved. */
  private holdBack(event: SubmitEvent): void {
    const { draft } = this;
    const form = event.target;
    if (!draft?.isUnsaved || !(form instanceof HTMLFormElement) || form.contains(this)) return;
    if (!form.querySelector("[name=act]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    let stop: () => void = () => undefined;
    const late = setTimeout(() => {
      stop();
      toast({ text: "Your last words are not saved yet. Please try again when they are.", error: true });
    }, PATIENCE_MS);
    stop = draft.state.subscribe(({ status }) => {
      if (status !== "saved") return;
      clearTimeout(late);
      queueMicrotask(() => stop());
      form.requestSubmit(event.submitter);
    });
    this.until(stop, () => clearTimeout(late));
  }

  /** What another person did with the versions: the text may have changed under one's eyes. */
  private tell({ userId, displayName, name, createdAt }: VersionNamed | VersionRestored, what: string): void {
    if (userId !== null && userId === page.user?.id) return;
    const which = name
      ? `“${name}”`
      : `of ${new Date(createdAt).toLocaleString(undefined, { timeStyle: "short", dateStyle: "medium" })}`;
    toast({ text: `${displayName ?? "Somebody"} ${what} ${which}.` });
  }

  private prepare(): void {
    this.desk.className = "studio";
    this.desk.hidden = true;
    this.told.className = "visually-hidden";
    this.told.setAttribute("role", "status");
    this.desk.append(this.head, this.place, this.told);
    this.prepend(this.desk);
    // The form around saves what it sees typed; the text is not its own any more.
    this.listen(this.desk, "input", (event) => event.stopPropagation());
  }

  /** The draft did not open in time: the field is there to be used, and what is begun in it stays in it. */
  private release(): void {
    if (this.field && !this.editor) this.field.readOnly = this.isLocked;
  }

  private showContent(content: Content | null): void {
    this.editor?.destroy();
    this.editor = null;
    const { field, draft } = this;
    if (!content || !field || !draft) return;
    if (!field.disabled && field.value !== field.defaultValue) {
      this.giveUp();
      return;
    }
    field.disabled = true;
    this.classList.add("is-live");
    this.closest("form")?.classList.add("editor--live");
    this.desk.hidden = false;
    this.editor = openEditor({
      element: this.place,
      doc: content.doc,
      carets: content.carets,
      language: this.getAttribute("language") ?? "en",
      isEditable: this.isEditable,
    });
    this.editor.on("transaction", () => this.draw());
    for (const change of ["focus", "blur"] as const) this.editor.on(change, () => this.draw());
    this.bringKeys();
    this.draw();
  }

  private get isEditable(): boolean {
    const status = this.draft?.state.value.status ?? "opening";
    return status !== "readonly" && status !== "lost" && status !== "opening";
  }

  private follow(): void {
    const state = this.draft?.state.value;
    if (!state) return;
    if (state.status === "lost" && !this.editor && this.desk.hidden) {
      this.giveUp();
      return;
    }
    if (this.editor && this.editor.isEditable !== this.isEditable) this.editor.setEditable(this.isEditable, false);
    // Saved and saving change with every letter: only what asks for attention is said aloud.
    const quiet = state.status === "saved" || state.status === "saving" || state.status === "opening";
    const words = quiet ? "" : statusWords(state);
    if (this.told.textContent !== words) this.told.textContent = words;
    this.draw();
  }

  /** The form of today writes instead. */
  private giveUp(): void {
    this.close();
    this.desk.remove();
    if (this.field) this.field.readOnly = this.isLocked;
  }

  private close(): void {
    this.editor?.destroy();
    this.editor = null;
    this.draft?.dispose();
    this.draft = null;
    this.setFocused(false);
  }

  private key(event: KeyboardEvent): void {
    const mod = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    const act = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (mod && !event.altKey && letter === "f" && this.editor) {
      act();
      if (event.shiftKey) this.setFocused(!this.isFocused);
      else this.openPanel("find");
    } else if (mod && event.shiftKey && letter === "u") {
      act();
      this.openPanel("link");
    } else if (event.altKey && event.key === "F10") {
      act();
      this.head.querySelector<HTMLElement>("select, button")?.focus();
    } else if (event.key === "Escape") this.escape(act);
  }

  private escape(act: () => void): void {
    if (this.panel) {
      act();
      this.closePanel();
    } else if (this.head.contains(document.activeElement)) {
      act();
      this.editor?.commands.focus();
    } else if (this.isFocused) {
      act();
      this.setFocused(false);
    }
  }

  private bringKeys(): void {
    bringKeys([
      { keys: "$mod+Shift+F", label: "Write without anything around", run: () => this.setFocused(!this.isFocused) },
    ]);
  }

  private setFocused(isFocused: boolean): void {
    this.isFocused = isFocused;
    document.documentElement.toggleAttribute("data-focused", isFocused);
    if (isFocused) this.editor?.commands.focus();
    this.draw();
  }

  private openPanel(panel: Panel): void {
    const isOpen = this.panel === panel;
    this.closePanel(false);
    if (!isOpen || panel === "find") this.panel = panel;
    this.paint();
    const field = this.head.querySelector<HTMLInputElement>(".studio__panel input");
    field?.focus();
    field?.select();
  }

  private closePanel(back = true): void {
    if (this.panel === "find" && this.editor) search(this.editor.view, "");
    this.panel = null;
    this.draw();
    if (back) this.editor?.commands.focus();
  }

  /** Several changes in one frame are drawn once. */
  private draw(): void {
    if (!this.isDrawn) return;
    this.isDrawn = false;
    queueMicrotask(() => this.paint());
  }

  private paint(): void {
    this.isDrawn = true;
    const { editor, draft } = this;
    if (!editor || !draft) return;
    render(
      html`${bar(this.view(editor, draft), this.acts(editor))}${this.panelOf(editor)}${this.notices(draft)}${this.panel ? nothing : clashNotice(this.clashes?.open.value ?? [], editor.isEditable, this.clashActs(editor))}`,
      this.head,
    );
  }

  private view(editor: Editor, draft: DraftDocument): BarView {
    const can = editor.can();
    return {
      draft: draft.state.value,
      isEditable: editor.isEditable,
      look: lookOf(editor.state),
      marks: new Set(MARKS.filter((name) => editor.isActive(name))),
      words: wordsOf(editor.state.doc),
      goal: this.goal(),
      people: this.people,
      isFocused: this.isFocused,
      versions: this.getAttribute("versions") ?? "",
      panel: this.panel,
      canUndo: can.undo(),
      canRedo: can.redo(),
    };
  }

  private acts(editor: Editor): BarActs {
    const run = (act: () => unknown) => {
      act();
      editor.commands.focus();
    };
    return {
      kind: (look) => run(() => setKind(look)(editor.state, editor.view.dispatch)),
      mark: (name) => run(() => editor.commands.toggleMark(name)),
      sceneBreak: () => run(() => insertBreak(editor.state, editor.view.dispatch)),
      panel: (which) => (this.panel === which ? this.closePanel() : this.openPanel(which)),
      focus: () => this.setFocused(!this.isFocused),
      undo: () => run(() => editor.commands.undo()),
      redo: () => run(() => editor.commands.redo()),
    };
  }

  private panelOf(editor: Editor) {
    const close = () => this.closePanel();
    if (this.panel === "find") {
      const { query, matches, current } = finding(editor.state);
      const view = { query, count: matches.length, current, isEditable: editor.isEditable };
      return findPanel(view, {
        search: (words) => search(editor.view, words),
        step: (by) => step(editor.view, by),
        replaceOne: (text) => replaceOne(editor.view, text),
        replaceAll: (text) => replaceAll(editor.view, text),
        close,
      });
    }
    if (this.panel === "link") {
      const href = String(editor.getAttributes("link").href ?? "");
      const field = { label: "Address", type: "url" as const, value: href, done: "Link", clear: "Remove" };
      return fieldPanel(field, (address) => this.link(editor, address), close);
    }
    if (this.panel === "goal") {
      const value = this.goal() > 0 ? String(this.goal()) : "";
      const field = { label: "Words", type: "number" as const, value, done: "Set goal", clear: "No goal" };
      return fieldPanel(field, (words) => this.setGoal(words), close);
    }
    return nothing;
  }

  private link(editor: Editor, written: string): void {
    const address = written.trim() && !/^[a-z]+:/i.test(written.trim()) ? `https://${written.trim()}` : written.trim();
    const chain = editor.chain().focus().extendMarkRange("link");
    if (address && isSafeLink(address)) chain.setMark("link", { href: address }).run();
    else chain.unsetMark("link").run();
    this.closePanel();
  }

  private goal(): number {
    return Number.parseInt(localStorage.getItem(this.goalKey) ?? "", 10) || 0;
  }

  private setGoal(words: string): void {
    const goal = Math.max(0, Number.parseInt(words, 10) || 0);
    if (goal > 0) localStorage.setItem(this.goalKey, String(goal));
    else localStorage.removeItem(this.goalKey);
    this.closePanel();
  }

  private clashActs(editor: Editor): ClashActs {
    const settle = (clash: ClashContent, then: () => void = () => undefined) => {
      this.clashes?.settle(clash).then(
        (isOurs) => isOurs && then(),
        (error: Error) => toast({ text: error.message, error: true }),
      );
    };
    return {
      // Settled first: of two who put the same words back at once only one may.
      putBack: (clash) => settle(clash, () => putBack(editor.view, clash)),
      show: (clash) => {
        this.openPanel("find");
        search(editor.view, wordsToFind(clash));
      },
      settle,
    };
  }

  private notices(draft: DraftDocument) {
    const { status, error } = draft.state.value;
    const lost = status === "lost";
    const kept = this.rescued.read()?.values.text;
    const copy = (text: string) => () => void navigator.clipboard.writeText(text);
    return html`${
      lost
        ? html`<div class="banner banner--wrong" role="alert"><span>${error?.message ?? "This cannot be saved."} Your text is kept on this device.</span>
      <button type="button" class="button button--small" @click=${copy(plainText(draft.text()))}>Copy the text</button>
      <button type="button" class="button button--small" @click=${() => void draft.startOver()}>Go on from what is saved</button></div>`
        : nothing
    }${
      kept
        ? html`<div class="banner" role="alert"><span>This chapter was made anew while words of yours were not saved. They are kept on this device.</span>
      <button type="button" class="button button--small" @click=${copy(kept)}>Copy them</button>
      <button type="button" class="button button--small button--quiet" @click=${() => this.forget()}>Throw them away</button></div>`
        : nothing
    }`;
  }

  private forget(): void {
    this.rescued.forget();
    this.draw();
  }

  protected override createRenderRoot(): HTMLElement {
    // The field stays the server's; what is ours is drawn beside it.
    return document.createElement("div");
  }
}

define("lv-studio", Studio);
