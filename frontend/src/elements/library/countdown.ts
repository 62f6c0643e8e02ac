import { define, LiveElement } from "../parts/live-element";
import { exactly, remaining } from "../parts/times";

const DUE_SOON_MS = 48 * 3_600_000;

/** `<lv-countdown>` around a `<time>`: counts down in the last two days, and sends `lv-due` when it is over. */
class Countdown extends LiveElement {
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override begin(): void {
    this.classList.add("countdown");
    this.tick();
    this.until(() => clearTimeout(this.timer));
  }

  private tick(): void {
    const time = this.querySelector("time");
    if (!time) return;
    const due = Date.parse(time.dateTime);
    const left = due - Date.now();
    time.title = exactly(due);
    if (left <= 0) {
      time.textContent = "now";
      this.dispatchEvent(new CustomEvent("lv-due", { bubbles: true }));
      return;
    }
    time.textContent = left > DUE_SOON_MS ? exactly(due) : `in ${remaining(left)}`;
    this.timer = setTimeout(() => this.tick(), left > DUE_SOON_MS ? 60_000 : left % 1000 || 1000);
  }
}

define("lv-countdown", Countdown);
