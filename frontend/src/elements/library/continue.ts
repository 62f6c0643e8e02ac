import { live } from "../../realtime/page";
import { define, LiveElement } from "../parts/live-element";

const WORDS_PER_MINUTE = 230;

/** `<lv-continue>`: the rows of home follow the reader's other devices. */
class Continue extends LiveElement {
  protected override begin(): void {
    this.until(
      live.on("progress:changed", ({ bookId, chapterId, position }) => {
        const row = this.querySelector(`[data-book="${bookId}"][data-chapter="${chapterId}"]`);
        const bar = row?.querySelector("progress");
        const left = row?.querySelector<HTMLElement>("[data-words]");
        if (bar) bar.value = position;
        if (left) left.textContent = `${minutes(Number(left.dataset.words) * (1 - position))} min left`;
      }),
    );
  }
}

/** As the server's filter of the same name reckons. */
function minutes(words: number): number {
  return Math.max(1, Math.round(words / WORDS_PER_MINUTE));
}

define("lv-continue", Continue);
