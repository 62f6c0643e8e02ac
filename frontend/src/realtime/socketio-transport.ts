import { io, type Socket } from "socket.io-client";
import { CloseCode } from "./contracts.gen";
import type { ErrorShape } from "./errors";
import type { Answer, Meta, OpenTransport, Transport, TransportHandlers } from "./transport";

/**
 * The Socket.IO door as a transport: WebSocket, and long-polling where that is blocked. When to come back, and from
 * where, is for the client to say, the same over every transport; so the library's own reconnecting is off.
 */
export function socketioTransport(path: string): OpenTransport {
  return (handlers) => new SocketIoTransport(path, handlers);
}

const CODES: Record<string, number> = {
  UNAUTHENTICATED: CloseCode.UNAUTHENTICATED,
  TOKEN_EXPIRED: CloseCode.TOKEN_EXPIRED,
  FORBIDDEN: CloseCode.FORBIDDEN,
  UNKNOWN_NAMESPACE: CloseCode.PROTOCOL_ERROR,
};
const ABNORMAL = 1006;

class SocketIoTransport implements Transport {
  private readonly socket: Socket;
  private over = false;
  /** What the server's `bye` said, for when the connection ends. */
  private bye = { code: ABNORMAL, reason: "" };

  constructor(
    path: string,
    private readonly handlers: TransportHandlers,
  ) {
    this.socket = io({
      path,
      forceNew: true,
      reconnection: false,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      closeOnBeforeunload: false,
    });
    this.socket.onAny((type: string, payload: unknown, meta?: Meta) => this.receive(type, payload, meta ?? {}));
    this.socket.on("connect_error", (error: Error & { data?: ErrorShape }) => {
      const code = CODES[error.data?.code ?? ""] ?? ABNORMAL;
      this.end(code, error.data ? error.message : "");
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

  private end(code: number, reason: string): void {
    if (this.over) return;
    this.over = true;
    this.socket.disconnect();
    this.handlers.closed(code, reason);
  }
}
