import type {
  CallState,
  EventMap,
  MemberContent,
  MessageShown,
  PresentUser,
  RoomState,
  TypingMember,
} from "../../realtime/contracts.gen";
import { live, page } from "../../realtime/page";
import { Store } from "../../realtime/store";
import { Conversation } from "./conversation";

/** What the server says about the group in its page; see `livrya.site.pages.conversation`. */
interface Known {
  room: RoomState;
  role: string;
  readNumber: number;
  members: MemberContent[];
  messages: MessageShown[];
  before: number | null;
  /** People whom one has blocked or muted: what they say is passed over, here as in what the server sends. */
  keptAway: number[];
}

export interface GroupState {
  room: RoomState;
  role: string;
  members: readonly MemberContent[];
  typing: readonly TypingMember[];
  call: readonly PresentUser[];
  /** Why one is here no longer; "" while one is. */
  gone: string;
}

const CLOSED = "This room is closed to you.";

/** The group of the page, kept current; every element of the page looks at this one. */
export class Group {
  readonly talk: Conversation;
  readonly state: Store<GroupState>;
  readonly stream: `group:${number}`;

  private readonly keptAway: ReadonlySet<number>;

  constructor(known: Known) {
    this.keptAway = new Set(known.keptAway);
    const { room, role, members } = known;
    this.stream = `group:${room.id}`;
    this.talk = new Conversation({ ...known, lastNumber: room.lastNumber });
    this.state = new Store<GroupState>({ room, role, members, typing: [], call: [], gone: "" });
    this.subscribe();
  }

  get moderates(): boolean {
    return this.state.value.role !== "member";
  }

  keepsAway(userId: number): boolean {
    return this.keptAway.has(userId);
  }

  private subscribe(): void {
    const { stream } = this;
    live.on("room:changed", (room) => this.set({ room }), stream);
    live.on("member:joined", (member) => this.enter(member), stream);
    live.on(
      "member:left",
      ({ userId, userCount }) => this.leave(userId, userCount, "You have left this room."),
      stream,
    );
    live.on("member:removed", (removed) => this.removed(removed), stream);
    live.on("member:removed", (removed) => removed.userId === page.user?.id && this.removed(removed));
    live.on("member:updated", (change) => this.changed(change), stream);
    live.on("room:deleted", ({ reason }) => this.end(reason || "This room has ended."), stream);
    live.on(
      "typing:changed",
      ({ users }) =>
        this.set({ typing: users.filter(({ userId }) => userId !== page.user?.id && !this.keepsAway(userId)) }),
      stream,
    );
    live.on("call:changed", ({ participants }) => this.set({ call: participants ?? [] }), stream);
    live.onJoined((room, ack) => {
      if (room === stream) this.set({ call: (ack.call as CallState | null | undefined)?.participants ?? [] });
    });
    live.onReset((room) => room === stream && location.reload());
    live.onLost((room) => room === stream && this.end(CLOSED));
  }

  private set(change: Partial<GroupState>): void {
    this.state.set({ ...this.state.value, ...change });
  }

  private count(userCount: number): RoomState {
    return { ...this.state.value.room, userCount };
  }

  private enter({ roomId: _, userCount, ...member }: EventMap["member:joined"]): void {
    const others = this.state.value.members.filter(({ userId }) => userId !== member.userId);
    this.set({ members: [...others, member], room: this.count(userCount) });
  }

  private leave(who: number, userCount: number, sentence: string): void {
    if (who === page.user?.id) {
      this.end(sentence);
      return;
    }
    const members = this.state.value.members.filter(({ userId }) => userId !== who);
    this.set({ members, room: this.count(userCount) });
  }

  private removed({ userId, userCount, banned, reason, roomId }: EventMap["member:removed"]): void {
    if (roomId !== this.state.value.room.id) return;
    const sentence = banned
      ? "A moderator has closed this room to you."
      : "A moderator has taken you out of this room.";
    this.leave(userId, userCount, reason ? `${sentence} “${reason}”` : sentence);
  }

  private changed({ userId, role }: EventMap["member:updated"]): void {
    if (role === null) return;
    const members = this.state.value.members.map((one) => (one.userId === userId ? { ...one, role } : one));
    this.set(userId === page.user?.id ? { members, role } : { members });
  }

  /** The first reason is the true one, what closes afterwards follows from it; `CLOSED` says none. */
  private end(sentence: string): void {
    const { gone } = this.state.value;
    if (gone === "" || gone === CLOSED) this.set({ gone: sentence, typing: [], call: [] });
  }
}

let group: Group | null = null;

/** Returns the group of the page. */
export function openGroup(): Group {
  group ??= new Group(JSON.parse(document.getElementById("room-data")?.textContent ?? "") as Known);
  return group;
}
