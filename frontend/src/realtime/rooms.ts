import type { RoomOutcome } from "./connection";
import type { RoomName } from "./contracts.gen";
import { CommandError } from "./errors";
import { type Due, type Received, RoomLog } from "./room-log";
import type { Position } from "./transport";

/** What a join answers: the place in the log, and who is there. */
export interface JoinAck extends RoomOutcome {
  room: string;
  userCount?: number;
  guestCount?: number;
  [more: string]: unknown;
}

export interface RoomsHost {
  /** Sends a command now; rejects when there is no connection. */
  send(type: string, payload: unknown): Promise<unknown>;
  deliver(event: Received): void;
  /** What is shown of the room must be loaded afresh. */
  reset(room: string, reason: string): void;
  /** The room was entered, or entered again after a break. */
  joined(room: string, ack: JoinAck): void;
  /** The room is closed to us. */
  lost(room: string, error: CommandError): void;
}

interface Wanted {
  holders: number;
  entered: boolean;
  /** Somebody is there, not only the page's ear. */
  present: boolean;
}

/** A group is never left by letting go: that would end the membership. */
const COMMANDS: Record<string, { join: string; leave?: string; field: string }> = {
  book: { join: "book:join", leave: "book:leave", field: "bookId" },
  chapter: { join: "chapter:join", leave: "chapter:leave", field: "chapterId" },
  group: { join: "room:join", field: "roomId" },
  draft: { join: "draft:join", leave: "draft:leave", field: "chapterId" },
};

/** A room that nobody holds is left a moment later, so that parts of a page may hand it on. */
const LINGER_MS = 1000;
/** A room that cannot be entered for now is asked for again after so long, or as long as the refusal says. */
const AGAIN_MS = 2000;

/**
 * The rooms of the page: who holds them, where we are in their logs, entering and going on after a break.
 */
export class Rooms {
  private readonly logs = new Map<string, RoomLog>();
  private readonly wanted = new Map<string, Wanted>();
  /** Those whose entering has been answered on this connection. */
  private readonly inside = new Set<string>();
  private connected = false;
  private connections = 0;

  constructor(private readonly host: RoomsHost) {}

  /** The page shows these rooms as they were at these places. */
  know(positions: Record<string, Position>): void {
    for (const [room, position] of Object.entries(positions)) this.logs.set(room, new RoomLog(position));
  }

  position(room: string): Position | null {
    return this.logs.get(room)?.position ?? null;
  }

  /**
   * Holds a room; it is left when every holder has let go. Returns how to let go. Without `present` the room is only
   * received: nobody is counted as being there.
   */
  hold(room: RoomName, present = true): () => void {
    const wanted = this.wanted.get(room) ?? { holders: 0, entered: false, present };
    wanted.holders += 1;
    if (present && !wanted.present) {
      wanted.present = true;
      wanted.entered = false;
    }
    this.wanted.set(room, wanted);
    if (!wanted.entered && this.connected) void this.enter(room, wanted);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      wanted.holders -= 1;
      if (wanted.holders === 0) setTimeout(() => this.abandon(room, wanted), LINGER_MS);
    };
  }

  holds(room: string): boolean {
    return (this.wanted.get(room)?.holders ?? 0) > 0;
  }

  isInside(room: string): boolean {
    return this.inside.has(room);
  }

  take(event: Received): void {
    this.act(event.meta.room, this.log(event.meta.room).take(event));
  }

  /**
   * The connection is open (again): goes on with everything that the page wants or receives by itself. Resolves when
   * every room that is wanted has been entered, or has refused.
   */
  async ready(automatic: Record<string, RoomOutcome>): Promise<void> {
    this.connected = true;
    this.connections += 1;
    const resume: Record<string, Position> = {};
    for (const room of [...this.logs.keys()]) {
      if (!(room in automatic) && !this.holds(room)) this.logs.delete(room);
    }
    for (const [room, outcome] of Object.entries(automatic)) {
      if (!outcome.position) continue;
      const log = this.log(room);
      if (!log.position) this.act(room, log.adopt(outcome.position));
      else if (!same(log.position, outcome.position) && !this.holds(room)) resume[room] = log.position;
    }
    const entering: Promise<void>[] = [];
    for (const [room, wanted] of this.wanted) {
      wanted.entered = false;
      if (wanted.holders > 0) entering.push(this.enter(room, wanted));
    }
    if (Object.keys(resume).length > 0) void this.resume(resume);
    await Promise.all(entering);
  }

  /** The server put us into further rooms by itself. */
  entered(outcomes: Record<string, RoomOutcome>): void {
    for (const [room, outcome] of Object.entries(outcomes)) {
      if (outcome.position) this.act(room, this.log(room).adopt(outcome.position));
    }
  }

  disconnected(): void {
    this.connected = false;
    this.inside.clear();
    for (const log of this.logs.values()) log.asking = false;
  }

  /** The server says that the room's log is another now, or has been trimmed. */
  resetBy(room: string, position: Position, reason: string): void {
    this.act(room, this.log(room).reset(position, reason));
  }

  /** The server has put us out. */
  expelled(room: string, reason: string): void {
    const wanted = this.wanted.get(room);
    this.logs.delete(room);
    this.wanted.delete(room);
    this.inside.delete(room);
    if (wanted) this.host.lost(room, new CommandError({ code: "FORBIDDEN", message: reason, retryable: false }));
  }

  private async enter(room: string, wanted: Wanted): Promise<void> {
    wanted.entered = true;
    const log = this.log(room);
    const since = log.position;
    log.asking = true;
    try {
      const ack = (await this.host.send(...joinCommand(room, wanted.present, since))) as JoinAck;
      this.settle(room, ack);
      this.inside.add(room);
      this.host.joined(room, { ...ack, room });
    } catch (error) {
      log.asking = false;
      wanted.entered = false;
      if (!(error instanceof CommandError) || error.category === "connection") return;
      if (error.retryable) {
        this.later(error, () => this.wanted.get(room) === wanted && !wanted.entered && void this.enter(room, wanted));
      } else if (this.wanted.delete(room)) {
        this.host.lost(room, error);
      }
    }
  }

  private async resume(rooms: Record<string, Position>): Promise<void> {
    for (const room of Object.keys(rooms)) this.log(room).asking = true;
    try {
      const outcomes = (await this.host.send("session:resume", { rooms })) as Record<string, RoomOutcome>;
      for (const room of Object.keys(rooms)) this.settle(room, outcomes[room] ?? {});
      this.resumeLater(rooms, outcomes);
    } catch (error) {
      // Without an answer the connection is lost, and coming back resumes from the same places.
      for (const room of Object.keys(rooms)) this.log(room).asking = false;
      if (error instanceof CommandError && error.category !== "connection" && error.retryable) {
        this.later(error, () => void this.resume(rooms));
      }
    }
  }

  /** Some of them could not be looked up in time; what the page knows of the others goes on. */
  private resumeLater(rooms: Record<string, Position>, outcomes: Record<string, RoomOutcome>): void {
    for (const [room, position] of Object.entries(rooms)) {
      const shape = outcomes[room]?.error;
      if (shape?.retryable) this.later(new CommandError(shape), () => void this.resume({ [room]: position }));
    }
  }

  /** What is refused for now: a new connection asks for everything anyway. */
  private later(error: CommandError, ask: () => void): void {
    const connection = this.connections;
    setTimeout(() => {
      if (this.connected && this.connections === connection) ask();
    }, error.retryAfter ?? AGAIN_MS);
  }

  private settle(room: string, outcome: RoomOutcome): void {
    const log = this.log(room);
    log.asking = false;
    if (!outcome.position) return;
    if (outcome.recovered === false) this.act(room, log.reset(outcome.position, outcome.reason ?? "epoch"));
    else this.act(room, log.adopt(outcome.position));
  }

  private abandon(room: string, wanted: Wanted): void {
    if (wanted.holders > 0 || this.wanted.get(room) !== wanted) return;
    this.wanted.delete(room);
    this.inside.delete(room);
    if (!wanted.entered || !this.connected) return;
    const kind = wanted.present ? COMMANDS[room.split(":")[0] ?? ""] : undefined;
    const leave: [string, unknown] = kind?.leave
      ? [kind.leave, { [kind.field]: idOf(room) }]
      : ["room:unsubscribe", { room }];
    // A connection lost meanwhile has left the room as well.
    this.host.send(...leave).catch(() => undefined);
  }

  private act(room: string, due: Due): void {
    if (due.reset !== undefined) this.host.reset(room, due.reset);
    for (const event of due.deliver) this.host.deliver(event);
    const position = this.position(room);
    if (due.missing && position) void this.resume({ [room]: position });
  }

  private log(room: string): RoomLog {
    let log = this.logs.get(room);
    if (!log) {
      log = new RoomLog();
      this.logs.set(room, log);
    }
    return log;
  }
}

function joinCommand(room: string, present: boolean, since: Position | null): [string, unknown] {
  const kind = present ? COMMANDS[room.split(":")[0] ?? ""] : undefined;
  return kind ? [kind.join, { [kind.field]: idOf(room), since }] : ["room:subscribe", { room, since }];
}

function idOf(room: string): number {
  return Number(room.split(":")[1]);
}

function same(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.seq === b.seq;
}
