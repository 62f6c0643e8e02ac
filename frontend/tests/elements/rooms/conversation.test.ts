import { beforeEach, describe, expect, it } from "vitest";
import { Conversation, spokenOf, unsentIn } from "../../../src/elements/rooms/conversation";
import type { MessageShown } from "../../../src/realtime/contracts.gen";
import type { Unsent } from "../../../src/realtime/outbox";

const ME = 1;
const NOON = new Date(2026, 10, 25, 12).getTime();

function said(number: number, more: Partial<MessageShown> = {}): MessageShown {
  return {
    id: number + 100,
    number,
    roomId: 5,
    type: "text",
    text: `Words ${number}`,
    sender: { id: 2, username: "pip", displayName: "Pip", avatar: null },
    replyTo: null,
    mentions: [],
    attachments: [],
    links: [],
    reactions: {},
    createdAt: NOON + number * 1000,
    editedAt: null,
    deleted: false,
    ownReactions: [],
    ...more,
  };
}

const mine = { id: ME, username: "tom", displayName: "Tom", avatar: null };

function talkOf(messages: MessageShown[], readNumber: number): Conversation {
  const lastNumber = messages.at(-1)?.number ?? 0;
  return new Conversation({ messages, before: null, readNumber, lastNumber });
}

/** Rows in short: "day", "new", "12" for a message and "12*" for one with its head. */
function short(talk: Conversation): string[] {
  return talk.rows().map((row) => (row.kind === "message" ? `${row.message.number}${row.head ? "*" : ""}` : row.kind));
}

let talk: Conversation;

beforeEach(() => {
  talk = talkOf([said(1), said(2), said(3)], 3);
});

describe("a conversation", () => {
  it("is grouped by day and by who speaks, until they were silent for a while", () => {
    const rows = talkOf(
      [
        said(1),
        said(2),
        said(3, { sender: mine }),
        said(4, { sender: mine, createdAt: NOON + 10 * 60_000 }),
        said(5, {
          sender: mine,
          createdAt: NOON + 10 * 60_000 + 1,
          replyTo: { id: 101, number: 1, senderId: 2, senderName: "Pip" },
        }),
        said(6, { sender: mine, createdAt: NOON + 24 * 3_600_000 }),
      ],
      6,
    );
    expect(short(rows)).toEqual(["day", "1*", "2", "3*", "4*", "5*", "day", "6*"]);
  });

  it("draws the line where one left off, and keeps it there while one reads", () => {
    talk = talkOf([said(1), said(2), said(3)], 1);
    expect(short(talk)).toEqual(["day", "1*", "new", "2*", "3"]);
    talk.readNumber = 3;
    talk.take(said(4), ME, true);
    expect(short(talk)).toEqual(["day", "1*", "new", "2*", "3", "4"]);
  });

  it("draws no line for who has never been here", () => {
    expect(short(talkOf([said(1), said(2)], 0))).toEqual(["day", "1*", "2"]);
  });

  it("draws a line above what came while nobody looked, and moves it when all before was read", () => {
    talk.take(said(4), ME, false);
    expect(talk.newFrom).toBe(4);
    talk.readNumber = 4;
    talk.take(said(5), ME, false);
    expect(talk.newFrom).toBe(5);
    talk.take(said(6, { sender: mine }), ME, false);
    expect(talk).toMatchObject({ newFrom: null, unread: 0 });
  });

  it("takes each message once, and an edit as the same one", () => {
    expect(talk.take(said(4), ME, true)).toBe(true);
    expect(talk.take(said(4), ME, true)).toBe(false);
    talk.update(said(4, { text: "Changed", editedAt: NOON }));
    expect(talk.get(4)).toMatchObject({ text: "Changed", arrived: true });
    expect(talk.all).toHaveLength(4);
  });

  it("keeps the place of a message that was taken back, without its words", () => {
    talk.remove(2);
    expect(talk.get(2)).toMatchObject({ deleted: true, text: "" });
    expect(short(talk)).toEqual(["day", "1*", "2", "3*"]);
  });

  it("counts one's own reaction at once, only once, and keeps it over what others change", () => {
    talk.react(101, { like: 2 });
    talk.mark(101, "like", true);
    talk.mark(101, "like", true);
    expect(talk.get(1)?.reactions).toEqual({ like: 3 });
    talk.react(101, { like: 4 });
    expect(talk.get(1)).toMatchObject({ reactions: { like: 4 }, ownReactions: ["like"] });
    talk.mark(101, "like", false);
    expect(talk.get(1)?.reactions).toEqual({ like: 3 });
  });

  it("brings older ones in above", () => {
    talk = new Conversation({ messages: [said(9)], before: 9, readNumber: 9, lastNumber: 9 });
    talk.prepend([said(7), said(8)], null);
    expect(talk.all.map(({ number }) => number)).toEqual([7, 8, 9]);
    expect(talk.before).toBeNull();
  });
});

describe("what is not sent yet", () => {
  const entry = (text: string): Unsent => ({
    requestId: "r",
    type: "message:send",
    payload: { roomId: 5, text },
    userId: ME,
    createdAt: NOON,
    state: "sending",
  });

  it("is shown until it comes back", () => {
    expect(unsentIn([entry("Ahoy")], 5, talk, ME)).toHaveLength(1);
    expect(unsentIn([entry("Ahoy")], 6, talk, ME)).toEqual([]);
    talk.take(said(4, { text: "Ahoy", sender: mine }), ME, true);
    expect(unsentIn([entry("Ahoy")], 5, talk, ME)).toEqual([]);
  });
});

it("says what came in, in one sentence", () => {
  expect(spokenOf([said(1)])).toBe("Pip: Words 1");
  expect(spokenOf([said(1), said(2, { sender: mine })])).toBe("2 new messages from Pip and Tom");
});
