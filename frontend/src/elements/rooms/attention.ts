import { live } from "../../realtime/page";
import type { Conversation } from "./conversation";
import type { Group } from "./group";
import type { Scroller } from "./scroller";

const SEEN_AFTER_MS = 500;

/** What has been on the screen for a moment is read, here and on one's other devices. */
export class Attention {
  /** Somebody marked something as unread: looking at it does not read it. */
  paused = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly group: Group,
    private readonly scroller: Scroller,
    private readonly changed: () => void,
  ) {}

  private get talk(): Conversation {
    return this.group.talk;
  }

  /** To be called when something may have come into sight. */
  look(): void {
    if (this.paused) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.see();
    }, SEEN_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async see(): Promise<void> {
    const { gone, room } = this.group.state.value;
    if (document.visibilityState !== "visible" || this.paused || gone) return;
    const number = this.scroller.lastSeen();
    if (number === null || number <= this.talk.readNumber) return;
    this.talk.readNumber = number;
    this.changed();
    try {
      await live.command("message:read", { roomId: room.id, number });
    } catch {
      // The next that is seen says more than this would have.
    }
  }

  /** Marks a message and what follows it as unread. */
  async unread(number: number): Promise<void> {
    this.paused = true;
    this.talk.readNumber = number - 1;
    this.talk.newFrom = number;
    this.changed();
    await live.command("message:read", { roomId: this.group.state.value.room.id, number: number - 1 });
  }

  /** Takes how far one has read on another device. */
  readElsewhere(number: number): void {
    // What this page has sent itself comes back as well.
    if (number === this.talk.readNumber) return;
    this.talk.read(number);
    if (number >= this.talk.lastNumber) this.talk.newFrom = null;
    this.changed();
  }
}
