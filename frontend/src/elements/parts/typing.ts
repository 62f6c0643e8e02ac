import { live } from "../../realtime/page";

const AGAIN_MS = 2000;
const IDLE_MS = 3000;

/** Tells a room that this person is writing, at most every two seconds, and that they have stopped. */
export class TypingNotice {
  private said = 0;
  private idle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly say: { start(): Promise<unknown>; stop(): Promise<unknown> }) {}

  typed(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.stop(), IDLE_MS);
    if (Date.now() - this.said < AGAIN_MS || live.state.value.status !== "connected") return;
    this.said = Date.now();
    // Nobody misses a notice that did not go out.
    this.say.start().catch(() => undefined);
  }

  stop(): void {
    clearTimeout(this.idle);
    if (this.said === 0) return;
    this.said = 0;
    this.say.stop().catch(() => undefined);
  }
}

/** "Ishmael is writing…", "Ishmael and Pip are writing…", "Several people are writing…". */
export function whoWrites(names: readonly string[]): string {
  const [first, second] = names;
  if (!first) return "";
  if (!second) return `${first} is writing…`;
  return names.length === 2 ? `${first} and ${second} are writing…` : "Several people are writing…";
}
