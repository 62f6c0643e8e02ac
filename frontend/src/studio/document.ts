import * as Y from "yjs";
import { CommandError } from "../realtime/errors";
import { Store } from "../realtime/store";
import { Carets } from "./awareness";
import type { LocalCopies, LocalCopy } from "./local-copy";
import { ROOT, SCHEMA } from "./schema";
import { isEmpty, split } from "./updates";
import { bytesOf, type CaretState, type Opened, type Role, type Wire } from "./wire";

/**
 * How things stand, from acknowledgements alone: `saved` is committed, `saving` is on its way over a link that
 * answers, `kept` waits for one, `lost` will not be saved by itself any more.
 */
export type Status = "opening" | "saved" | "saving" | "kept" | "readonly" | "lost";

/** A text that can be shown, with the carets in it. */
export interface Content {
  doc: Y.Doc;
  carets: Carets;
}

export interface DraftState {
  status: Status;
  role: Role | null;
  /** The server's last word of committing something, Unix milliseconds. */
  savedAt: number | null;
  /** What is not saved is also on this device. */
  isKeptHere: boolean;
  /** This page's program is of another schema than the document: it shows it and changes nothing. */
  isOutdated: boolean;
  /** Why it is lost. */
  error: CommandError | null;
}

export interface DraftOptions {
  wire: Wire;
  copies: LocalCopies;
  /** Calls when a frame is due; at the latest after a moment, for a hidden page has no frames. */
  frame?: (run: () => void) => void;
  random?: () => number;
  paceMs?: number;
}

/**
 * Between two updates. A connection has 20 commands a second, and a key that is held down makes 30 changes: with the
 * caret's seven there is room for whatever else the page says.
 */
const PACE_MS = 120;
const PROBE_EVERY_MS = 500;
/** Together below 5 s: so long without a word, then so long for an answer. */
const SILENCE_MS = 1500;
const ANSWER_MS = 2500;
const RETRY = { first: 500, cap: 15_000 } as const;
/** So often in a row the missing part is sent, then the document is opened anew. */
const MOST_RESYNCS = 3;
const HIDDEN_FRAME_MS = 100;
/** A change that takes longer to draw than this is not drawn at every frame. */
const SLOW_MS = 10;

const REMOTE = Symbol("remote");

/**
 * One draft between an editor and the server: a Yjs document, its copy on this device, what is not yet acknowledged.
 *
 * Updates go out in order, one at a time; what comes up meanwhile is merged. Coming back opens the document again,
 * and what the server lacks by its own state vector is sent; twice is harmless.
 */
export class DraftDocument {
  readonly state = new Store<DraftState>({
    status: "opening",
    role: null,
    savedAt: null,
    isKeptHere: false,
    isOutdated: false,
    error: null,
  });
  /** The text, once there is one to show; another one after its epoch has ended. */
  readonly content = new Store<Content | null>(null);

  private doc = new Y.Doc();
  private carets: Carets;
  private copy: LocalCopy | null = null;
  private epoch: string | null = null;
  private role: Role | null = null;
  private isEntered = false;
  private isOpen = false;
  private isSending = false;
  private isSyncing = false;
  private error: CommandError | null = null;
  private isOutdated = false;
  private savedAt: number | null = null;
  /** Of this page, in order: first what is cut to be sent, then what was typed since. */
  private pieces: Uint8Array[] = [];
  private fresh: Uint8Array[] = [];
  private incoming: Uint8Array[] = [];
  private failures = 0;
  private resyncs = 0;
  private heardAt = 0;
  private sentAt = 0;
  private paced: ReturnType<typeof setTimeout> | undefined;
  /** Answers to questions of before belong to a link that is gone. */
  private turn = 0;
  private isDrawing = false;
  private pause = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly probe: ReturnType<typeof setInterval>;
  private readonly rescues = new Set<(text: string) => void>();
  private letGo: () => void = () => undefined;
  private isOver = false;

  constructor(private readonly options: DraftOptions) {
    this.carets = this.prepare(this.doc);
    this.probe = setInterval(() => this.probeIfSilent(), PROBE_EVERY_MS);
  }

  /** Loads what this device has, then follows the room. */
  async start(): Promise<void> {
    const known = this.options.copies.recall();
    if (known?.schema === SCHEMA) {
      this.epoch = known.epoch;
      this.copy = await this.options.copies.open(known, this.doc);
      if (this.isOver) return;
      if (!this.copy) this.epoch = null;
      else if (this.text().length > 0) this.show();
      this.tell();
    }
    this.letGo = this.options.wire.listen({
      entered: () => this.entered(),
      left: () => this.left(),
      reset: () => this.isEntered && void this.open(),
      lost: (error) => this.stop(error),
      update: (update) => this.heard(update),
      awareness: (event) => this.carets.take(event),
    });
  }

  /** Something typed here has no acknowledgement yet. */
  get isUnsaved(): boolean {
    return this.pieces.length > 0 || this.fresh.length > 0 || this.isSending || this.copy?.wasUnsaved === true;
  }

  text(): Y.XmlFragment {
    return this.doc.getXmlFragment(ROOT);
  }

  /** Gets the words that would have gone with a document whose epoch has ended. */
  onRescued(handle: (text: string) => void): () => void {
    this.rescues.add(handle);
    return () => this.rescues.delete(handle);
  }

  /** Gives up what was refused, and goes on from what is saved. */
  async startOver(): Promise<void> {
    this.error = null;
    await this.replace();
    if (this.isEntered) void this.open();
  }

  dispose(): void {
    this.isOver = true;
    this.turn += 1;
    clearInterval(this.probe);
    clearTimeout(this.retry);
    clearTimeout(this.paced);
    this.carets.leave();
    this.letGo();
    this.copy?.close();
    this.doc.destroy();
  }

  private prepare(doc: Y.Doc): Carets {
    doc.on("update", (update: Uint8Array, origin: unknown) => this.changed(update, origin));
    return new Carets(doc, (clientId, clock, state: CaretState | null) => {
      if (this.epoch === null || !this.isOpen) return Promise.resolve();
      return this.options.wire.awareness(this.epoch, clientId, clock, state);
    });
  }

  private entered(): void {
    this.isEntered = true;
    this.failures = 0;
    void this.open();
  }

  private left(): void {
    this.isEntered = false;
    this.isOpen = false;
    this.isSending = false;
    this.sentAt = 0;
    this.turn += 1;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.carets.pause();
    this.tell();
  }

  private async open(): Promise<void> {
    if (this.error || this.isOver) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.isOpen = false;
    this.isSending = false;
    const turn = ++this.turn;
    const known = this.epoch;
    try {
      const ask = known === null ? {} : { epoch: known, vector: Y.encodeStateVector(this.doc) };
      const opened = await this.options.wire.open(ask);
      if (turn !== this.turn) return;
      if (known === null) await this.attach(opened);
      if (turn === this.turn) this.accept(opened);
    } catch (error) {
      if (turn === this.turn) await this.refused(error, () => void this.open());
    }
  }

  /** Now it is known which document this is: here may be a copy of it. */
  private async attach({ epoch, schema }: Opened): Promise<void> {
    this.epoch = epoch;
    if (schema !== SCHEMA) return;
    this.copy = await this.options.copies.open({ epoch, schema }, this.doc);
    this.options.copies.remember(this.copy && { epoch, schema });
  }

  private accept(opened: Opened): void {
    this.isOutdated = opened.schema !== SCHEMA;
    this.role = this.isOutdated ? "read" : opened.role;
    this.heardAt = Date.now();
    const lacking = this.lackingAt(opened.vector);
    this.apply([opened.update, ...this.incoming.splice(0)]);
    this.isOpen = true;
    this.pieces = lacking;
    this.fresh = [];
    this.carets.adopt(opened.awareness);
    this.show();
    void this.flush();
    this.tell();
  }

  /** What the server has not: all that it has not heard of, or nothing when everything is acknowledged. */
  private lackingAt(vector: Uint8Array): Uint8Array[] {
    if (this.role !== "write") return [];
    const beyond = Y.encodeStateAsUpdate(this.doc, vector);
    const untold = Y.decodeUpdate(beyond).structs.length > 0;
    return (untold || this.isUnsaved) && !isEmpty(beyond) ? split(beyond) : [];
  }

  private changed(update: Uint8Array, origin: unknown): void {
    // The copy on this device brings in what it has before it has been given to us; that is sent when opened.
    if (origin === REMOTE || this.isLocalCopy(origin) || this.isOver) return;
    if (this.role !== null && this.role !== "write") return;
    if (!this.isUnsaved) this.heardAt = Date.now();
    this.fresh.push(update);
    this.copy?.mark(true);
    void this.flush();
    this.tell();
  }

  private isLocalCopy(origin: unknown): boolean {
    return this.copy ? origin === this.copy.origin : this.content.value === null;
  }

  private async flush(): Promise<void> {
    const { epoch } = this;
    const ready = this.isOpen && !this.isSending && !this.error && this.retry === undefined;
    if (!ready || epoch === null || this.role !== "write" || this.isTooSoon()) return;
    if (this.pieces.length === 0 && this.fresh.length > 0) this.pieces = split(Y.mergeUpdates(this.fresh.splice(0)));
    const next = this.pieces[0];
    if (!next) {
      this.copy?.mark(false);
      return;
    }
    const turn = this.turn;
    this.isSending = true;
    this.sentAt = Date.now();
    try {
      await this.options.wire.update(epoch, next);
      if (turn !== this.turn) return;
      this.isSending = false;
      this.pieces.shift();
      this.acknowledged();
      void this.flush();
    } catch (error) {
      if (turn !== this.turn) return;
      this.isSending = false;
      await this.refused(error, () => void this.flush());
    }
    this.tell();
  }

  /** What is typed in a moment goes together. When everything is acknowledged there is nothing to wait for. */
  private isTooSoon(): boolean {
    const wait = this.sentAt + (this.options.paceMs ?? PACE_MS) - Date.now();
    if (wait <= 0 || (this.pieces.length === 0 && this.fresh.length === 0)) return false;
    clearTimeout(this.paced);
    this.paced = setTimeout(() => void this.flush(), wait);
    return true;
  }

  private acknowledged(): void {
    this.failures = 0;
    this.resyncs = 0;
    this.heardAt = Date.now();
    this.savedAt = this.heardAt;
  }

  private async refused(reason: unknown, again: () => void): Promise<void> {
    const error = reason instanceof CommandError ? reason : internal(reason);
    if (error.code === "DOCUMENT_CHANGED") {
      await this.replace();
      void this.open();
    } else if (error.code === "OUT_OF_SYNC") {
      this.resync(error);
    } else if (error.code === "NOT_JOINED") {
      // Put out of the room for a moment, by whoever holds it on this page.
      this.later(error, () => void this.open());
    } else if (error.code === "FORBIDDEN" && this.isOpen) {
      this.role = "read";
    } else if (error.category === "connection" || error.category === "token" || error.retryable) {
      this.later(error, again);
    } else {
      this.stop(error);
    }
    this.tell();
  }

  private resync(error: CommandError): void {
    this.resyncs += 1;
    const vector = error.details?.vector;
    if (typeof vector !== "string" || this.resyncs > MOST_RESYNCS) {
      this.resyncs = 0;
      this.later(error, () => void this.open());
      return;
    }
    this.fresh = [];
    this.pieces = split(Y.encodeStateAsUpdate(this.doc, bytesOf(vector)));
    void this.flush();
  }

  private later(error: CommandError, again: () => void): void {
    this.failures += 1;
    const { random = Math.random } = this.options;
    const wait = Math.min(RETRY.cap, RETRY.first * 2 ** (this.failures - 1)) * (0.5 + random() / 2);
    clearTimeout(this.retry);
    this.retry = setTimeout(
      () => {
        this.retry = undefined;
        if (this.isEntered) again();
      },
      Math.max(error.retryAfter ?? 0, wait),
    );
  }

  private stop(error: CommandError): void {
    this.error = error;
    this.isOpen = false;
    this.turn += 1;
    this.isSending = false;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.carets.pause();
    // Who may not see a draft any more shall not have it lying about, unless it holds words that are nowhere else.
    if (error.category === "forbidden" && !this.isUnsaved) void this.copy?.clear();
    this.tell();
  }

  /** This document's time is over: another one takes its place. Words that only it has are handed out. */
  private async replace(): Promise<void> {
    if (this.isUnsaved) for (const handle of this.rescues) handle(plainText(this.text()));
    this.turn += 1;
    this.isOpen = false;
    this.isSending = false;
    this.epoch = null;
    this.pieces = [];
    this.fresh = [];
    this.incoming = [];
    this.content.set(null);
    const { doc, copy, carets } = this;
    this.doc = new Y.Doc();
    this.copy = null;
    this.carets = this.prepare(this.doc);
    this.options.copies.remember(null);
    await copy?.clear();
    carets.leave();
    doc.destroy();
  }

  private heard(update: Uint8Array): void {
    this.heardAt = Date.now();
    this.incoming.push(update);
    this.draw();
  }

  /** What came since the last frame is one change for the editor. */
  private draw(): void {
    if (this.isDrawing || !this.isOpen || this.incoming.length === 0) return;
    this.isDrawing = true;
    const { frame = nextFrame } = this.options;
    const run = () => {
      this.isDrawing = false;
      if (!this.isOpen || this.isOver) return;
      const began = performance.now();
      this.apply(this.incoming.splice(0));
      this.pause = performance.now() - began > SLOW_MS ? HIDDEN_FRAME_MS : 0;
    };
    if (this.pause > 0) setTimeout(run, this.pause);
    else frame(run);
  }

  private apply(updates: Uint8Array[]): void {
    if (updates.length === 0) return;
    Y.applyUpdate(this.doc, updates.length === 1 && updates[0] ? updates[0] : Y.mergeUpdates(updates), REMOTE);
    if (this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null) void this.fetchMissing();
  }

  /** Something that came builds on what did not: the whole difference is asked for. */
  private async fetchMissing(): Promise<void> {
    if (this.isSyncing || this.epoch === null || !this.isOpen) return;
    this.isSyncing = true;
    const turn = this.turn;
    try {
      const { update } = await this.options.wire.sync(this.epoch, Y.encodeStateVector(this.doc));
      if (turn === this.turn) Y.applyUpdate(this.doc, update, REMOTE);
    } catch (error) {
      if (turn === this.turn) await this.refused(error, () => void this.open());
    } finally {
      this.isSyncing = false;
    }
  }

  private show(): void {
    if (this.content.value?.doc !== this.doc) this.content.set({ doc: this.doc, carets: this.carets });
  }

  private probeIfSilent(): void {
    if (!this.isOpen || !this.isUnsaved || this.error) return;
    if (Date.now() - this.heardAt < SILENCE_MS) return;
    this.heardAt = Date.now();
    this.options.wire.prove(ANSWER_MS);
  }

  private tell(): void {
    const next: DraftState = {
      status: this.status(),
      role: this.role,
      savedAt: this.savedAt,
      isKeptHere: this.copy !== null,
      isOutdated: this.isOutdated,
      error: this.error,
    };
    const known = this.state.value;
    if (Object.keys(next).some((key) => next[key as keyof DraftState] !== known[key as keyof DraftState])) {
      this.state.set(next);
    }
  }

  private status(): Status {
    if (this.error) return "lost";
    if (this.role !== null && this.role !== "write") return "readonly";
    if (!this.isOpen && this.content.value === null) return "opening";
    if (!this.isUnsaved) return "saved";
    return this.isOpen && this.failures === 0 ? "saving" : "kept";
  }
}

export function nextFrame(run: () => void): void {
  let isDone = false;
  const once = () => {
    if (!isDone) run();
    isDone = true;
  };
  requestAnimationFrame(once);
  setTimeout(once, HIDDEN_FRAME_MS);
}

function internal(reason: unknown): CommandError {
  const message = reason instanceof Error ? reason.message : "Something went wrong.";
  return new CommandError({ code: "INTERNAL", message, retryable: true });
}

/** A document's words, for taking along. */
export function plainText(fragment: Y.XmlFragment): string {
  const words = (node: unknown): string => {
    if (node instanceof Y.XmlText)
      return node
        .toDelta()
        .map(({ insert }: { insert: unknown }) => insert)
        .join("");
    if (node instanceof Y.XmlElement && node.nodeName === "hardBreak") return "\n";
    return node instanceof Y.XmlElement ? node.toArray().map(words).join("") : "";
  };
  return fragment
    .toArray()
    .map((block) => (block instanceof Y.XmlElement && block.getAttribute("kind") === "break" ? "***" : words(block)))
    .join("\n\n");
}
