import type { Meta, Position } from "./transport";

/** A durable event on its way to those who listen. */
export interface Received {
  type: string;
  payload: unknown;
  meta: Meta & Position & { room: string };
}

/** What the arrival of an event, or of word about the room, makes due. */
export interface Due {
  deliver: Received[];
  /** The log is not the one we knew: what is shown must be loaded afresh. */
  reset?: string;
  /** Events are missing between what we have and what came: ask from our position. */
  missing?: boolean;
}

const MAX_HELD = 1000;

/**
 * Our place in one room's log. Lets every event through once and in order; holds back what came too early.
 */
export class RoomLog {
  position: Position | null;
  /** Word about the missing part is on its way. */
  asking = false;
  private readonly held = new Map<number, Received>();

  constructor(position: Position | null = null) {
    this.position = position;
  }

  take(event: Received): Due {
    const { epoch, seq } = event.meta;
    // A room in which nothing has happened yet has no epoch; its first event names it.
    if (this.position?.epoch === "") this.position = { epoch, seq: this.position.seq };
    const known = this.position;
    if (known && known.epoch !== epoch) {
      if (this.asking) {
        this.hold(event);
        return { deliver: [] };
      }
      this.moveTo({ epoch, seq });
      return { deliver: [event], reset: "epoch" };
    }
    if (!known) {
      this.position = { epoch, seq };
      return { deliver: [event] };
    }
    if (seq <= known.seq) return { deliver: [] };
    this.hold(event);
    const deliver = this.release();
    const missing = this.held.size > 0 && !this.asking;
    return missing ? { deliver, missing } : { deliver };
  }

  /** The server said where the room's stream begins, without our having asked for a place. */
  adopt(position: Position): Due {
    if (!this.position) this.position = position;
    return { deliver: this.release() };
  }

  /** The server could not go on from where we were; the stream goes on from `position`. */
  reset(position: Position, reason: string): Due {
    this.moveTo(position);
    return { deliver: this.release(), reset: reason };
  }

  private moveTo(position: Position): void {
    this.position = position;
    for (const [seq, event] of this.held) {
      if (event.meta.epoch !== position.epoch || seq <= position.seq) this.held.delete(seq);
    }
  }

  private hold(event: Received): void {
    if (this.held.size < MAX_HELD) this.held.set(event.meta.seq, event);
  }

  private release(): Received[] {
    const deliver: Received[] = [];
    while (this.position) {
      const next = this.held.get(this.position.seq + 1);
      if (!next || next.meta.epoch !== this.position.epoch) break;
      this.held.delete(next.meta.seq);
      this.position = { epoch: next.meta.epoch, seq: next.meta.seq };
      deliver.push(next);
    }
    return deliver;
  }
}
