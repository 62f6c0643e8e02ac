import type { Ready, RoomOutcome } from "../../src/realtime/connection";
import type { Answer, Meta, Transport, TransportHandlers } from "../../src/realtime/transport";

export interface Sent {
  type: string;
  payload: Record<string, unknown>;
  requestId: string;
}

/** A link as the server sees it: what was sent over it, and how to speak. */
export class Link implements Transport {
  readonly sent: Sent[] = [];
  closed = false;

  constructor(readonly handlers: TransportHandlers) {}

  send(type: string, payload: unknown, requestId: string): void {
    this.sent.push({ type, payload: payload as Record<string, unknown>, requestId });
  }

  close(): void {
    this.closed = true;
  }

  ready(rooms: Record<string, RoomOutcome> = {}): void {
    const ready: Ready = { connectionId: "c1", userId: 1, rooms };
    this.handlers.event("session:ready", ready, {});
  }

  say(type: string, payload: unknown, meta: Meta = {}): void {
    this.handlers.event(type, payload, meta);
  }

  durable(room: string, seq: number, payload: unknown = { seq }, type = "comment:new", epoch = "e1"): void {
    this.handlers.event(type, payload, { room, epoch, seq, eventId: `${room}/${epoch}:${seq}`, timestamp: 1 });
  }

  last(type: string): Sent {
    const found = this.sent.findLast((sent) => sent.type === type);
    if (!found) throw new Error(`${type} was not sent, only ${this.sent.map((sent) => sent.type).join(", ")}`);
    return found;
  }

  count(type: string): number {
    return this.sent.filter((sent) => sent.type === type).length;
  }

  answer(sent: Sent, answer: Partial<Answer> & { success: boolean }): void {
    this.handlers.answer(sent.requestId, answer);
  }

  accept(type: string, data: unknown = {}): void {
    this.answer(this.last(type), { success: true, data });
  }

  refuse(type: string, code: string, more: { retryable?: boolean; retryAfter?: number } = {}): void {
    const error = { code, message: code, retryable: false, ...more };
    this.answer(this.last(type), { success: false, error });
  }

  cut(code = 1006): void {
    this.handlers.closed(code, "");
  }
}

/** Takes the place of a server: hands out links, the newest last. */
export class FakeServer {
  readonly links: Link[] = [];
  readonly open = (handlers: TransportHandlers): Transport => {
    const link = new Link(handlers);
    this.links.push(link);
    return link;
  };

  get link(): Link {
    const link = this.links.at(-1);
    if (!link) throw new Error("Nobody has connected.");
    return link;
  }
}

/** Lets everything that is already due happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** A storage of its own for each test. */
export function storage(): Pick<Storage, "getItem" | "setItem"> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}
