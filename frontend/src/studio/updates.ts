import * as encoding from "lib0/encoding";
import * as Y from "yjs";

/** One frame of the session has at most 64 KiB; base64 makes 54 of these 40. */
export const MOST_BYTES = 40_000;
/** One piece of pasted text is cut where it is longer: at three bytes a character still below the limit. */
const MOST_CHARACTERS = 8000;
/** Ranges of deletions in one piece, ten bytes each at the most. */
const MOST_RANGES = 2000;

type Struct = Y.Item | Y.GC | Y.Skip;
interface Range {
  client: number;
  clock: number;
  len: number;
}

/** Says whether an update tells anything at all. */
export function isEmpty(update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update);
  return structs.length === 0 && ds.clients.size === 0;
}

/**
 * Cuts an update into pieces that can be sent one by one, in order: none builds on what comes after it, and each is
 * at most `most` bytes long (one character and what surrounds it is the least).
 */
export function split(update: Uint8Array, most = MOST_BYTES): Uint8Array[] {
  if (update.length <= most) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  const pieces: Uint8Array[] = [];
  let piece: Struct[] = [];
  let size = 0;
  const finish = () => {
    if (piece.length > 0) pieces.push(encode(piece, []));
    piece = [];
    size = 0;
  };
  for (const struct of inOrder(structs.flatMap((one) => cut(one, Math.min(MOST_CHARACTERS, Math.ceil(most / 5)))))) {
    if (struct instanceof Y.Skip) {
      // Clocks are counted on from the first one, so that a gap needs a piece of its own behind it.
      finish();
      continue;
    }
    const own = encode([struct], []).length;
    if (size + own > most) finish();
    piece.push(struct);
    size += own;
  }
  finish();
  const ranges: Range[] = [];
  for (const [client, deleted] of ds.clients) for (const { clock, len } of deleted) ranges.push({ client, clock, len });
  const atOnce = Math.min(MOST_RANGES, Math.max(1, Math.floor(most / 20)));
  for (let at = 0; at < ranges.length; at += atOnce) pieces.push(encode([], ranges.slice(at, at + atOnce)));
  return pieces;
}

/** Returns a long text as several, as if it had been typed at once. */
function cut(struct: Struct, most: number): Struct[] {
  if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return [struct];
  const pieces: Struct[] = [];
  let item = struct;
  while (item.content instanceof Y.ContentString && item.content.str.length > most) {
    const text: string = item.content.str;
    // Half of a pair is no character, and the library would make a question mark of it.
    const at = isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most;
    const left = copy(item, item.id.clock, item.origin, text.slice(0, at));
    pieces.push(left);
    const lastId = Y.createID(item.id.client, item.id.clock + at - 1);
    item = copy(item, item.id.clock + at, lastId, text.slice(at));
  }
  return [...pieces, item];
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function copy(item: Y.Item, clock: number, origin: Y.ID | null, text: string): Y.Item {
  const id = Y.createID(item.id.client, clock);
  return new Y.Item(id, null, origin, null, item.rightOrigin, item.parent, item.parentSub, new Y.ContentString(text));
}

/** Returns the structs so that each comes after those of the same update that it names. */
function inOrder(structs: Struct[]): Struct[] {
  const queues = new Map<number, Struct[]>();
  for (const struct of structs) {
    add(queues, struct.id.client, struct);
  }
  const done = new Map<number, number>();
  for (const [client, queue] of queues) done.set(client, queue[0]?.id.clock ?? 0);
  const isThere = (id: Y.ID | null) => id === null || !done.has(id.client) || id.clock < (done.get(id.client) ?? 0);
  const ordered: Struct[] = [];
  for (let moved = true; moved; ) {
    moved = false;
    for (const [client, queue] of queues) {
      let taken = 0;
      for (const struct of queue) {
        if (!needs(struct).every(isThere)) break;
        ordered.push(struct);
        done.set(client, struct.id.clock + struct.length);
        taken += 1;
      }
      if (taken > 0) moved = true;
      queue.splice(0, taken);
    }
  }
  // What names something that is nowhere is sent as well: whether it can be taken is for the server to say.
  return [...ordered, ...[...queues.values()].flat()];
}

function needs(struct: Struct): (Y.ID | null)[] {
  if (!(struct instanceof Y.Item)) return [];
  const parent: unknown = struct.parent;
  return [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null];
}

/** Writes an update of version 1. Structs of one client are in a row of clocks wherever they were in one before. */
function encode(structs: Struct[], ranges: Range[]): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const byClient = new Map<number, Struct[]>();
  for (const struct of structs) add(byClient, struct.id.client, struct);
  encoding.writeVarUint(encoder.restEncoder, byClient.size);
  for (const [client, own] of byClient) {
    encoding.writeVarUint(encoder.restEncoder, own.length);
    encoder.writeClient(client);
    encoding.writeVarUint(encoder.restEncoder, own[0]?.id.clock ?? 0);
    for (const struct of own) struct.write(encoder, 0);
  }
  const deleted = new Map<number, Range[]>();
  for (const range of ranges) add(deleted, range.client, range);
  encoding.writeVarUint(encoder.restEncoder, deleted.size);
  for (const [client, own] of deleted) {
    encoder.resetDsCurVal();
    encoding.writeVarUint(encoder.restEncoder, client);
    encoding.writeVarUint(encoder.restEncoder, own.length);
    for (const { clock, len } of own) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(len);
    }
  }
  return encoder.toUint8Array();
}

function add<T>(lists: Map<number, T[]>, client: number, one: T): void {
  const list = lists.get(client);
  if (list) list.push(one);
  else lists.set(client, [one]);
}
