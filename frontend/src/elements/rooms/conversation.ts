import type { MessageContent, MessageShown } from "../../realtime/contracts.gen";
import type { Unsent } from "../../realtime/outbox";

/** A message of the page; `arrived`: it came in while the page was open. */
export interface Said extends MessageShown {
  arrived: boolean;
}

export type Row =
  | { kind: "day"; key: string; at: number }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: Said; head: boolean };

/** After such a silence a message shows again who says it; as the server's pages do. */
const BREAK_MS = 5 * 60_000;

/** What is known of what was said in a group, by number, and how far one has read. */
export class Conversation {
  private readonly messages = new Map<number, Said>();
  /** The number that `room:history` wants next; null: nothing is older. */
  before: number | null;
  readNumber: number;
  lastNumber: number;
  /** Where the line "New" is, above the message of this number; null: nowhere. */
  newFrom: number | null;

  constructor(known: { messages: MessageShown[]; before: number | null; readNumber: number; lastNumber: number }) {
    this.before = known.before;
    this.readNumber = known.readNumber;
    this.lastNumber = known.lastNumber;
    this.newFrom = known.readNumber > 0 && known.lastNumber > known.readNumber ? known.readNumber + 1 : null;
    this.prepend(known.messages, known.before);
  }

  get all(): Said[] {
    return [...this.messages.values()].sort((a, b) => a.number - b.number);
  }

  get first(): number | null {
    return this.all[0]?.number ?? null;
  }

  get unread(): number {
    return Math.max(0, this.lastNumber - this.readNumber);
  }

  get(number: number): Said | undefined {
    return this.messages.get(number);
  }

  byId(id: number): Said | undefined {
    return this.all.find((message) => message.id === id);
  }

  /** Takes a page of older messages. */
  prepend(messages: MessageShown[], before: number | null): void {
    for (const message of messages) this.messages.set(message.number, { ...message, arrived: false });
    this.before = before;
  }

  /** Takes a message as the room tells it; says whether it is new here. `seen`: somebody is looking at the end. */
  take(content: MessageContent, userId: number | null, seen: boolean): boolean {
    const known = this.messages.get(content.number);
    const ownReactions = known?.ownReactions ?? [];
    this.messages.set(content.number, { ...content, ownReactions, arrived: known?.arrived ?? true });
    if (known) return false;
    this.lastNumber = Math.max(this.lastNumber, content.number);
    if (content.sender.id === userId) {
      // Who speaks has read; what came before is not new to them.
      this.readNumber = this.lastNumber;
      this.newFrom = null;
    } else if (!seen && (this.newFrom === null || this.newFrom <= this.readNumber)) {
      this.newFrom = content.number;
    }
    return true;
  }

  update(content: MessageContent): void {
    const known = this.messages.get(content.number);
    if (known) this.messages.set(content.number, { ...known, ...content });
  }

  remove(number: number): void {
    const known = this.messages.get(number);
    if (known)
      this.messages.set(number, { ...known, text: "", deleted: true, attachments: [], links: [], reactions: {} });
  }

  react(id: number, reactions: Record<string, number>): void {
    const known = this.byId(id);
    if (known) this.messages.set(known.number, { ...known, reactions });
  }

  /** Shows one's own reaction at once. */
  mark(id: number, kind: string, on: boolean): void {
    const known = this.byId(id);
    if (!known || known.ownReactions.includes(kind) === on) return;
    const count = Math.max(0, (known.reactions[kind] ?? 0) + (on ? 1 : -1));
    const { [kind]: _, ...others } = known.reactions;
    const ownReactions = on ? [...known.ownReactions, kind] : known.ownReactions.filter((other) => other !== kind);
    const reactions = count > 0 ? { ...others, [kind]: count } : others;
    this.messages.set(known.number, { ...known, ownReactions, reactions });
  }

  /** How far one has read, said here or on another device. */
  read(number: number): void {
    this.readNumber = number;
    if (this.newFrom !== null && number < this.newFrom - 1) this.newFrom = number + 1;
  }

  /** The rows, one below the other: days, the line "New", messages with and without their sender's head. */
  rows(): Row[] {
    const rows: Row[] = [];
    let previous: Said | null = null;
    for (const message of this.all) {
      const day = dayOf(message.createdAt);
      const newDay = previous === null || dayOf(previous.createdAt) !== day;
      if (newDay) rows.push({ kind: "day", key: `d${day}`, at: message.createdAt });
      // The first of what is new may be missing: somebody who is hidden said it.
      const isNew =
        this.newFrom !== null && message.number >= this.newFrom && !(previous && previous.number >= this.newFrom);
      if (isNew) rows.push({ kind: "new", key: "new" });
      const head =
        previous === null ||
        newDay ||
        isNew ||
        message.replyTo !== null ||
        previous.deleted ||
        previous.sender.id !== message.sender.id ||
        message.createdAt - previous.createdAt >= BREAK_MS;
      rows.push({ kind: "message", key: `m${message.number}`, message, head });
      previous = message;
    }
    return rows;
  }
}

/** What one has said in a group and the server has not confirmed, without what has come back meanwhile. */
export function unsentIn(
  entries: readonly Unsent[],
  roomId: number,
  talk: Conversation,
  userId: number | null,
): Unsent[] {
  const echoed = talk.all.filter((message) => message.arrived && message.sender.id === userId);
  return entries.filter(({ type, payload, createdAt }) => {
    if (type !== "message:send" || payload.roomId !== roomId) return false;
    return !echoed.some((message) => message.text === payload.text && message.createdAt >= createdAt - 60_000);
  });
}

/** Says in one sentence what came in, for who listens instead of looking. */
export function spokenOf(messages: readonly MessageContent[]): string {
  const [first] = messages;
  if (!first) return "";
  if (messages.length === 1) return `${first.sender.displayName}: ${first.text || "a file"}`;
  const names = [...new Set(messages.map(({ sender }) => sender.displayName))];
  const who = names.length > 2 ? `${names.length} people` : names.join(" and ");
  return `${messages.length} new messages from ${who}`;
}

function dayOf(moment: number): string {
  return new Date(moment).toDateString();
}
