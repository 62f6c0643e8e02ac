import { beforeEach, describe, expect, it, vi } from "vitest";
import { CloseCode } from "../../src/realtime/contracts.gen";
import { socketioTransport } from "../../src/realtime/socketio-transport";

type Listener = (...args: unknown[]) => void;

/** A stock socket as the transport sees it. */
class FakeSocket {
  readonly sent: unknown[][] = [];
  readonly listeners = new Map<string, Listener>();
  any: Listener = () => undefined;
  disconnected = false;
  readonly io = { on: (name: string, listener: Listener) => this.listeners.set(`manager ${name}`, listener) };

  constructor(readonly options: { transports: string[]; reconnection: boolean; timeout: number; auth: object }) {}

  onAny(listener: Listener): void {
    this.any = listener;
  }

  on(name: string, listener: Listener): void {
    this.listeners.set(name, listener);
  }

  emit(...args: unknown[]): void {
    this.sent.push(args);
  }

  disconnect(): void {
    this.disconnected = true;
  }

  happens(name: string, ...args: unknown[]): void {
    this.listeners.get(name)?.(...args);
  }
}

const sockets: FakeSocket[] = [];
vi.mock("socket.io-client", () => ({
  io: (_namespace: string, options: FakeSocket["options"]) => {
    sockets.push(new FakeSocket(options));
    return sockets.at(-1);
  },
}));

const handlers = { event: vi.fn(), answer: vi.fn(), closed: vi.fn() };

beforeEach(() => {
  sockets.length = 0;
  vi.clearAllMocks();
});

function socket(): FakeSocket {
  const last = sockets.at(-1);
  if (!last) throw new Error("No socket was opened.");
  return last;
}

describe("the Socket.IO transport", () => {
  it("hands on events with what is beside them, and answers by their requestId", () => {
    const transport = socketioTransport("/socket.io/")(handlers);
    socket().any("comment:new", { id: 1 }, { room: "chapter:3", seq: 4 }, "chapter:3:e:4");
    expect(handlers.event).toHaveBeenCalledWith("comment:new", { id: 1 }, { room: "chapter:3", seq: 4 });
    transport.send("comment:post", { text: "Ahoy" }, "r1");
    const [name, payload, beside, ack] = socket().sent[0] as [string, unknown, unknown, Listener];
    expect([name, payload, beside]).toEqual(["comment:post", { text: "Ahoy" }, { requestId: "r1" }]);
    ack({ success: true, data: 1 });
    expect(handlers.answer).toHaveBeenCalledWith("r1", { success: true, data: 1 });
  });

  it("says with which code the server ended it, once, and hears nothing more", () => {
    socketioTransport("/socket.io/")(handlers);
    socket().any("bye", { code: CloseCode.REVOKED, reason: "You were signed out." });
    socket().happens("disconnect", "transport close");
    socket().happens("disconnect", "io client disconnect");
    socket().any("comment:new", {});
    expect(handlers.closed).toHaveBeenCalledExactlyOnceWith(CloseCode.REVOKED, "You were signed out.", undefined);
    expect(handlers.event).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["UNAUTHENTICATED", CloseCode.UNAUTHENTICATED],
    ["TOKEN_EXPIRED", CloseCode.TOKEN_EXPIRED],
    ["FORBIDDEN", CloseCode.FORBIDDEN],
    ["UNAVAILABLE", 1006, 1200],
  ])("takes a refusal with %s for the close code %i", (code, closed, retryAfter?: number) => {
    socketioTransport("/socket.io/")(handlers);
    socket().happens("connect_error", Object.assign(new Error("No."), { data: { code, retryAfter } }));
    expect(handlers.closed).toHaveBeenCalledExactlyOnceWith(closed, "No.", retryAfter);
  });

  it("leaves coming back to the client, and wants no offsets for it", () => {
    socketioTransport("/socket.io/")(handlers);
    expect(socket().options.reconnection).toBe(false);
    expect(socket().options.auth).toEqual({ recovery: false });
  });

  it("lets polling go first after a WebSocket that came to nothing, and stays with what worked", () => {
    const open = socketioTransport("/socket.io/");
    open(handlers);
    expect(socket().options.transports).toEqual(["websocket", "polling"]);
    expect(socket().options.timeout).toBe(5000);
    socket().happens("connect_error", new Error("timeout"));
    open(handlers);
    expect(socket().options.transports).toEqual(["polling", "websocket"]);
    socket().happens("manager open");
    socket().happens("disconnect", "transport close");
    open(handlers);
    expect(socket().options.transports).toEqual(["polling", "websocket"]);
    socket().happens("connect_error", new Error("timeout"));
    open(handlers);
    expect(socket().options.transports).toEqual(["websocket", "polling"]);
  });
});
