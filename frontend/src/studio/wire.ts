import type { Client } from "../realtime/client";
import type { DraftAwareness, RoomName } from "../realtime/contracts.gen";
import type { CommandError } from "../realtime/errors";

export type Role = "write" | "comment" | "read";

/** Where somebody's caret is; name and colour are the server's words. */
export interface CaretEvent extends DraftAwareness {
  state: CaretState | null;
}

export interface CaretState extends Record<string, unknown> {
  cursor: { anchor: unknown; head: unknown } | null;
}

export interface Opened {
  epoch: string;
  schema: number;
  role: Role;
  update: Uint8Array;
  vector: Uint8Array;
  awareness: CaretEvent[];
}

export interface Difference {
  update: Uint8Array;
  vector: Uint8Array;
}

export interface WireHandlers {
  /** The room was entered, or entered again. */
  entered(): void;
  /** The link is gone. */
  left(): void;
  /** The room's history is another now, or parts of it were not kept for us. */
  reset(): void;
  /** The room is closed to us for good. */
  lost(error: CommandError): void;
  update(update: Uint8Array): void;
  awareness(event: CaretEvent): void;
}

/** What a draft's document needs of the session; one for each chapter. Rejections are CommandErrors. */
export interface Wire {
  /** Starts following the room; returns how to let go. */
  listen(handlers: WireHandlers): () => void;
  open(known: { epoch?: string; vector?: Uint8Array }): Promise<Opened>;
  update(epoch: string, update: Uint8Array): Promise<unknown>;
  sync(epoch: string, vector: Uint8Array): Promise<Difference>;
  awareness(epoch: string, clientId: number, clock: number, state: CaretState | null): Promise<unknown>;
  /** Asks whether anybody is there; a connection that does not answer in time is given up for another one. */
  prove(withinMs: number): void;
}

type Bytes = Uint8Array | ArrayBuffer | string;

/** Reads bytes as the wire has them: binary, or base64 where it knows only text. */
export function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (typeof value !== "string") throw new TypeError("These are no bytes.");
  return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}

const LARGEST_SPREAD = 8192;

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += LARGEST_SPREAD) {
    text += String.fromCharCode(...bytes.subarray(at, at + LARGEST_SPREAD));
  }
  return btoa(text);
}

type Command = (type: string, payload: unknown, options: { patience: number }) => Promise<Record<string, unknown>>;

/** The wire over the page's one session. */
export function sessionWire(client: Client, chapterId: number): Wire {
  const room = `draft:${chapterId}` as RoomName;
  // Without patience: what waits for a connection is merged by the document, not queued here.
  const send = (type: string, payload: Record<string, unknown>) =>
    (client.command as unknown as Command).call(client, type, { chapterId, ...payload }, { patience: 0 });
  const on = client.on.bind(client) as unknown as (
    type: string,
    handle: (payload: never) => void,
    room: string,
  ) => () => void;
  return {
    listen(handlers) {
      const releases = [
        client.onJoined((joined) => joined === room && handlers.entered()),
        client.onReset((reset) => reset === room && handlers.reset()),
        client.onLost((lost, error) => lost === room && handlers.lost(error)),
        client.state.subscribe(({ status }) => status !== "connected" && handlers.left()),
        on("draft:update", ({ update }: { update: Bytes }) => handlers.update(bytesOf(update)), room),
        on("draft:awareness", (event: CaretEvent) => handlers.awareness(event), room),
        client.join(room),
      ];
      // Another part of the page may hold the room already.
      if (client.isInside(room)) handlers.entered();
      return () => {
        for (const release of releases) release();
      };
    },
    async open({ epoch, vector }) {
      const ask = { ...(epoch !== undefined && { epoch }), ...(vector && { vector: base64(vector) }) };
      const answer = await send("draft:open", ask);
      return {
        epoch: String(answer.epoch),
        schema: Number(answer.schema),
        role: answer.role as Role,
        update: bytesOf(answer.update),
        vector: bytesOf(answer.vector),
        awareness: (answer.awareness ?? []) as CaretEvent[],
      };
    },
    update: (epoch, update) => send("draft:update", { epoch, update: base64(update) }),
    async sync(epoch, vector) {
      const answer = await send("draft:sync", { epoch, vector: base64(vector) });
      return { update: bytesOf(answer.update), vector: bytesOf(answer.vector) };
    },
    awareness: (epoch, clientId, clock, state) => send("draft:awareness", { epoch, clientId, clock, state }),
    prove: (withinMs) => client.prove(withinMs),
  };
}
