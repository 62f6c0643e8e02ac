import type { Answer, Meta, OpenTransport, Transport, TransportHandlers } from "./transport";

const SUBPROTOCOL = "livrya.v1";

/** The JSON door as a transport: one WebSocket, one namespace. `path` is such as `/ws/`. */
export function jsonTransport(path: string): OpenTransport {
  return (handlers) => new JsonTransport(path, handlers);
}

interface Incoming extends Meta {
  requestId?: string | null;
  success?: boolean;
  type?: string;
  payload?: unknown;
  data?: unknown;
  error?: Answer["error"];
  position?: Answer["position"];
}

class JsonTransport implements Transport {
  private readonly socket: WebSocket;
  private over = false;

  constructor(
    path: string,
    private readonly handlers: TransportHandlers,
  ) {
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new WebSocket(url, SUBPROTOCOL);
    this.socket.onmessage = (message) => this.receive(String(message.data));
    this.socket.onclose = (event) => this.end(event.code, event.reason);
  }

  send(type: string, payload: unknown, requestId: string): void {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ requestId, type, timestamp: Date.now(), payload }));
    }
  }

  close(): void {
    this.socket.close(1000);
    // A dead network never answers the close; nobody shall wait for it.
    this.end(1000, "");
  }

  private receive(text: string): void {
    if (this.over) return;
    const message = JSON.parse(text) as Incoming;
    if (message.success !== undefined) {
      if (message.requestId) this.handlers.answer(message.requestId, answerOf(message));
    } else if (message.type) {
      this.handlers.event(message.type, message.payload ?? null, metaOf(message));
    }
  }

  private end(code: number, reason: string): void {
    if (this.over) return;
    this.over = true;
    this.handlers.closed(code, reason);
  }
}

function answerOf(message: Incoming): Answer {
  const answer: Answer = { success: message.success === true };
  if (message.data !== undefined) answer.data = message.data;
  if (message.error) answer.error = message.error;
  if (message.position) answer.position = message.position;
  return answer;
}

function metaOf({ eventId, timestamp, room, epoch, seq }: Incoming): Meta {
  const meta: Meta = {};
  if (eventId !== undefined) meta.eventId = eventId;
  if (timestamp !== undefined) meta.timestamp = timestamp;
  if (room !== undefined) meta.room = room;
  if (epoch !== undefined) meta.epoch = epoch;
  if (seq !== undefined) meta.seq = seq;
  return meta;
}
