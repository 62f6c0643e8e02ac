import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Client } from "../../src/realtime/client";
import { FakeServer, settled, storage } from "./fake-server";

let server: FakeServer;
let client: Client;
let heard: number[];

function start(positions = {}): void {
  client = new Client({ open: server.open, userId: 1, positions, storage: storage() });
  heard = [];
  client.on("comment:new", (payload) => heard.push((payload as unknown as { seq: number }).seq));
  client.start();
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
});

afterEach(() => {
  client.stop();
  vi.useRealTimers();
});

const AT_2 = { "chapter:3": { epoch: "e1", seq: 2 } };

describe("rooms", () => {
  it("are entered from the page's position", async () => {
    start(AT_2);
    client.join("chapter:3");
    server.link.ready();
    expect(server.link.last("chapter:join").payload).toEqual({ chapterId: 3, since: { epoch: "e1", seq: 2 } });
    server.link.accept("chapter:join", { position: { epoch: "e1", seq: 2 }, recovered: true, replayed: 1 });
    server.link.durable("chapter:3", 3);
    expect(heard).toEqual([3]);
  });

  it("are entered once, however many parts of the page hold them, and left when the last lets go", async () => {
    start();
    server.link.ready();
    const [first, second] = [client.join("book:1"), client.join("book:1")];
    expect(server.link.count("book:join")).toBe(1);
    server.link.accept("book:join", { position: { epoch: "e1", seq: 0 } });
    await settled();
    first();
    vi.advanceTimersByTime(5000);
    expect(server.link.count("book:leave")).toBe(0);
    second();
    second();
    vi.advanceTimersByTime(5000);
    expect(server.link.count("book:leave")).toBe(1);
  });

  it("go on later where one of them could not be looked up in time", async () => {
    start({ "user:1": { epoch: "u", seq: 4 } });
    server.link.ready({ "user:1": { position: { epoch: "u", seq: 9 } } });
    const error = { code: "UNAVAILABLE", message: "Not now.", retryable: true, retryAfter: 700 };
    server.link.accept("session:resume", { "user:1": { recovered: false, reason: "UNAVAILABLE", error } });
    await settled();
    vi.advanceTimersByTime(699);
    expect(server.link.count("session:resume")).toBe(1);
    vi.advanceTimersByTime(1);
    expect(server.link.count("session:resume")).toBe(2);
    expect(server.link.last("session:resume").payload).toEqual({ rooms: { "user:1": { epoch: "u", seq: 4 } } });
  });

  it("go on exactly where they were after a break", async () => {
    start();
    client.join("chapter:3");
    server.link.ready({ "user:1": { position: { epoch: "u", seq: 4 } } });
    server.link.accept("chapter:join", { position: { epoch: "e1", seq: 0 } });
    await settled();
    server.link.durable("chapter:3", 1);
    server.link.durable("user:1", 5, {}, "shelf:changed", "u");
    server.link.cut();
    vi.advanceTimersByTime(2000);
    server.link.ready({ "user:1": { position: { epoch: "u", seq: 9 } } });
    expect(server.link.last("chapter:join").payload).toEqual({ chapterId: 3, since: { epoch: "e1", seq: 1 } });
    expect(server.link.last("session:resume").payload).toEqual({ rooms: { "user:1": { epoch: "u", seq: 5 } } });
  });

  it("fill a hole by asking, and deliver nothing out of order or twice", async () => {
    start(AT_2);
    server.link.ready({ "chapter:3": { position: { epoch: "e1", seq: 2 } } });
    server.link.durable("chapter:3", 5);
    expect(server.link.last("session:resume").payload).toEqual({ rooms: AT_2 });
    server.link.durable("chapter:3", 6);
    expect(server.link.count("session:resume")).toBe(1);
    server.link.accept("session:resume", {
      "chapter:3": { recovered: true, replayed: 4, position: { epoch: "e1", seq: 2 } },
    });
    for (const seq of [3, 4, 5, 6]) server.link.durable("chapter:3", seq);
    expect(heard).toEqual([3, 4, 5, 6]);
  });

  it("say when what is shown must be loaded afresh, and go on from there", async () => {
    start(AT_2);
    const resets: string[] = [];
    client.onReset((room, reason) => resets.push(`${room} ${reason}`));
    client.join("chapter:3");
    server.link.ready();
    server.link.accept("chapter:join", { recovered: false, reason: "trimmed", position: { epoch: "e1", seq: 50 } });
    await settled();
    server.link.durable("chapter:3", 51);
    server.link.say("room:reset", { reason: "epoch", position: { epoch: "e2", seq: 7 } }, { room: "chapter:3" });
    server.link.durable("chapter:3", 8, { seq: 8 }, "comment:new", "e2");
    expect(resets).toEqual(["chapter:3 trimmed", "chapter:3 epoch"]);
    expect(heard).toEqual([51, 8]);
  });

  it("are not asked for again when they are closed to us", async () => {
    start();
    const lost = vi.fn();
    client.onLost(lost);
    client.join("chapter:3");
    server.link.ready();
    server.link.refuse("chapter:join", "NOT_FOUND");
    await settled();
    expect(lost).toHaveBeenCalledOnce();
    server.link.cut();
    vi.advanceTimersByTime(2000);
    server.link.ready();
    expect(server.link.count("chapter:join")).toBe(0);
  });

  it("are asked for again when they cannot be entered for now", async () => {
    start();
    const lost = vi.fn();
    client.onLost(lost);
    client.join("chapter:3");
    server.link.ready();
    server.link.refuse("chapter:join", "UNAVAILABLE", { retryable: true, retryAfter: 700 });
    await settled();
    vi.advanceTimersByTime(699);
    expect(server.link.count("chapter:join")).toBe(1);
    vi.advanceTimersByTime(1);
    expect(server.link.count("chapter:join")).toBe(2);
    server.link.refuse("chapter:join", "RATE_LIMITED", { retryable: true });
    await settled();
    server.link.cut();
    vi.advanceTimersByTime(2000);
    server.link.ready();
    vi.advanceTimersByTime(5000);
    expect(server.link.count("chapter:join")).toBe(1);
    expect(lost).not.toHaveBeenCalled();
  });

  it("skip what is hidden from us without asking for it", () => {
    start(AT_2);
    server.link.ready({ "chapter:3": { position: { epoch: "e1", seq: 2 } } });
    server.link.durable("chapter:3", 3, null, "hidden");
    server.link.durable("chapter:3", 4);
    expect(heard).toEqual([4]);
    expect(server.link.count("session:resume")).toBe(0);
  });
});

describe("commands", () => {
  it("wait for the connection", async () => {
    start();
    const reply = client.command("get:readerCount", { bookId: 1 });
    server.link.ready();
    await settled();
    server.link.accept("get:readerCount", { count: 3, guestCount: 1 });
    await expect(reply).resolves.toEqual({ count: 3, guestCount: 1 });
  });

  it("that write are sent again with the same requestId when the answer was lost", async () => {
    start();
    server.link.ready();
    const reply = client.command("book:subscribe", { bookId: 1, level: "all" });
    await settled();
    const { requestId } = server.link.last("book:subscribe");
    server.link.cut();
    await vi.advanceTimersByTimeAsync(2000);
    server.link.ready();
    await settled();
    expect(server.link.last("book:subscribe").requestId).toBe(requestId);
    server.link.accept("book:subscribe", { bookId: 1, level: "all" });
    await expect(reply).resolves.toEqual({ bookId: 1, level: "all" });
  });

  it("wait as the server says when they were too fast", async () => {
    start();
    server.link.ready();
    const reply = client.command("get:readerCount", { bookId: 1 });
    await settled();
    server.link.refuse("get:readerCount", "RATE_LIMITED", { retryable: true, retryAfter: 700 });
    await vi.advanceTimersByTimeAsync(699);
    expect(server.link.count("get:readerCount")).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.link.count("get:readerCount")).toBe(2);
    server.link.accept("get:readerCount", { count: 0, guestCount: 0 });
    await reply;
  });

  it("that are refused say why", async () => {
    start();
    server.link.ready();
    const reply = client.command("comment:delete", { commentId: 1 });
    await settled();
    server.link.refuse("comment:delete", "FORBIDDEN");
    await expect(reply).rejects.toMatchObject({ code: "FORBIDDEN", category: "forbidden" });
  });
});

describe("presence", () => {
  const PIP = { userId: 7, username: "pip", displayName: "Pip", away: false };
  const ME = { userId: 1, username: "me", displayName: "Me", away: false };

  async function here(version = 3): Promise<void> {
    start();
    client.join("chapter:3");
    server.link.ready();
    server.link.accept("chapter:join", {
      position: { epoch: "e1", seq: 0 },
      userCount: 1,
      guestCount: 2,
      version,
      users: [ME],
    });
    await settled();
  }

  it("follows those who come and go", async () => {
    await here();
    server.link.say(
      "user:joined",
      { ...PIP, userCount: 2, guestCount: 2, version: 4, timestamp: 1 },
      { room: "chapter:3" },
    );
    expect(client.presence("chapter:3").state.value).toEqual({
      userCount: 2,
      guestCount: 2,
      version: 4,
      people: [ME, PIP],
    });
    const seen = { userId: 7, userCount: 2, guestCount: 2, timestamp: 1 };
    server.link.say("user:away", { ...seen, away: true, version: 5 }, { room: "chapter:3" });
    expect(client.presence("chapter:3").state.value.people).toEqual([ME, { ...PIP, away: true }]);
    server.link.say(
      "user:left",
      { userId: 7, userCount: 1, guestCount: 2, disconnected: false, version: 6 },
      { room: "chapter:3" },
    );
    expect(client.presence("chapter:3").state.value.people).toEqual([ME]);
  });

  it("says that the page is in the background, again on a new connection, and before it enters rooms", () => {
    start();
    client.attend(true);
    client.join("chapter:3");
    server.link.ready();
    expect(server.link.sent.map((sent) => sent.type)).toEqual(["presence:away", "chapter:join"]);
    client.attend(true);
    client.attend(false);
    expect(server.link.sent.map((sent) => sent.type).slice(2)).toEqual(["presence:here"]);
  });

  it("ignores what it knows, and asks when it missed something", async () => {
    await here();
    server.link.say("user:joined", { ...PIP, userCount: 2, version: 3, timestamp: 1 }, { room: "chapter:3" });
    expect(client.presence("chapter:3").state.value.userCount).toBe(1);
    server.link.say("user:joined", { ...PIP, userCount: 9, version: 8, timestamp: 1 }, { room: "chapter:3" });
    await settled();
    server.link.accept("presence:list", { userCount: 9, guestCount: 0, version: 8, users: [PIP] });
    await settled();
    expect(client.presence("chapter:3").state.value).toMatchObject({ userCount: 9, people: [PIP] });
  });
});

it("goes on with the others when one listener fails", () => {
  start();
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  const after = vi.fn();
  client.on("review:new", () => {
    throw new Error("broken");
  });
  client.on("review:new", after);
  server.link.ready();
  server.link.durable("book:1", 1, {}, "review:new");
  expect(after).toHaveBeenCalledOnce();
  expect(reported).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});

it("shows everything that comes in to those who want to look", () => {
  start();
  const seen: string[] = [];
  client.onAny((type) => seen.push(type));
  server.link.ready();
  server.link.durable("book:1", 1, {}, "review:new");
  server.link.say("progress:changed", {}, { room: "user:1" });
  expect(seen).toEqual(["review:new", "progress:changed"]);
});

it("tells who comes late that a room has been entered, on this connection", async () => {
  start();
  client.join("draft:3");
  server.link.ready();
  expect(client.isInside("draft:3")).toBe(false);
  server.link.accept("draft:join", { position: { epoch: "e1", seq: 0 } });
  await settled();
  expect(client.isInside("draft:3")).toBe(true);
  server.link.cut();
  expect(client.isInside("draft:3")).toBe(false);
});

it("takes a connection for dead that gives no sign of life in the time that is asked for", async () => {
  start();
  client.prove(2500);
  server.link.ready();
  client.prove(2500);
  server.link.accept("session:ping");
  await settled();
  vi.advanceTimersByTime(3000);
  expect(client.state.value.status).toBe("connected");
  client.prove(2500);
  await vi.advanceTimersByTimeAsync(2600);
  expect(client.state.value.status).toBe("reconnecting");
});
