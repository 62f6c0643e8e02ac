import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { MessageContent } from "../../realtime/contracts.gen";
import type { Unsent } from "../../realtime/outbox";
import { live, page } from "../../realtime/page";
import { icon } from "../parts/icon";
import { bringKeys } from "../parts/keys";
import { define, LiveElement } from "../parts/live-element";
import { toast, toastError } from "../parts/toasts";
import { whoWrites } from "../parts/typing";
import "./composer";
import { Attention } from "./attention";
import type { Composer } from "./composer";
import { type Said, unsentIn } from "./conversation";
import { openGroup } from "./group";
import { type MessageActs, rowView, unsentRow } from "./message-view";
import { Scroller } from "./scroller";
import { RoomSearch } from "./search";
import { Voice } from "./voice";

const PAGE = 50;
const UNDO_MS = 5000;

/**
 * `<lv-room room="5">`: the conversation, alive. New words come in below; the view follows them only while its end is
 * in sight, and otherwise does not move and says how many there are. What has been on the screen counts as read.
 */
class Room extends LiveElement {
  private readonly group = openGroup();
  private readonly talk = this.group.talk;
  private readonly roomId = this.group.state.value.room.id;
  private readonly scroller = new Scroller();
  private readonly attention = new Attention(this.group, this.scroller, () => this.requestUpdate());
  private readonly voice = new Voice(() => this.requestUpdate());
  private readonly search = new RoomSearch(
    this.roomId,
    (number) => void this.show(number),
    () => this.requestUpdate(),
  );
  private unsent: Unsent[] = [];
  private below = 0;
  private loading = false;
  private readonly leaving = new Map<number, ReturnType<typeof setTimeout>>();
  /** The row of something unsent that has the focus. */
  private focused: { row: Element; text: unknown } | null = null;

  private readonly acts: MessageActs = {
    userId: page.user?.id ?? 0,
    username: page.user?.username ?? "",
    moderates: this.group.moderates,
    choosing: null,
    choose: (message) => this.set(() => (this.acts.choosing = message?.id ?? null)),
    react: (message, kind) => void this.react(message, kind),
    reply: (message) => this.composer?.reply(message),
    edit: (message) => this.composer?.edit(message),
    remove: (message) => this.takeBack(message),
    unread: ({ number }) => void this.attempt(() => this.attention.unread(number)),
    show: (number) => void this.show(number),
    retry: ({ requestId }) => live.outbox.retry(requestId),
    discard: ({ requestId }) => live.outbox.discard(requestId),
  };

  protected override begin(): void {
    this.replaceChildren();
    this.subscribe();
    this.until(
      this.group.state.subscribe(({ room }) => {
        this.acts.moderates = this.group.moderates;
        const name = document.querySelector("[data-room-name] bdi");
        if (name && name.textContent !== room.name) name.textContent = room.name;
        this.requestUpdate();
      }),
      live.outbox.entries.subscribe((entries) => this.follow(entries)),
      live.outbox.onSent((entry, reply) => {
        if (entry.type === "message:send" && entry.payload.roomId === this.roomId) this.arrive(reply as MessageContent);
      }),
      () => this.attention.stop(),
      () => this.voice.stop(),
    );
    this.listen(document, "visibilitychange", () => this.attention.look());
    this.listen(window, "pagehide", () => {
      for (const id of [...this.leaving.keys()]) this.forget(id);
    });
    this.listen(this, "lv-said", () => {
      this.attention.paused = false;
      void this.updateComplete.then(() => this.scroller.toEnd());
    });
    void this.updateComplete.then(() => this.begun());
    // Buttons of the page's head that only scripts can answer.
    const find = document.querySelector<HTMLElement>("[data-find]");
    if (find) {
      find.hidden = false;
      this.listen(find, "click", () => this.search.open());
    }
    bringKeys(this.keys());
  }

  private subscribe(): void {
    const { stream } = this.group;
    this.until(
      live.join(stream),
      live.on("message:new", (content) => this.arrive(content), stream),
      live.on("message:updated", (content) => this.set(() => this.talk.update(content)), stream),
      live.on("message:deleted", ({ number }) => this.set(() => this.talk.remove(number)), stream),
      live.on(
        "reaction:changed",
        (change) => "messageId" in change && this.set(() => this.talk.react(change.messageId, change.reactions)),
        stream,
      ),
      live.on("read:changed", ({ roomId, number }) => roomId === this.roomId && this.attention.readElsewhere(number)),
    );
  }

  private get composer(): Composer | null {
    return this.querySelector<Composer>("lv-room-composer");
  }

  private set(change: () => unknown): void {
    change();
    this.requestUpdate();
  }

  /** The page is rendered: at what is new, else at the end. */
  private begun(): void {
    const log = this.querySelector<HTMLElement>(".room__log");
    if (!log) return;
    this.until(this.scroller.hold(log, () => this.scrolled()));
    const named = /^#message-(\d+)$/.exec(location.hash)?.[1];
    if (named) void this.show(Number(named));
    else if (this.newLine) this.scroller.toLine(this.newLine);
    else this.scroller.toEnd();
    this.attention.look();
    this.requestUpdate();
  }

  private get newLine(): HTMLElement | null {
    return this.querySelector(".new-line");
  }

  private arrive(content: MessageContent): void {
    if (this.group.keepsAway(content.sender.id)) return;
    const watching = document.visibilityState === "visible" && this.scroller.atEnd;
    const isNew = this.talk.take(content, page.user?.id ?? null, watching);
    if (isNew && content.sender.id !== page.user?.id) {
      if (!this.scroller.atEnd) this.below += 1;
      this.voice.say(content);
    }
    this.follow(live.outbox.entries.value);
    this.attention.look();
  }

  private follow(entries: readonly Unsent[]): void {
    this.unsent = unsentIn(entries, this.roomId, this.talk, page.user?.id ?? null);
    this.requestUpdate();
  }

  private scrolled(): void {
    if (this.scroller.atEnd && this.below > 0) this.set(() => (this.below = 0));
    if (this.scroller.nearStart) void this.older();
    this.requestUpdate();
    this.attention.look();
  }

  /** Brings older messages above, without moving what is read. */
  private async older(limit = PAGE): Promise<void> {
    if (this.loading || this.talk.before === null) return;
    this.loading = true;
    try {
      const page = await live.command("room:history", { roomId: this.roomId, before: this.talk.before, limit });
      this.set(() => this.talk.prepend(page.messages, page.before));
      await this.updateComplete;
    } catch (error) {
      toastError(error);
    } finally {
      this.loading = false;
    }
  }

  /** Goes to a message, bringing what is between when it is not here yet. */
  private async show(number: number): Promise<void> {
    while (this.talk.before !== null && (this.talk.first ?? 0) > number) {
      const before = this.talk.before;
      await this.older(100);
      if (this.talk.before === before) return;
    }
    await this.updateComplete;
    const line = number === this.talk.newFrom ? this.newLine : null;
    const row = this.querySelector<HTMLElement>(`#message-${number}`);
    if (line ?? row) this.scroller.toLine((line ?? row) as HTMLElement);
    row?.focus({ preventScroll: true });
  }

  private async react(message: Said, kind: string): Promise<void> {
    const on = !message.ownReactions.includes(kind);
    this.acts.choosing = null;
    this.set(() => this.talk.mark(message.id, kind, on));
    const done = await this.attempt(() => live.command("message:react", { messageId: message.id, kind, on }));
    if (!done) this.set(() => this.talk.mark(message.id, kind, !on));
  }

  /** Gone at once, and for good when nobody has said "Undo". */
  private takeBack(message: Said): void {
    const kept = { ...message };
    this.set(() => this.talk.remove(message.number));
    this.leaving.set(
      message.id,
      setTimeout(() => this.forget(message.id, kept), UNDO_MS),
    );
    const undo = () => {
      clearTimeout(this.leaving.get(message.id));
      if (this.leaving.delete(message.id)) this.set(() => this.talk.update(kept));
    };
    toast({ text: "Message deleted.", action: { label: "Undo", run: undo } });
  }

  private forget(id: number, kept?: Said): void {
    clearTimeout(this.leaving.get(id));
    this.leaving.delete(id);
    live.command("message:delete", { messageId: id }).catch((error: unknown) => {
      if (kept) this.set(() => this.talk.update(kept));
      toastError(error);
    });
  }

  private async attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  }

  /** The keys of the message that has the focus, and of the room. */
  private keys() {
    const press = (act: string) => document.activeElement?.querySelector<HTMLElement>(`[data-act="${act}"]`)?.click();
    return [
      { keys: "n", label: "What is new", run: () => this.talk.newFrom !== null && void this.show(this.talk.newFrom) },
      { keys: "w", label: "Write", run: () => this.composer?.focusField() },
      { keys: "r", label: "Reply to the message", run: () => press("reply") },
      { keys: "e", label: "Edit the message", run: () => press("edit") },
      { keys: "+", label: "React to the message", run: () => press("react") },
      { keys: "Shift+U", label: "Unread from the message on", run: () => press("unread") },
      { keys: "End", label: "The newest", run: () => this.scroller.toEnd() },
    ];
  }

  protected override willUpdate(): void {
    this.scroller.before();
    const row = document.activeElement?.closest(".message[data-unsent]");
    this.focused = row ? { row, text: row.querySelector(".message__text")?.textContent } : null;
  }

  protected override updated(): void {
    this.scroller.after();
    if (this.focused && !this.focused.row.isConnected) this.passFocus(this.focused.text);
  }

  /** What has been sent is elsewhere now: the focus goes with it, so that the next key means what it would have. */
  private passFocus(text: unknown): void {
    const sent = this.talk.all.findLast((said) => said.sender.id === page.user?.id && said.text === text);
    const row = sent && this.querySelector<HTMLElement>(`#message-${sent.number}`);
    (row ?? this.querySelector<HTMLElement>(".room__log"))?.focus({ preventScroll: true });
  }

  protected override render(): TemplateResult {
    const { gone, typing } = this.group.state.value;
    const rows = this.talk.rows();
    return html`<div class="room__log" role="log" aria-live="off" aria-label="Conversation" tabindex="0">
        ${this.talk.before === null ? html`<p class="room__start">Here it began.</p>` : html`<p class="room__older"><button type="button" class="link-button" @click=${() => void this.older()}>Older messages</button></p>`}
        ${rows.length + this.unsent.length === 0 ? html`<p class="empty">No one has said anything here yet. Say hello.</p>` : nothing}
        <ol class="messages">
          ${repeat(
            rows,
            ({ key }) => key,
            (row) => rowView(row, this.acts),
          )}
          ${repeat(
            this.unsent,
            ({ requestId }) => requestId,
            (entry) => unsentRow(entry, page.user?.name ?? "", this.acts),
          )}
        </ol>
      </div>
      <p class="visually-hidden" role="status">${this.voice.sentence}</p>
      <div class="room__chips">${this.chips()}</div>
      ${gone ? this.closed(gone) : html`<p class="room__typing typing" aria-live="off">${whoWrites(typing.map(({ displayName }) => displayName))}</p><lv-room-composer></lv-room-composer>`}
      ${this.search.render()}`;
  }

  private chips(): TemplateResult {
    const { newFrom, unread } = this.talk;
    const above = newFrom !== null && this.scroller.isAbove(this.newLine, newFrom < (this.talk.first ?? 0));
    return html`${above ? html`<button type="button" class="chip chip--top" @click=${() => void this.show(newFrom ?? 0)}>${icon("arrow-up")}${unread > 0 ? `${unread} new` : "What was new"}</button>` : nothing}
      ${this.scroller.atEnd ? nothing : html`<button type="button" class="chip ${this.below > 0 ? "chip--new" : ""}" @click=${() => this.scroller.toEnd()}>${icon("arrow-down")}${this.below > 0 ? `${this.below} new` : "The newest"}</button>`}`;
  }

  private closed(sentence: string): TemplateResult {
    return html`<div class="room__gone banner" role="alert"><span>${sentence}</span><a class="button" href="/rooms/">All rooms</a></div>`;
  }
}

define("lv-room", Room);
