import { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import type { CaretEvent, CaretState } from "./wire";

/** At most seven a second, for updates want theirs; a caret that moves faster is shown where it ends. */
const EVERY_MS = 150;
/** Others forget a caret after 30 s. */
const RENEW_MS = 15_000;

/** Who a caret belongs to, as it is drawn. */
export interface Person {
  userId: number | null;
  name: string;
  /** What the editor's library wants to hear; the look takes its hue from the person. */
  color: string;
}

type Send = (clientId: number, clock: number, state: CaretState | null) => Promise<unknown>;

/**
 * Everybody's carets in one document. What others say comes with the server's name for them; what we say is only
 * where our caret is. Forgetting after 30 s is the library's own.
 */
export class Carets {
  readonly awareness: Awareness;
  private sentAt = Number.NEGATIVE_INFINITY;
  private sent: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renewal: ReturnType<typeof setTimeout> | undefined;
  private isLive = false;

  constructor(
    doc: Y.Doc,
    private readonly send: Send,
    private readonly now: () => number = Date.now,
  ) {
    this.awareness = new Awareness(doc);
    this.awareness.on("update", (_changes: unknown, origin: unknown) => origin === "local" && this.schedule());
  }

  /** The document is open (again): the server's list is all there is, and it has forgotten ours. */
  adopt(list: readonly CaretEvent[]): void {
    const named = new Set(list.map(({ clientId }) => clientId));
    const gone = [...this.awareness.states.keys()].filter((id) => id !== this.awareness.clientID && !named.has(id));
    for (const id of gone) this.awareness.states.delete(id);
    if (gone.length > 0) this.tell([], [], gone);
    for (const event of list) this.take(event);
    this.isLive = true;
    this.sent = null;
    if (this.awareness.getLocalState()?.cursor) this.awareness.setLocalStateField("cursor", this.cursor());
  }

  take({ clientId, clock, state, userId, displayName, username }: CaretEvent): void {
    const { states, meta, clientID } = this.awareness;
    const known = meta.get(clientId)?.clock ?? -1;
    const isNews = clock > known || (clock === known && state === null && states.has(clientId));
    if (clientId === clientID || !isNews) return;
    const was = states.has(clientId);
    meta.set(clientId, { clock, lastUpdated: this.now() });
    if (state === null) {
      states.delete(clientId);
      if (was) this.tell([], [], [clientId]);
      return;
    }
    const user: Person = { userId, name: displayName || username, color: "#000000" };
    states.set(clientId, { cursor: state.cursor, user });
    this.tell(was ? [] : [clientId], was ? [clientId] : [], []);
  }

  /** The link is gone: nothing can be said, and what was heard is old. */
  pause(): void {
    this.isLive = false;
    clearTimeout(this.timer);
    clearTimeout(this.renewal);
    this.timer = undefined;
  }

  /** Says that we are gone; what is not heard any more, the server says when the connection ends. */
  leave(): void {
    clearTimeout(this.timer);
    clearTimeout(this.renewal);
    if (this.isLive && this.sent !== null) void this.say(null);
    this.isLive = false;
    this.awareness.destroy();
  }

  private cursor(): CaretState["cursor"] {
    return (this.awareness.getLocalState()?.cursor as CaretState["cursor"] | undefined) ?? null;
  }

  private schedule(): void {
    if (!this.isLive || this.timer !== undefined) return;
    const wait = Math.max(0, this.sentAt + EVERY_MS - this.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, wait);
  }

  private flush(): void {
    if (!this.isLive || this.awareness.getLocalState() === null) return;
    const cursor = this.cursor();
    const written = cursor && JSON.stringify(cursor);
    // The editor announces its caret anew with every change of somebody else; its place in the text is the same.
    const isDue = written !== this.sent || (written !== null && this.now() - this.sentAt >= RENEW_MS - EVERY_MS);
    if (!isDue) return;
    this.sent = written;
    this.sentAt = this.now();
    clearTimeout(this.renewal);
    if (cursor) this.renewal = setTimeout(() => this.awareness.setLocalStateField("cursor", this.cursor()), RENEW_MS);
    void this.say({ cursor });
  }

  private async say(state: CaretState | null): Promise<void> {
    const clock = this.awareness.meta.get(this.awareness.clientID)?.clock ?? 0;
    try {
      await this.send(this.awareness.clientID, state === null ? clock + 1 : clock, state);
    } catch {
      // A caret is not worth a word; the next one that moves is said again.
      this.sent = null;
    }
  }

  private tell(added: number[], updated: number[], removed: number[]): void {
    this.awareness.emit("change", [{ added, updated, removed }, "remote"]);
    this.awareness.emit("update", [{ added, updated, removed }, "remote"]);
  }
}
