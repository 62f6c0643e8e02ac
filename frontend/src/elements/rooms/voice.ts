import type { MessageContent } from "../../realtime/contracts.gen";
import { spokenOf } from "./conversation";

const SPOKEN_AFTER_MS = 1500;

/** For who listens instead of looking: what came in, in one sentence at a time. */
export class Voice {
  sentence = "";
  private waiting: MessageContent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  say(content: MessageContent): void {
    this.waiting.push(content);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.sentence = spokenOf(this.waiting.splice(0));
      this.changed();
    }, SPOKEN_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
