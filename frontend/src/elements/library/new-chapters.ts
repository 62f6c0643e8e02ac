import { html, render } from "lit";
import type { EventMap } from "../../realtime/contracts.gen";
import { live } from "../../realtime/page";
import { define, LiveElement } from "../parts/live-element";
import { isInView } from "../parts/steady";
import { ago } from "../parts/times";

type Available = EventMap["chapter:available"];

/** `<lv-new-chapters>`: on home, chapters of followed books come in on top, behind a line while one looks at them. */
class NewChapters extends LiveElement {
  private waiting: Available[] = [];
  private readonly bar = document.createElement("div");

  protected override begin(): void {
    this.bar.className = "held-place";
    this.prepend(this.bar);
    this.until(live.on("chapter:available", (chapter) => this.arrive(chapter)));
  }

  private arrive(chapter: Available): void {
    if (this.querySelector(`[data-chapter="${chapter.chapterId}"]`)) return;
    if (this.waiting.some((other) => other.chapterId === chapter.chapterId)) return;
    this.waiting.push(chapter);
    if (isInView(this)) this.tell();
    else this.show();
  }

  private tell(): void {
    const count = this.waiting.length;
    const line = html`<button class="held" type="button" @click=${() => this.show()}>
      ${count === 1 ? "1 new chapter" : `${count} new chapters`}
    </button>`;
    render(count > 0 ? line : html``, this.bar);
  }

  private show(): void {
    const list = this.querySelector(".arrivals");
    for (const chapter of this.waiting.splice(0)) {
      const holder = document.createElement("div");
      render(row(chapter), holder);
      const item = holder.querySelector("li");
      if (item) list?.prepend(item);
    }
    this.querySelector("[data-empty]")?.setAttribute("hidden", "");
    this.tell();
  }
}

function row(chapter: Available) {
  return html`<li class="arrivals__row arrived" data-chapter=${chapter.chapterId}>
    <a href="/books/${chapter.bookSlug}/${chapter.number}/"
      ><span class="arrivals__book" dir="auto">${chapter.bookTitle}</span>
      <span class="arrivals__title" dir="auto">${chapter.number}. ${chapter.title}</span></a>
    <span class="meta"><time datetime=${new Date(chapter.publishedAt).toISOString()} data-relative>${ago(chapter.publishedAt)}</time></span>
  </li>`;
}

define("lv-new-chapters", NewChapters);
