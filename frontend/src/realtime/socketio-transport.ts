import { io, type Socket } from "socket.io-client";
import { CloseCode } from "./contracts.gen";
import type { ErrorShape } from "./errors";
import type { Answer, Meta, OpenTransport, Transport, TransportHandlers } from "./transport";

type Order = ["websocket", "polling"] | ["polling", "websocket"];

/** A network that swallows WebSockets says nothing: after this long an attempt has come to nothing. */
const OPEN_MS = 5000;

/**
 * The Socket.IO door as a transport: WebSocket, and long-polling where that is blocked. When to come back, and from
 * where, is for the client to say, the same over every transport; so the library's own reconnecting is off.
 *
 * An attempt that comes to nothing lets the other kind go first the next time; polling moves to a WebSocket if it can.
 */
export function socketioTransport(path: string, namespace = "/"): OpenTransport {
  let order: Order = ["websocket", "polling"];
  return (handlers) =>
    new SocketIoTransport(path, namespace, order, handlers, () => {
      order = order[0] === "websocket" ? ["polling", "websocket"] : ["websocket", "polling"];
    });
}

const CODES: Record<string, number> = {
  UNAUTHENTICATED: CloseCode.UNAUTHENTICATED,
  TOKEN_EXPIRED: CloseCode.TOKEN_EXPIRED,
  FORBIDDEN: CloseCode.FORBIDDEN,
};
const ABNORMAL = 1006;

class SocketIoTransport implements Transport {
  private readonly socket: Socket;
  private over = false;
  private opened = false;
  /** What the server's `bye` said, for when the connection ends. */
  private bye = { code: ABNORMAL, reason: "" };

  constructor(
    path: string,
    namespace: string,
    order: Order,
    private readonly handlers: TransportHandlers,
    private readonly cameToNothing: () => void,
  ) {
    this.socket = io(namespace, {
      path,
      // The client keeps each room's position, so the door need not tell offsets.
      auth: { recovery: false },
      forceNew: true,
      reconnection: false,
      transports: order,
      tryAllTransports: true,
      timeout: OPEN_MS,
      closeOnBeforeunload: false,
    });
    this.socket.io.on("open", () => {
      this.opened = true;
    });
    this.socket.onAny((type: string, payload: unknown, meta?: Meta) => this.receive(type, payload, meta ?? {}));
    this.socket.on("connect_error", (error: Error & { data?: ErrorShape }) => {
      const code = CODES[error.data?.code ?? ""] ?? ABNORMAL;
      this.end(code, error.data ? error.message : "", error.data?.retryAfter);
    });
    this.socket.on("disconnect", () => this.end(this.bye.code, this.bye.reason));
  }

  send(type: string, payload: unknown, requestId: string): void {
    this.socket.emit(type, payload, { requestId }, (answer: Answer) => {
      if (!this.over) this.handlers.answer(requestId, answer);
    });
  }

  close(): void {
    this.end(1000, "");
  }

  private receive(type: string, payload: unknown, meta: Meta): void {
    if (this.over) return;
    if (type === "bye") this.bye = payload as { code: number; reason: string };
    this.handlers.event(type, payload, meta);
  }

  private end(code: number, reason: string, retryAfter?: number): void {
    if (this.over) return;
    this.over = true;
    if (!this.opened) this.cameToNothing();
    this.socket.disconnect();
    this.handlers.closed(code, reason, retryAfter);
  }
}
