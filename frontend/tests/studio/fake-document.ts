import * as Y from "yjs";
import { CommandError } from "../../src/realtime/errors";
import type { DocumentName, LocalCopies, LocalCopy } from "../../src/studio/local-copy";
import type { CaretEvent, CaretState, Difference, Opened, Role, Wire, WireHandlers } from "../../src/studio/wire";

export function refusal(code: string, more: Partial<CommandError> = {}): CommandError {
  return new CommandError({ code, message: code, retryable: false, ...more } as never);
}

/** The server's side of one draft: what it commits is in `doc`, refuses what has holes, tells the others. */
export class FakeDocument {
  doc = new Y.Doc();
  epoch = "e1";
  schema = 1;
  wires: FakeWire[] = [];
  /** Every update that was committed, as it came. */
  readonly log: Uint8Array[] = [];

  constructor(blocks: string[] = ["Call me Ishmael."]) {
    this.fill(blocks);
  }

  fill(blocks: string[]): void {
    this.doc.getXmlFragment("text").push(blocks.map((text) => block(text)));
  }

  /** History was erased: the same text as another document. */
  changeEpoch(epoch: string, blocks: string[]): void {
    this.doc = new Y.Doc();
    this.epoch = epoch;
    this.fill(blocks);
  }

  commit(update: Uint8Array, from: FakeWire): boolean {
    const trial = new Y.Doc();
    Y.applyUpdate(trial, Y.encodeStateAsUpdate(this.doc));
    Y.applyUpdate(trial, update);
    if (trial.store.pendingStructs !== null || trial.store.pendingDs !== null) {
      const vector = Buffer.from(Y.encodeStateVector(this.doc)).toString("base64");
      throw refusal("OUT_OF_SYNC", { details: { vector } });
    }
    const before = Y.encodeStateAsUpdate(this.doc);
    Y.applyUpdate(this.doc, update);
    if (equal(before, Y.encodeStateAsUpdate(this.doc))) return false;
    this.log.push(update);
    for (const wire of this.wires) if (wire !== from) wire.deliver(update);
    return true;
  }

  text(): string {
    return this.doc
      .getXmlFragment("text")
      .toArray()
      .map((one) => (one as Y.XmlElement).toArray().map(String).join(""))
      .join("\n");
  }
}

export function block(text: string, attributes: Record<string, string> = {}): Y.XmlElement {
  const made = new Y.XmlElement("block");
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.insert(0, [new Y.XmlText(text)]);
  return made;
}

type Step = "open" | "update" | "sync";

/** One page's link to a fake document; the test says when it is there and what it does. */
export class FakeWire implements Wire {
  handlers: WireHandlers | null = null;
  isUp = false;
  role: Role = "write";
  /** What the next call of a kind is refused with, and whether it is done all the same. */
  private readonly troubles: { step: Step; error: CommandError; isDone: boolean }[] = [];
  /** While it holds, updates wait for `release`. */
  isHeld = false;
  private held: (() => void)[] = [];
  /** Events wait here while it is set. */
  inbox: Uint8Array[] | null = null;
  readonly updates: Uint8Array[] = [];
  readonly carets: { clientId: number; clock: number; state: CaretState | null }[] = [];
  readonly proofs: number[] = [];
  opened = 0;

  constructor(readonly server: FakeDocument) {
    server.wires.push(this);
  }

  listen(handlers: WireHandlers): () => void {
    this.handlers = handlers;
    if (this.isUp) handlers.entered();
    return () => {
      this.handlers = null;
    };
  }

  connect(): void {
    this.isUp = true;
    this.handlers?.entered();
  }

  cut(): void {
    this.isUp = false;
    for (const go of this.held.splice(0)) go();
    this.handlers?.left();
  }

  trouble(step: Step, error: CommandError, isDone = false): void {
    this.troubles.push({ step, error, isDone });
  }

  release(): void {
    this.isHeld = false;
    for (const go of this.held.splice(0)) go();
  }

  deliver(update: Uint8Array): void {
    if (!this.isUp) return;
    if (this.inbox) this.inbox.push(update);
    else this.handlers?.update(update);
  }

  /** Delivers what waits in the order that is given; a place that stands twice is delivered twice. */
  deliverHeld(order?: (count: number) => number[]): void {
    const waiting = this.inbox ?? [];
    this.inbox = null;
    const places = order ? order(waiting.length) : waiting.map((_, at) => at);
    for (const at of places) {
      const update = waiting[at];
      if (update) this.handlers?.update(update);
    }
  }

  async open({ epoch, vector }: { epoch?: string; vector?: Uint8Array }): Promise<Opened> {
    this.opened += 1;
    await this.pass("open");
    if (epoch !== undefined && epoch !== this.server.epoch) throw refusal("DOCUMENT_CHANGED");
    const { doc } = this.server;
    return {
      epoch: this.server.epoch,
      schema: this.server.schema,
      role: this.role,
      update: Y.encodeStateAsUpdate(doc, vector),
      vector: Y.encodeStateVector(doc),
      awareness: [],
    };
  }

  async update(epoch: string, update: Uint8Array): Promise<unknown> {
    if (this.isHeld) await new Promise<void>((resolve) => this.held.push(resolve));
    const done = await this.pass("update", () => {
      if (epoch !== this.server.epoch) throw refusal("DOCUMENT_CHANGED");
      if (this.role !== "write") throw refusal("FORBIDDEN");
      this.updates.push(update);
      return this.server.commit(update, this);
    });
    return { changed: done };
  }

  async sync(epoch: string, vector: Uint8Array): Promise<Difference> {
    await this.pass("sync");
    if (epoch !== this.server.epoch) throw refusal("DOCUMENT_CHANGED");
    const { doc } = this.server;
    return { update: Y.encodeStateAsUpdate(doc, vector), vector: Y.encodeStateVector(doc) };
  }

  async awareness(_epoch: string, clientId: number, clock: number, state: CaretState | null): Promise<unknown> {
    this.carets.push({ clientId, clock, state });
    const named = { userId: 7, username: "queequeg", displayName: "Queequeg", color: "3" };
    const event: CaretEvent = { clientId, clock, state, ...named };
    for (const wire of this.server.wires) if (wire !== this && wire.isUp) wire.handlers?.awareness(event);
    return {};
  }

  prove(withinMs: number): void {
    this.proofs.push(withinMs);
  }

  private async pass<T>(step: Step, act: () => T = () => undefined as T): Promise<T> {
    await Promise.resolve();
    if (!this.isUp) throw refusal("DISCONNECTED", { retryable: true });
    const at = this.troubles.findIndex((trouble) => trouble.step === step);
    if (at < 0) return act();
    const [trouble] = this.troubles.splice(at, 1);
    if (trouble?.isDone) act();
    throw trouble?.error;
  }
}

/** What a device keeps, over the pages of a test. */
export class FakeDevice implements LocalCopies {
  private known: DocumentName | null = null;
  readonly stored = new Map<string, { updates: Uint8Array[]; isUnsaved: boolean }>();
  isForbidden = false;

  recall(): DocumentName | null {
    return this.known;
  }

  remember(name: DocumentName | null): void {
    this.known = name;
  }

  async open({ epoch, schema }: DocumentName, doc: Y.Doc): Promise<LocalCopy | null> {
    await Promise.resolve();
    if (this.isForbidden) return null;
    const name = `${epoch}.${schema}`;
    const kept = this.stored.get(name) ?? { updates: [], isUnsaved: false };
    this.stored.set(name, kept);
    const origin = {};
    for (const update of kept.updates) Y.applyUpdate(doc, update, origin);
    const store = (update: Uint8Array, from: unknown) => void (from !== origin && kept.updates.push(update));
    doc.on("update", store);
    let wasUnsaved = kept.isUnsaved;
    return {
      origin,
      get wasUnsaved() {
        return wasUnsaved;
      },
      mark: (unsaved) => {
        if (!unsaved) wasUnsaved = false;
        kept.isUnsaved = unsaved;
      },
      clear: async () => {
        doc.off("update", store);
        this.stored.delete(name);
      },
      close: () => doc.off("update", store),
    };
  }
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;
}
