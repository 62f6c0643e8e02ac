/** How far from the end still counts as being there. */
const END_PX = 48;
const START_PX = 400;

/**
 * The scrolled box of a conversation: follows its end while that is in sight, and otherwise keeps what is being read
 * where it is, whatever is put in above or changes its height. Browsers' own anchoring is off (`overflow-anchor`):
 * not all have it.
 */
export class Scroller {
  private box: HTMLElement | null = null;
  private anchor: { row: Element; top: number } | null = null;
  private wasAtEnd = true;

  /** Takes hold of the box; returns how to let go. */
  hold(box: HTMLElement, scrolled: () => void): () => void {
    this.box = box;
    let known = this.atEnd;
    const listener = () => {
      known = this.atEnd;
      scrolled();
    };
    box.addEventListener("scroll", listener, { passive: true });
    // A composer that grows takes from the box: the end stays in sight.
    const observer = new ResizeObserver(() => known && this.toEnd());
    observer.observe(box);
    return () => {
      box.removeEventListener("scroll", listener);
      observer.disconnect();
    };
  }

  get atEnd(): boolean {
    const box = this.box;
    return !box || box.scrollHeight - box.scrollTop - box.clientHeight < END_PX;
  }

  get nearStart(): boolean {
    return this.box !== null && this.box.scrollTop < START_PX;
  }

  /** To be called before the conversation changes. */
  before(): void {
    this.wasAtEnd = this.atEnd;
    const top = this.box?.getBoundingClientRect().top ?? 0;
    const row = this.rows().find((one) => one.getBoundingClientRect().bottom > top);
    this.anchor = row ? { row, top: row.getBoundingClientRect().top } : null;
  }

  /** To be called after it has changed. */
  after(): void {
    const { box, anchor } = this;
    if (!box) return;
    if (this.wasAtEnd) box.scrollTop = box.scrollHeight;
    else if (anchor?.row.isConnected) box.scrollTop += anchor.row.getBoundingClientRect().top - anchor.top;
  }

  toEnd(): void {
    if (this.box) this.box.scrollTop = this.box.scrollHeight;
  }

  /** Brings a line to the upper third, so that one sees what was before it. */
  toLine(line: HTMLElement): void {
    const { box } = this;
    if (box) box.scrollTop += line.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  }

  /** Says whether a line is above what can be seen; `missing`: it is not loaded yet. */
  isAbove(line: HTMLElement | null, missing: boolean): boolean {
    if (!this.box) return false;
    return line ? line.getBoundingClientRect().bottom < this.box.getBoundingClientRect().top : missing;
  }

  /** Returns the number of the last message that can be seen to its end, null for none. */
  lastSeen(): number | null {
    const end = this.box?.getBoundingClientRect().bottom ?? 0;
    const row = this.rows().findLast((one) => one.getBoundingClientRect().bottom <= end + 1);
    return row ? Number(row.dataset.number) : null;
  }

  private rows(): HTMLElement[] {
    return [...(this.box?.querySelectorAll<HTMLElement>(".message[data-number]") ?? [])];
  }
}
