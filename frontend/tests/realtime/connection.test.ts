import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BACKOFF, backoff, Connection, mayReconnect } from "../../src/realtime/connection";
import { CloseCode } from "../../src/realtime/contracts.gen";
import { FakeServer, settled } from "./fake-server";

const handlers = { ready: vi.fn(), event: vi.fn(), refresh: vi.fn(() => Promise.resolve()) };
let server: FakeServer;
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  server = new FakeServer();
  connection = new Connection(server.open, handlers);
});

afterEach(() => {
  connection.stop();
  vi.restoreAllMocks();
  vi.clearAllMocks();
  vi.useRealTimers();
});

function status(): string {
  return connection.state.value.status;
}

describe("backing off", () => {
  it("doubles from one second up to thirty", () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => backoff(attempt, () => 0))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
  });

  it("adds at most half a second of chance", () => {
    expect(backoff(1, () => 1)).toBe(1500);
  });
});

describe("close codes", () => {
  it.each([
    [CloseCode.SERVICE_RESTART, true],
    [CloseCode.COME_BACK, true],
    [CloseCode.TOO_MANY_CONNECTIONS, true],
    [CloseCode.TOKEN_EXPIRED, true],
    [1006, true],
    [CloseCode.UNAUTHENTICATED, false],
    [CloseCode.REVOKED, false],
    [CloseCode.PROTOCOL_ERROR, false],
  ])("%i: come back is %s", (code, may) => {
    expect(mayReconnect(code)).toBe(may);
  });
});

describe("a connection", () => {
  it("is connected when the server says ready, not when the link is open", () => {
    connection.start();
    expect(status()).toBe("connecting");
    server.link.ready();
    expect(status()).toBe("connected");
  });

  it("comes back after a second when it is cut", () => {
    connection.start();
    server.link.ready();
    server.link.cut();
    expect(status()).toBe("reconnecting");
    vi.advanceTimersByTime(999);
    expect(server.links).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(server.links).toHaveLength(2);
    server.link.ready();
    expect(status()).toBe("connected");
  });

  it("waits as long as the server asked for", () => {
    connection.start();
    server.link.ready();
    server.link.say("bye", { code: 1012, reason: "restart", retryAfter: 4321 });
    server.link.cut(1012);
    vi.advanceTimersByTime(4320);
    expect(server.links).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(server.links).toHaveLength(2);
  });

  it.each([
    [1006, "INTERRUPTED"],
    [CloseCode.PROTOCOL_ERROR, "INTERRUPTED"],
    [CloseCode.SERVICE_RESTART, "DISCONNECTED"],
    [CloseCode.TOO_MANY_CONNECTIONS, "DISCONNECTED"],
  ])("says of what was on its way when it ended with %i: %s", async (code, said) => {
    connection.start();
    server.link.ready();
    const request = connection.request("session:ping", {}, "r1");
    const failed = expect(request).rejects.toMatchObject({ code: said });
    server.link.cut(code);
    await failed;
  });

  it("waits as long as a refusal asked for", () => {
    connection.start();
    server.link.handlers.closed(1006, "Too many connections.", 4321);
    vi.advanceTimersByTime(4320);
    expect(server.links).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(server.links).toHaveLength(2);
  });

  it("goes on backing off when connections fall as soon as they stand", () => {
    connection.start();
    server.link.ready();
    server.link.cut();
    vi.advanceTimersByTime(1000);
    server.link.ready();
    server.link.cut();
    vi.advanceTimersByTime(1999);
    expect(server.links).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(server.links).toHaveLength(3);
  });

  it("tells the person after twelve tries and keeps trying", () => {
    connection.start();
    for (let attempt = 1; attempt <= BACKOFF.quietAttempts; attempt += 1) {
      server.link.cut();
      expect(status()).toBe("reconnecting");
      vi.advanceTimersByTime(backoff(attempt));
    }
    server.link.cut();
    expect(status()).toBe("disconnected");
    vi.advanceTimersByTime(BACKOFF.cap);
    server.link.ready();
    expect(status()).toBe("connected");
  });

  it("stays away when the server says that it may not come back", () => {
    connection.start();
    server.link.ready();
    server.link.cut(CloseCode.REVOKED);
    expect(status()).toBe("closed");
    vi.advanceTimersByTime(600_000);
    expect(server.links).toHaveLength(1);
  });

  it("renews an expired sign-in and comes back at once", async () => {
    connection.start();
    server.link.ready();
    server.link.cut(CloseCode.TOKEN_EXPIRED);
    await settled();
    expect(handlers.refresh).toHaveBeenCalledOnce();
    expect(server.links).toHaveLength(2);
  });

  it("proves itself alive after silence, and takes no answer for a dead link", async () => {
    connection.start();
    server.link.ready();
    vi.advanceTimersByTime(25_000);
    expect(server.link.count("session:ping")).toBe(1);
    server.link.accept("session:ping");
    await settled();
    expect(status()).toBe("connected");
    vi.advanceTimersByTime(25_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(status()).toBe("reconnecting");
  });

  it("measures how long answers take", async () => {
    connection.start();
    server.link.ready();
    const answer = connection.request("session:ping", {}, "r1");
    vi.advanceTimersByTime(80);
    server.link.accept("session:ping");
    await answer;
    expect(connection.state.value.latencyMs).toBe(80);
  });

  it("says that something is unanswered after a second and a half, until it is answered", async () => {
    connection.start();
    server.link.ready();
    const answer = connection.request("comment:post", {}, "r1");
    vi.advanceTimersByTime(1500);
    expect(connection.state.value.unanswered).toBe(true);
    server.link.accept("comment:post");
    await answer;
    expect(connection.state.value.unanswered).toBe(false);
  });

  it("fails what is under way when it is cut", async () => {
    connection.start();
    server.link.ready();
    const answer = connection.request("comment:post", {}, "r1");
    server.link.cut();
    await expect(answer).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  it("lets go while the page sleeps and comes back when it wakes", () => {
    connection.start();
    server.link.ready();
    const link = server.link;
    connection.sleep();
    expect(link.closed).toBe(true);
    vi.advanceTimersByTime(600_000);
    expect(server.links).toHaveLength(1);
    connection.wake();
    server.link.ready();
    expect(status()).toBe("connected");
  });

  it("hears nothing more from a link that it has given up", () => {
    connection.start();
    const old = server.link;
    old.ready();
    old.cut();
    vi.advanceTimersByTime(1000);
    old.say("comment:new", {});
    old.cut();
    expect(handlers.event).not.toHaveBeenCalled();
    expect(server.links).toHaveLength(2);
  });
});
