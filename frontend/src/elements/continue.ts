import { live } from "../realtime/page";
import { define, LiveElement } from "./live-element";

/** `<lv-continue>`: the rows of home follow the reader's other devices. */
class Continue extends LiveElement {
  protected override begin(): void {
    this.until(
      live.on("progress:changed", ({ bookId, chapterId, position }) => {
        const row = this.querySelector(`[data-book="${bookId}"][data-chapter="${chapterId}"]`);
        const bar = row?.querySelector("progress");
        const place = row?.querySelector("[data-place]");
        if (bar) bar.value = position;
        if (place) place.textContent = place.textContent.replace(/\d+ ?%/, `${Math.round(position * 100)} %`);
      }),
    );
  }
}

define("lv-continue", Continue);
