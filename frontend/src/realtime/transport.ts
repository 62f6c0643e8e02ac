import type { ErrorShape } from "./errors";

/** A place in a room's log: everything up to and including `seq` of this `epoch` is known. */
export interface Position {
  epoch: string;
  seq: number;
}

/** What comes with an event beside its payload; no `seq` and `epoch` when it is not in the log. */
export interface Meta {
  eventId?: string;
  timestamp?: number;
  room?: string;
  epoch?: string;
  seq?: number;
}

/** The answer to a command; `position` is that of its own event. */
export interface Answer {
  success: boolean;
  data?: unknown;
  error?: ErrorShape;
  position?: Position & { room: string };
}

export interface TransportHandlers {
  event(type: string, payload: unknown, meta: Meta): void;
  answer(requestId: string, answer: Answer): void;
  /** The end, exactly once, whatever ended it; 1006 when nobody said why. `retryAfter` (ms) when a refusal said so. */
  closed(code: number, reason: string, retryAfter?: number): void;
}

/**
 * One connection of one kind: opened when made, used until it has closed. Reconnecting, positions and everything
 * else that outlives a connection belong to the client, so that a transport stays small and can be replaced.
 */
export interface Transport {
  send(type: string, payload: unknown, requestId: string): void;
  close(): void;
}

export type OpenTransport = (handlers: TransportHandlers) => Transport;
