import type { CommandMap } from "./contracts.gen";
import { type CommandError, signedOut } from "./errors";
import { Store } from "./store";

/** A command that must not be lost: kept until it is answered, sent again with the same `requestId`. */
export interface Unsent {
  requestId: string;
  type: keyof CommandMap;
  payload: Record<string, unknown>;
  userId: number;
  createdAt: number;
  /** Waits for the connection or its turn; is on its way; was refused and waits for a person. */
  state: "waiting" | "sending" | "failed";
  error?: string;
  /** How often the connection ended while this was on its way. */
  interruptions?: number;
}

export type Send = (type: keyof CommandMap, payload: unknown, requestId: string) => Promise<unknown>;

type Listener = (entry: Unsent, reply: unknown) => void;

const KEY = "livrya.outbox";
/** What ended so many connections may end every one: it must not keep back what comes behind it. */
const MOST_INTERRUPTIONS = 3;
const SET_ASIDE = "Set aside: the connection ended each time that this was sent.";

/**
 * What a person said while it could not be sent. Kept over reloads of the tab, sent in order, one after another,
 * and only as the person who said it.
 */
export class Outbox {
  readonly entries = new Store<readonly Unsent[]>([]);
  private readonly listeners = new Set<Listener>();
  private readonly asideListeners = new Set<(entry: Unsent) => void>();
  private open = false;
  private flushing = false;

  constructor(
    private readonly send: Send,
    private readonly userId: number | null,
    private readonly storage: Pick<Storage, "getItem" | "setItem"> = sessionStorage,
  ) {
    this.entries.set(this.load());
  }

  add<K extends keyof CommandMap>(type: K, payload: CommandMap[K]["payload"]): Unsent {
    if (this.userId === null) throw signedOut();
    const entry: Unsent = {
      requestId: crypto.randomUUID(),
      type,
      payload: { ...payload } as Record<string, unknown>,
      userId: this.userId,
      createdAt: Date.now(),
      state: "waiting",
    };
    this.keep([...this.entries.value, entry]);
    void this.flush();
    return entry;
  }

  retry(requestId: string): void {
    this.change(requestId, { state: "waiting" });
    void this.flush();
  }

  discard(requestId: string): void {
    this.keep(this.entries.value.filter((entry) => entry.requestId !== requestId));
  }

  /** Calls `listener` with every entry that was carried out, and its answer. */
  onSent(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls `listener` with every entry that is tried no more, because it seems to end the connection. */
  onSetAside(listener: (entry: Unsent) => void): () => void {
    this.asideListeners.add(listener);
    return () => this.asideListeners.delete(listener);
  }

  /** The connection is open, or no longer. */
  connected(open: boolean): void {
    this.open = open;
    if (open) void this.flush();
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    try {
      for (let next = this.next(); next && this.open; next = this.next()) await this.deliver(next);
    } finally {
      this.flushing = false;
    }
  }

  private next(): Unsent | undefined {
    return this.entries.value.find((entry) => entry.state === "waiting");
  }

  private async deliver(entry: Unsent): Promise<void> {
    this.change(entry.requestId, { state: "sending" });
    try {
      const reply = await this.send(entry.type, entry.payload, entry.requestId);
      this.discard(entry.requestId);
      for (const listener of this.listeners) listener(entry, reply);
    } catch (reason) {
      const error = reason as CommandError;
      if (error.category === "connection") {
        // Nobody knows whether it arrived; the same requestId makes sending again harmless.
        this.open = false;
        this.interrupted(entry, error);
      } else {
        this.change(entry.requestId, { state: "failed", error: error.message });
      }
    }
  }

  private interrupted(entry: Unsent, error: CommandError): void {
    const interruptions = (entry.interruptions ?? 0) + (error.code === "INTERRUPTED" ? 1 : 0);
    if (interruptions < MOST_INTERRUPTIONS) {
      this.change(entry.requestId, { state: "waiting", interruptions });
      return;
    }
    this.change(entry.requestId, { state: "failed", error: SET_ASIDE, interruptions: 0 });
    for (const listener of this.asideListeners) listener(entry);
  }

  private change(requestId: string, change: Partial<Unsent>): void {
    this.keep(this.entries.value.map((entry) => (entry.requestId === requestId ? { ...entry, ...change } : entry)));
  }

  private keep(entries: readonly Unsent[]): void {
    this.entries.set(entries);
    try {
      this.storage.setItem(KEY, JSON.stringify(entries));
    } catch {
      // Storage is full or forbidden: then they live as long as the page.
    }
  }

  private load(): Unsent[] {
    try {
      const kept = JSON.parse(this.storage.getItem(KEY) ?? "[]") as Unsent[];
      return kept
        .filter((entry) => entry.userId === this.userId)
        .map((entry) => (entry.state === "sending" ? { ...entry, state: "waiting" } : entry));
    } catch {
      return [];
    }
  }
}
