import { html, render } from "lit";
import type { EventMap } from "../../realtime/contracts.gen";
import { live } from "../../realtime/page";
import { define, LiveElement } from "../parts/live-element";
import { ago, exactly } from "../parts/times";

const WORDS_A_MINUTE = 230;

/**
 * `<lv-chapter-list book="12" base="/books/…/">`: a table of contents to which chapters come as they are published. The
 * page's line `[data-extent]`, which says how much there is to read, follows it.
 */
class ChapterList extends LiveElement {
  protected override begin(): void {
    const book = this.number("book");
    this.until(
      live.on("chapter:available", (chapter) => chapter.bookId === book && this.add(chapter)),
      live.on("chapter:updated", ({ chapterId, title }) => title && this.rename(chapterId, title)),
      live.on("chapter:removed", ({ chapterId }) => this.takeBack(chapterId)),
    );
  }

  private row(chapterId: number): HTMLElement | null {
    return this.querySelector(`[data-chapter="${chapterId}"]`);
  }

  private add(chapter: EventMap["chapter:available"]): void {
    const known = this.row(chapter.chapterId);
    if (known && !known.hasAttribute("data-removed")) return;
    known?.remove();
    this.querySelector("[data-empty]")?.setAttribute("hidden", "");
    const holder = document.createElement("div");
    render(this.template(chapter), holder);
    const row = holder.querySelector("li");
    if (!row) return;
    const after = [...this.querySelectorAll<HTMLElement>(".contents__row")].findLast(
      (other) => Number(other.querySelector(".contents__number")?.textContent) < chapter.number,
    );
    if (after) after.after(row);
    else this.querySelector(".contents")?.prepend(row);
    extend(1, chapter.wordCount);
  }

  private takeBack(chapterId: number): void {
    const row = this.row(chapterId);
    if (!row || row.hasAttribute("data-removed")) return;
    row.setAttribute("data-removed", "");
    extend(-1, -Number(row.dataset.words));
  }

  private template(chapter: EventMap["chapter:available"]) {
    const minutes = Math.max(1, Math.round(chapter.wordCount / WORDS_A_MINUTE));
    return html`<li class="contents__row arrived" data-chapter=${chapter.chapterId} data-words=${chapter.wordCount} data-read="unread">
      <a class="contents__link" href="${this.getAttribute("base")}${chapter.number}/">
        <span class="contents__number">${chapter.number}</span>
        <span class="contents__title">${chapter.title}</span>
      </a>
      <span class="contents__facts"><bdi lang="en" dir="ltr">${minutes} min ·
        <time datetime=${new Date(chapter.publishedAt).toISOString()} title=${exactly(chapter.publishedAt)} data-relative>${ago(chapter.publishedAt)}</time></bdi></span>
    </li>`;
  }

  private rename(chapterId: number, title: string): void {
    const shown = this.row(chapterId)?.querySelector(".contents__title");
    if (shown) shown.textContent = title;
  }
}

function extend(chapters: number, words: number): void {
  const line = document.querySelector<HTMLElement>("[data-extent]");
  if (!line) return;
  const [allChapters, allWords] = [Number(line.dataset.chapters) + chapters, Number(line.dataset.words) + words];
  line.dataset.chapters = String(allChapters);
  line.dataset.words = String(allWords);
  line.textContent = `${allChapters} chapter${allChapters === 1 ? "" : "s"} · ${allWords.toLocaleString("en")} words`;
}

define("lv-chapter-list", ChapterList);
