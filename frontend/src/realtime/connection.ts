import { CloseCode } from "./contracts.gen";
import { CommandError, disconnected, type ErrorShape, interrupted, signedOut, timedOut } from "./errors";
import { Store } from "./store";
import type { Answer, Meta, OpenTransport, Transport } from "./transport";

export type Status = "connecting" | "connected" | "reconnecting" | "disconnected" | "closed";

/** What is known of the connection; derived from answers, never from the socket's own idea of itself. */
export interface ConnectionState {
  status: Status;
  /** When the last answer or event came, Unix milliseconds. */
  lastConnected: number | null;
  reconnectAttempts: number;
  /** How long the last answer took. */
  latencyMs: number | null;
  /** Something sent has had no answer for more than 1.5 s. */
  unanswered: boolean;
  /** Why it is closed for good. */
  reason: string;
}

/** The server's first word on a connection: who we are to it, and the rooms that we receive by ourselves. */
export interface Ready {
  connectionId: string;
  userId: number | null;
  rooms: Record<string, RoomOutcome>;
}

/** How entering or resuming one room went. */
export interface RoomOutcome {
  position?: { epoch: string; seq: number };
  recovered?: boolean;
  replayed?: number;
  reason?: string;
  /** It could not be entered. */
  error?: ErrorShape;
}

export interface ConnectionHandlers {
  ready(ready: Ready): void;
  event(type: string, payload: unknown, meta: Meta): void;
  /** The sign-in has expired; renew it, if that can be done. */
  refresh(): Promise<void>;
}

export const BACKOFF = { first: 1000, cap: 30_000, jitter: 500, quietAttempts: 12 } as const;
const HEARTBEAT_MS = 25_000;
const PONG_MS = 10_000;
const READY_MS = 10_000;
const ANSWER_MS = 15_000;
const UNANSWERED_MS = 1500;
/** A connection that lasts so long is good again; one that falls at once goes on backing off. */
const SETTLED_MS = 5000;

/** Returns how long to wait before the `attempt`-th attempt (from 1). */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.min(BACKOFF.cap, BACKOFF.first * 2 ** (attempt - 1)) + random() * BACKOFF.jitter;
}

/** Says whether a close code allows coming back without being asked to. */
export function mayReconnect(code: number): boolean {
  return code < 4500 || code > 4999;
}

/** Says whether the server ended the connection for a reason that has nothing to do with what was sent. */
function endedInOrder(code: number): boolean {
  return code === CloseCode.SERVICE_RESTART || (code >= 4000 && code < 4500);
}

interface Pending {
  sentAt: number;
  answer(answer: Answer): void;
  fail(error: CommandError): void;
  timer: ReturnType<typeof setTimeout>;
  slow: ReturnType<typeof setTimeout>;
}

type Timer = ReturnType<typeof setTimeout> | undefined;

const TOKEN_EXPIRED = 4401;

/** Keeps one connection to the server for as long as it is wanted: opens, proves alive, comes back. */
export class Connection {
  readonly state = new Store<ConnectionState>({
    status: "connecting",
    lastConnected: null,
    reconnectAttempts: 0,
    latencyMs: null,
    unanswered: false,
    reason: "",
  });

  private transport: Transport | null = null;
  private generation = 0;
  private wanted = false;
  private ready = false;
  private retryAfter: number | null = null;
  private readonly pending = new Map<string, Pending>();
  private retryTimer: Timer;
  private readyTimer: Timer;
  private heartbeat: Timer;
  private settled: Timer;

  constructor(
    private readonly open: OpenTransport,
    private readonly handlers: ConnectionHandlers,
  ) {}

  get isReady(): boolean {
    return this.ready;
  }

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.update({ status: "connecting", reconnectAttempts: 0, reason: "" });
    this.attempt();
  }

  /** Ends for good: nothing is retried until `start` is called again. */
  stop(reason = ""): void {
    this.wanted = false;
    this.drop();
    this.update({ status: "closed", reason });
  }

  /** Lets go of the transport while the page sleeps; `wake` comes back at once. */
  sleep(): void {
    if (!this.wanted) return;
    this.drop();
    this.update({ status: "reconnecting" });
  }

  /** Tries now instead of when the wait is over; proves a connection that seems to stand. */
  wake(): void {
    if (!this.wanted) return;
    if (this.ready) void this.probe();
    else if (!this.transport) this.attempt();
  }

  /** Sends one command and resolves with its answer's data; rejects with CommandError. */
  request(type: string, payload: unknown, requestId: string, timeout = ANSWER_MS): Promise<Answer> {
    if (!this.ready || !this.transport) {
      return Promise.reject(this.wanted ? disconnected() : signedOut());
    }
    const transport = this.transport;
    return new Promise<Answer>((resolve, reject) => {
      const pending: Pending = {
        sentAt: Date.now(),
        answer: resolve,
        fail: reject,
        timer: setTimeout(() => this.settle(requestId, (entry) => entry.fail(timedOut())), timeout),
        slow: setTimeout(() => this.update({ unanswered: true }), UNANSWERED_MS),
      };
      this.pending.set(requestId, pending);
      transport.send(type, payload, requestId);
    });
  }

  private attempt(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    const generation = ++this.generation;
    const current = () => generation === this.generation;
    this.readyTimer = setTimeout(() => current() && this.lost(4009, ""), READY_MS);
    this.transport = this.open({
      event: (type, payload, meta) => current() && this.receive(type, payload, meta),
      answer: (requestId, answer) => current() && this.answered(requestId, answer),
      closed: (code, reason, retryAfter) => current() && this.lost(code, reason, retryAfter),
    });
  }

  private receive(type: string, payload: unknown, meta: Meta): void {
    this.alive();
    if (type === "session:ready") this.becomeReady(payload as Ready);
    else if (type === "bye") this.retryAfter = (payload as { retryAfter?: number }).retryAfter ?? null;
    else this.handlers.event(type, payload, meta);
  }

  private becomeReady(ready: Ready): void {
    clearTimeout(this.readyTimer);
    this.ready = true;
    this.retryAfter = null;
    this.settled = setTimeout(() => this.update({ reconnectAttempts: 0 }), SETTLED_MS);
    this.update({ status: "connected", lastConnected: Date.now(), unanswered: false });
    this.handlers.ready(ready);
  }

  private answered(requestId: string, answer: Answer): void {
    this.alive();
    this.settle(requestId, (pending) => {
      this.update({ latencyMs: Date.now() - pending.sentAt, lastConnected: Date.now() });
      if (answer.success) pending.answer(answer);
      else pending.fail(new CommandError(answer.error ?? NO_REASON));
    });
  }

  private settle(requestId: string, how: (pending: Pending) => void): void {
    const pending = this.pending.get(requestId);
    if (!pending) return;
    this.pending.delete(requestId);
    clearTimeout(pending.timer);
    clearTimeout(pending.slow);
    how(pending);
    const slow = [...this.pending.values()].some((other) => Date.now() - other.sentAt >= UNANSWERED_MS);
    if (this.state.value.unanswered && !slow) this.update({ unanswered: false });
  }

  /** Something came in: the next proof of life is due a heartbeat later. */
  private alive(): void {
    clearTimeout(this.heartbeat);
    this.heartbeat = setTimeout(() => void this.probe(), HEARTBEAT_MS);
  }

  /** Asks for a sign of life; a connection without one in so many ms is dead, and the next one is opened. */
  async probe(withinMs = PONG_MS): Promise<void> {
    const generation = this.generation;
    try {
      await this.request("session:ping", {}, crypto.randomUUID(), withinMs);
    } catch (error) {
      const silent = error instanceof CommandError && error.code === "TIMEOUT";
      if (silent && generation === this.generation) this.lost(4009, "");
    }
  }

  /** The connection is over, or is to be taken for dead. */
  private lost(code: number, reason: string, retryAfter?: number): void {
    this.drop(endedInOrder(code) ? disconnected : interrupted);
    if (!this.wanted) return;
    if (!mayReconnect(code)) {
      this.wanted = false;
      this.update({ status: "closed", reason });
      return;
    }
    const attempts = this.state.value.reconnectAttempts + 1;
    const status = attempts > BACKOFF.quietAttempts ? "disconnected" : "reconnecting";
    const wait = retryAfter ?? this.retryAfter ?? backoff(attempts);
    this.retryAfter = null;
    this.update({ status, reconnectAttempts: attempts });
    if (code === TOKEN_EXPIRED && attempts === 1) {
      void this.handlers.refresh().then(() => this.wanted && !this.transport && this.attempt());
    } else {
      this.retryTimer = setTimeout(() => this.attempt(), wait);
    }
  }

  private drop(failure: () => CommandError = disconnected): void {
    this.generation += 1;
    this.ready = false;
    for (const timer of [this.retryTimer, this.readyTimer, this.heartbeat, this.settled]) clearTimeout(timer);
    const transport = this.transport;
    this.transport = null;
    transport?.close();
    for (const requestId of [...this.pending.keys()]) {
      this.settle(requestId, (pending) => pending.fail(this.wanted ? failure() : signedOut()));
    }
    if (this.state.value.unanswered) this.update({ unanswered: false });
  }

  private update(change: Partial<ConnectionState>): void {
    this.state.set({ ...this.state.value, ...change });
  }
}

const NO_REASON: ErrorShape = { code: "INTERNAL", message: "Something went wrong on our side.", retryable: true };
