import { Connection, type ConnectionState, type Ready, type RoomOutcome } from "./connection";
import { type CommandMap, DURABLE_COMMANDS, type EventMap, type PresenceReply, type RoomName } from "./contracts.gen";
import { actionFor, CommandError, disconnected } from "./errors";
import { Outbox } from "./outbox";
import { PresenceStore } from "./presence";
import { type JoinAck, Rooms } from "./rooms";
import { Store } from "./store";
import type { Meta, OpenTransport, Position } from "./transport";

export interface ClientOptions {
  open: OpenTransport;
  userId: number | null;
  /** What the page shows already, and up to where. */
  positions?: Record<string, Position>;
  /** Renews the sign-in; by default nothing can be renewed and the person sees it. */
  refresh?: () => Promise<void>;
  storage?: Pick<Storage, "getItem" | "setItem">;
}

type Handler<K extends keyof EventMap> = (payload: EventMap[K], meta: Meta) => void;
type AnyHandler = (type: string, payload: unknown, meta: Meta) => void;

interface Listener {
  room: string | undefined;
  handle: (payload: unknown, meta: Meta) => void;
}

/** How long a command waits for a connection before it gives up. */
const PATIENCE_MS = 15_000;

/**
 * The engine's client: typed commands and events, rooms counted over the page, exact over breaks.
 *
 * Durable events are delivered once and in order per room; ephemeral ones at most once. A durable command is sent
 * again with the same requestId when its answer was lost, and takes effect once.
 */
export class Client {
  readonly outbox: Outbox;
  private readonly connection: Connection;
  private readonly rooms: Rooms;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly anyListeners = new Set<AnyHandler>();
  private readonly resetListeners = new Set<(room: string, reason: string) => void>();
  private readonly lostListeners = new Set<(room: string, error: CommandError) => void>();
  private readonly joinedListeners = new Set<(room: string, ack: JoinAck) => void>();
  private readonly presences = new Map<string, PresenceStore>();
  private readonly refresh: () => Promise<void>;
  private readonly userId: number | null;
  private wasConnected = false;
  private away = false;
  /** Durable events since the connection came back; what "Back online, 12 updates" counts. */
  readonly caughtUp = new Store(0);

  constructor(options: ClientOptions) {
    this.refresh = options.refresh ?? (() => Promise.resolve());
    this.userId = options.userId;
    this.connection = new Connection(options.open, {
      ready: (ready) => this.ready(ready),
      event: (type, payload, meta) => this.receive(type, payload, meta),
      refresh: () => this.refresh(),
    });
    this.rooms = new Rooms({
      send: async (type, payload) => (await this.connection.request(type, payload, crypto.randomUUID())).data,
      deliver: ({ type, payload, meta }) => this.dispatch(type, payload, meta),
      reset: (room, reason) => this.resetListeners.forEach((listener) => void listener(room, reason)),
      joined: (room, ack) => this.joined(room, ack),
      lost: (room, error) => this.lostListeners.forEach((listener) => void listener(room, error)),
    });
    this.rooms.know(options.positions ?? {});
    this.outbox = new Outbox(
      (type, payload, requestId) => this.command(type, payload as never, { requestId, patience: 0 }),
      options.userId,
      options.storage,
    );
    this.connection.state.subscribe((state) => this.follow(state));
  }

  get state(): Store<ConnectionState> {
    return this.connection.state;
  }

  start(): void {
    this.connection.start();
  }

  stop(reason?: string): void {
    this.connection.stop(reason);
  }

  sleep(): void {
    this.connection.sleep();
  }

  /** Does not take it on trust that somebody is there: without a sign of life in so many ms, it connects again. */
  prove(withinMs: number): void {
    if (this.connection.isReady) void this.connection.probe(withinMs);
  }

  wake(): void {
    this.connection.wake();
  }

  /** Says whether the page is in the background; it is shown to the people of the rooms that it is in. */
  attend(away: boolean): void {
    if (this.away === away) return;
    this.away = away;
    this.sayAway();
  }

  /** Enters a room for as long as somebody on the page holds it; returns how to let go. */
  join(room: RoomName): () => void {
    return this.rooms.hold(room);
  }

  /** Receives a room for as long as somebody holds it, without being there; returns how to let go. */
  watch(room: RoomName): () => void {
    return this.rooms.hold(room, false);
  }

  /** Says whether the room has been entered on this connection: `onJoined` will not tell whoever comes late. */
  isInside(room: RoomName): boolean {
    return this.rooms.isInside(room);
  }

  position(room: RoomName): Position | null {
    return this.rooms.position(room);
  }

  /** Listens to an event, in one room or in all of them; returns how to stop. */
  on<K extends keyof EventMap>(type: K, handle: Handler<K>, room?: RoomName): () => void {
    const listener: Listener = { room, handle: handle as Listener["handle"] };
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Gets everything that comes in; for looking at what happens. */
  onAny(handle: AnyHandler): () => void {
    this.anyListeners.add(handle);
    return () => this.anyListeners.delete(handle);
  }

  /** History was lost or trimmed: what the page shows of the room must be loaded afresh. */
  onReset(handle: (room: string, reason: string) => void): () => void {
    this.resetListeners.add(handle);
    return () => this.resetListeners.delete(handle);
  }

  /** A room that the page holds is closed to us; there is no coming back by itself. */
  onLost(handle: (room: string, error: CommandError) => void): () => void {
    this.lostListeners.add(handle);
    return () => this.lostListeners.delete(handle);
  }

  /** A room was entered, or entered again: what the server answered. */
  onJoined(handle: (room: string, ack: JoinAck) => void): () => void {
    this.joinedListeners.add(handle);
    return () => this.joinedListeners.delete(handle);
  }

  /** Who is in a room; current while the room is held. */
  presence(room: RoomName): PresenceStore {
    let store = this.presences.get(room);
    if (!store) {
      store = new PresenceStore(() => this.command("presence:list", { room }) as Promise<PresenceReply>);
      this.presences.set(room, store);
    }
    return store;
  }

  /**
   * Sends a command and resolves with its reply; acts on errors by their category and rejects with what is left
   * to show. Waits `patience` ms for a connection.
   */
  async command<K extends keyof CommandMap>(
    type: K,
    payload: CommandMap[K]["payload"],
    options: { requestId?: string; patience?: number } = {},
  ): Promise<CommandMap[K]["reply"]> {
    const requestId = options.requestId ?? crypto.randomUUID();
    const deadline = Date.now() + (options.patience ?? PATIENCE_MS);
    for (let failures = 1; ; failures += 1) {
      try {
        await this.connected(deadline);
        const answer = await this.connection.request(type, payload, requestId);
        return answer.data as CommandMap[K]["reply"];
      } catch (reason) {
        if (!(reason instanceof CommandError)) throw reason;
        const action = actionFor(reason, failures);
        if (action.do === "show") throw reason;
        if (action.do === "reconnect") {
          const again = DURABLE_COMMANDS.has(type) && Date.now() < deadline;
          if (!again) throw reason;
        }
        if (action.do === "refresh") await this.refresh();
        if (action.do === "retry") await new Promise((resolve) => setTimeout(resolve, action.after));
      }
    }
  }

  private connected(deadline: number): Promise<void> {
    if (this.connection.isReady || this.state.value.status === "closed" || Date.now() >= deadline) {
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      let stop: () => void = () => undefined;
      const timer = setTimeout(() => {
        stop();
        reject(disconnected());
      }, deadline - Date.now());
      stop = this.state.subscribe(({ status }) => {
        if (status !== "connected" && status !== "closed") return;
        clearTimeout(timer);
        queueMicrotask(() => stop());
        resolve();
      });
    });
  }

  private ready(ready: Ready): void {
    if (this.wasConnected) this.caughtUp.set(0);
    this.wasConnected = true;
    // Before the rooms: who reloads in the background shall not seem to look.
    if (this.away) this.sayAway();
    // What one says in a group is taken from who has entered it.
    void this.rooms.ready(ready.rooms).then(() => this.outbox.connected(this.connection.isReady));
  }

  private sayAway(): void {
    if (this.userId === null || !this.connection.isReady) return;
    const type = this.away ? "presence:away" : "presence:here";
    // The next connection says it again.
    this.connection.request(type, {}, crypto.randomUUID()).catch(() => undefined);
  }

  private follow(state: ConnectionState): void {
    if (state.status === "connected") return;
    this.rooms.disconnected();
    this.outbox.connected(false);
  }

  private receive(type: string, payload: unknown, meta: Meta): void {
    const { room } = meta;
    if (room && meta.seq !== undefined && meta.epoch !== undefined) {
      this.caughtUp.set(this.caughtUp.value + 1);
      this.rooms.take({ type, payload, meta: { ...meta, room, epoch: meta.epoch, seq: meta.seq } });
    } else if (type === "room:reset" && room) {
      const { position, reason } = payload as { position: Position; reason: string };
      this.rooms.resetBy(room, position, reason);
    } else if (type === "room:left" && room) {
      this.rooms.expelled(room, (payload as { reason: string }).reason);
    } else if (type === "rooms:entered") {
      this.rooms.entered((payload as { rooms: Record<string, RoomOutcome> }).rooms);
    } else if (type === "auth:expiring") {
      void this.refresh();
    } else {
      this.dispatch(type, payload, meta);
    }
  }

  private dispatch(type: string, payload: unknown, meta: Meta): void {
    if (meta.room) this.keepPresence(type, payload, meta.room);
    for (const handle of this.anyListeners) handle(type, payload, meta);
    for (const { room, handle } of [...(this.listeners.get(type) ?? [])]) {
      if (room !== undefined && room !== meta.room) continue;
      try {
        handle(payload, meta);
      } catch (error) {
        // One part of the page that fails shall not keep events from the others.
        reportError(error);
      }
    }
  }

  private joined(room: string, ack: JoinAck): void {
    if (ack.userCount !== undefined) this.presence(room as RoomName).replace(ack as unknown as PresenceReply);
    // Who was writing already when we came.
    for (const typing of Object.values((ack.typing ?? {}) as Record<string, unknown>)) {
      this.dispatch(room.startsWith("group:") ? "typing:changed" : "editors:typing", typing, { room });
    }
    for (const listener of this.joinedListeners) listener(room, ack);
  }

  private keepPresence(type: string, payload: unknown, room: string): void {
    const store = this.presences.get(room);
    if (!store) return;
    if (type === "user:joined" || type === "user:reconnected") store.joined(payload as EventMap["user:joined"]);
    else if (type === "user:away") store.attended(payload as EventMap["user:away"]);
    else if (type === "user:left") store.left(payload as EventMap["user:left"]);
    else if (type === "presence:changed") store.counted(payload as EventMap["presence:changed"]);
  }
}
