import { html, nothing, type TemplateResult } from "lit";
import { live as asItIs } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import type { EventMap } from "../../realtime/contracts.gen";
import type { Unsent } from "../../realtime/outbox";
import { live, page } from "../../realtime/page";
import { define, LiveElement } from "../parts/live-element";
import { mayInsertBefore } from "../parts/steady";
import { toast, toastError } from "../parts/toasts";
import { TypingNotice, whoWrites } from "../parts/typing";
import { read, type Shown, Talk, unsentOf } from "./comment-model";
import { type Acts, commentView, formView, sendOnCtrlEnter, unsentView } from "./comment-view";

type Open = { kind: "reply" | "edit"; id: number };

const UNDO_MS = 5000;

/**
 * `<lv-comments chapter="3">`: the talk under a chapter, alive. What others say comes in at its place when that moves
 * nothing in sight, else waits behind "1 new reply"; what one says oneself is there at once, with a clock until
 * it has arrived, whatever the connection does.
 */
class Comments extends LiveElement {
  private chapter = 0;
  private readonly talk = new Talk();
  private unsent: Unsent[] = [];
  private open: Open | null = null;
  private choosing: number | null = null;
  private writing: string[] = [];
  private draft = "";
  private mayWrite = false;
  private locked = false;
  /** Why nothing can be said here, apart from a lock; "" where there is nothing to say about it. */
  private refusal = "";
  /** The address of the talk's last page; "" on that page itself. */
  private lastPage = "";
  private readonly typing = new TypingNotice({
    start: () => live.command("text:typing", { chapterId: this.chapter, kind: "commenting" }, { patience: 0 }),
    stop: () => live.command("text:stopTyping", { chapterId: this.chapter, kind: "commenting" }, { patience: 0 }),
  });
  /** One's own comments arrive twice: as the answer and from the room. */
  private readonly arrived = new Set<number>();
  /** Deleted here, sent to the server when nobody has taken it back. */
  private readonly leaving = new Map<number, ReturnType<typeof setTimeout>>();

  /** People whose words are folded away, and comments of theirs that one wanted to see all the same. */
  private away = new Set<number>();
  private readonly revealed = new Set<number>();

  private readonly acts: Acts = {
    mayWrite: false,
    mayEdit: true,
    userId: page.user?.id ?? null,
    reply: (comment) => this.show({ kind: "reply", id: comment.id }),
    edit: (comment) => this.show({ kind: "edit", id: comment.id }),
    remove: (comment) => this.takeBack(comment),
    react: (comment, kind) => void this.react(comment, kind),
    choose: ({ id }) => this.set(() => (this.choosing = this.choosing === id ? null : id)),
    release: ({ id }) => this.set(() => this.talk.release(id)),
    reveal: ({ id }) => this.set(() => this.revealed.add(id)),
    retry: ({ requestId }) => live.outbox.retry(requestId),
    discard: ({ requestId }) => live.outbox.discard(requestId),
  };

  protected override begin(): void {
    this.chapter = this.number("chapter");
    this.locked = this.hasAttribute("locked");
    this.mayWrite = !this.hasAttribute("closed");
    this.refusal = this.getAttribute("closed") ?? "";
    this.acts.mayWrite = this.mayWrite;
    this.acts.mayEdit = !this.refusal;
    for (const item of this.querySelectorAll<HTMLElement>("[data-comment]")) this.talk.put(read(item));
    this.lastPage = this.getAttribute("later") ?? "";
    this.talk.partOf(this.number("total") || 0, { earlier: this.hasAttribute("earlier"), later: this.lastPage !== "" });
    this.draft = this.querySelector<HTMLTextAreaElement>(".composer textarea")?.value ?? "";
    this.away = new Set((this.getAttribute("away") ?? "").split(" ").filter(Boolean).map(Number));
    this.replaceChildren();
    this.subscribe();
    this.until(
      live.outbox.entries.subscribe((entries) => this.follow(entries)),
      live.outbox.onSent((entry, reply) => {
        if (entry.type === "comment:post" && entry.payload.chapterId === this.chapter)
          this.arrive(reply as EventMap["comment:new"]);
      }),
      () => this.typing.stop(),
    );
    // A page that goes takes the wait for "Undo" with it.
    this.listen(window, "pagehide", () => {
      for (const id of [...this.leaving.keys()]) this.forget(id);
    });
    // The server's comments make way for ours: the one that the address names is shown again.
    const named = /^#comment-\d+$/.test(location.hash) ? location.hash : null;
    if (named) void this.updateComplete.then(() => this.querySelector(named)?.scrollIntoView());
  }

  private subscribe(): void {
    const room = `chapter:${this.chapter}` as const;
    this.until(
      live.join(room),
      live.on("comment:new", (content) => this.arrive(content), room),
      live.on("comment:updated", (content) => this.set(() => this.talk.take(content, content.editedAt)), room),
      live.on("comment:deleted", ({ id }) => this.set(() => this.talk.remove(id)), room),
      live.on(
        "reaction:changed",
        (changed) => "commentId" in changed && this.set(() => this.talk.react(changed.commentId, changed.reactions)),
        room,
      ),
      live.on("chapter:commentsLocked", ({ locked }) => this.set(() => (this.locked = locked)), room),
      live.on("editors:typing", ({ typing }) => this.hearTyping(typing), room),
      live.on("block:changed", ({ userId, blocked }) => this.keepAway(userId, blocked)),
      live.on("mute:changed", ({ userId, muted }) => this.keepAway(userId, muted)),
      live.onReset((reset) => reset === room && location.reload()),
    );
  }

  private keepAway(userId: number, on: boolean): void {
    this.set(() => (on ? this.away.add(userId) : this.away.delete(userId)));
  }

  private set(change: () => unknown): void {
    change();
    this.requestUpdate();
  }

  private arrive(content: EventMap["comment:new"]): void {
    if (!this.arrived.has(content.id) && !this.talk.countElsewhere(content.path)) this.place(content);
    this.arrived.add(content.id);
    this.follow(live.outbox.entries.value);
  }

  private place(content: EventMap["comment:new"]): void {
    const others = content.authorId !== page.user?.id;
    const next = this.talk.after(content.path);
    const isNew = this.talk.take(content);
    const beside = next && this.querySelector(`#comment-${next.id}`);
    if (isNew && others && content.parentId !== null && !mayInsertBefore(beside)) this.talk.hold(content.id);
  }

  private follow(entries: readonly Unsent[]): void {
    this.unsent = unsentOf(entries, this.chapter, this.talk, page.user?.id ?? null);
    this.requestUpdate();
  }

  private hearTyping(typing: EventMap["editors:typing"]["typing"]): void {
    this.writing = typing.filter(({ userId }) => userId !== page.user?.id).map(({ displayName }) => displayName);
    this.requestUpdate();
  }

  private show(open: Open): void {
    this.open = open;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".comment .composer textarea")?.focus());
  }

  private close(): void {
    this.typing.stop();
    const id = this.open?.id;
    this.open = null;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#comment-${id} .comment__act`)?.focus());
  }

  private post(text: string, parentId: number | null): void {
    this.typing.stop();
    live.outbox.add("comment:post", { chapterId: this.chapter, text, parentId, paragraph: null });
  }

  private async save(comment: Shown, text: string): Promise<void> {
    this.close();
    if (text === comment.text) return;
    try {
      const saved = await live.command("comment:edit", { commentId: comment.id, text });
      this.set(() => this.talk.take(saved, Date.now()));
    } catch (error) {
      toastError(error);
    }
  }

  private async react(comment: Shown, kind: string): Promise<void> {
    const on = !comment.mine.has(kind);
    this.choosing = null;
    this.set(() => this.talk.mark(comment.id, kind, on));
    try {
      await live.command("comment:react", { commentId: comment.id, kind, on });
    } catch (error) {
      this.set(() => this.talk.mark(comment.id, kind, !on));
      toastError(error);
    }
  }

  /** Gone at once, and for good when nobody has said "Undo". */
  private takeBack(comment: Shown): void {
    this.set(() => this.talk.remove(comment.id));
    this.leaving.set(
      comment.id,
      setTimeout(() => this.forget(comment.id, comment), UNDO_MS),
    );
    const undo = () => {
      clearTimeout(this.leaving.get(comment.id));
      if (this.leaving.delete(comment.id)) this.set(() => this.talk.put(comment));
    };
    toast({ text: "Comment deleted.", action: { label: "Undo", run: undo } });
  }

  private forget(id: number, comment?: Shown): void {
    clearTimeout(this.leaving.get(id));
    this.leaving.delete(id);
    live.command("comment:delete", { commentId: id }).catch((error: unknown) => {
      if (comment) this.set(() => this.talk.put(comment));
      toastError(error);
    });
  }

  protected override render() {
    return html`<h2 class="talk__title" id="comments-title">Comments <span class="talk__count">${this.talk.count}</span></h2>
      ${this.composer()}
      <ol class="comments">${repeat(
        this.rows(),
        ({ key }) => key,
        ({ view }) => view,
      )}</ol>
      ${this.elsewhere()}
      ${this.talk.count + this.unsent.length === 0 ? html`<p class="talk__empty">No one has said anything here yet.</p>` : nothing}`;
  }

  private elsewhere() {
    const count = this.talk.elsewhere;
    if (count === 0) return nothing;
    const text = `${count} new comment${count === 1 ? "" : "s"} on other pages`;
    return html`<p class="talk__elsewhere">${this.lastPage ? html`<a href=${this.lastPage}>${text}</a>` : text}</p>`;
  }

  private composer(): TemplateResult {
    const line = html`<span class="typing" aria-live="polite">${whoWrites(this.writing)}</span>`;
    if (this.locked) return html`<p class="talk__closed">The author has closed the comments of this chapter.</p>`;
    if (!page.user) {
      const next = encodeURIComponent(location.pathname);
      return html`<p class="talk__closed"><a href="/sign-in/?next=${next}">Sign in</a> to say something.</p>${line}`;
    }
    if (this.refusal) return html`<p class="talk__closed">${this.refusal}</p>${line}`;
    if (!this.mayWrite) return html`${line}`;
    return html`<form class="composer" @submit=${this.submit}>
      <label class="visually-hidden" for="comment-text">Your comment</label>
      <textarea id="comment-text" name="text" rows="3" maxlength="10000" required dir="auto" placeholder="Say something about this chapter" .value=${asItIs(this.draft)} @input=${this.typed} @keydown=${sendOnCtrlEnter}></textarea>
      <div class="composer__foot">${line}<button class="button button--primary">Comment</button></div>
    </form>`;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = this.draft.trim();
    if (!text) return;
    this.draft = "";
    this.post(text, null);
    this.requestUpdate();
  };

  private readonly typed = (event: InputEvent): void => {
    this.draft = (event.target as HTMLTextAreaElement).value;
    this.typing.typed();
  };

  /** The comments in order of threads, and what is not sent yet after what it answers. */
  private rows(): { key: string; view: TemplateResult }[] {
    const rows = this.talk.all.map((comment) => ({
      path: comment.path,
      key: `c${comment.id}`,
      view: commentView(comment, this.local(comment), this.acts),
    }));
    for (const entry of this.unsent) {
      const parent = this.talk.get(Number(entry.payload.parentId));
      const depth = parent ? parent.depth + 1 : 0;
      // "~" comes after every digit: the end of the parent's thread, or of all.
      const path = `${parent?.path ?? ""}~`;
      rows.push({ path, key: entry.requestId, view: unsentView(entry, depth, page.user?.name ?? "", this.acts) });
    }
    return rows.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  private local(comment: Shown) {
    const open = this.open?.id === comment.id ? this.open : null;
    return {
      choosing: this.choosing === comment.id,
      heldBelow: this.talk.heldBelow(comment.id),
      away: this.away.has(comment.authorId) && !this.revealed.has(comment.id),
      editing: open?.kind === "edit",
      form: open ? this.form(open, comment) : nothing,
    } as const;
  }

  private form(open: Open, comment: Shown): TemplateResult {
    const reply = open.kind === "reply";
    return formView({
      label: reply ? `Your reply to ${comment.authorName}` : "Your comment",
      action: reply ? "Reply" : "Save",
      text: reply ? "" : comment.text,
      send: (text) => {
        if (!reply) {
          void this.save(comment, text);
          return;
        }
        this.close();
        this.post(text, comment.id);
      },
      cancel: () => this.close(),
      typed: () => this.typing.typed(),
    });
  }
}

define("lv-comments", Comments);
