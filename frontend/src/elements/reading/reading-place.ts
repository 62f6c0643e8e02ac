import { html, nothing, type TemplateResult } from "lit";
import type { EventMap } from "../../realtime/contracts.gen";
import { live, page } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toastError } from "../parts/toasts";

const SAVE_EVERY_MS = 2000;
/** So many paragraphs apart, the other device's place is worth a word. */
const APART = 2;
/** Below this, one has only looked in. */
const BEGUN = 0.01;

/** `paragraph` is the id of the one at the top of the page, `position` the part read: where the paragraph is gone. */
type Place = { position: number; paragraph: string | null };
type Note = { text: string; label: string; run: () => void };

/**
 * `<lv-reading-place chapter="3" position="0.42" paragraph="8f3a…">` around the text: goes to the kept place when the page
 * opens, keeps it as one reads, and afterwards never moves the page by itself: what happens elsewhere is offered in a
 * quiet note.
 */
class ReadingPlace extends LiveElement {
  private chapter = 0;
  private note: Note | null = null;
  private saved: Place = { position: 0, paragraph: null };
  private moved = false;
  private lastScroll = 0;
  private hairline: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override begin(): void {
    this.chapter = this.number("chapter");
    this.saved = { position: this.number("position") || 0, paragraph: this.getAttribute("paragraph") || null };
    this.drawHairline();
    this.goToKeptPlace();
    this.lastScroll = scrollY;
    this.listen(document, "scroll", () => this.scrolled(), { passive: true });
    this.listen(document, "visibilitychange", () => document.visibilityState === "hidden" && this.save());
    this.until(
      live.on("progress:changed", (place) => this.hearPlace(place)),
      live.on("chapter:updated", (change) => this.hearChange(change), `chapter:${this.chapter}`),
      live.on("chapter:available", (chapter) => this.hearNext(chapter)),
      () => clearTimeout(this.timer),
      () => this.hairline?.remove(),
    );
    const book = this.number("book");
    if (book) this.until(live.watch(`book:${book}`));
  }

  protected override createRenderRoot(): HTMLElement {
    const holder = document.createElement("div");
    this.append(holder);
    return holder;
  }

  private paragraphs(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-paragraph]")];
  }

  private goToKeptPlace(): void {
    const type = (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined)?.type;
    const asked = location.hash === "#continue";
    const fresh = location.hash === "" && scrollY < 10 && type === "navigate";
    const finished = this.saved.position > 0.97;
    const begun = this.saved.position >= BEGUN && this.saved.paragraph !== this.paragraphs()[0]?.dataset.paragraph;
    if (asked || (fresh && begun && !finished)) this.goTo(this.saved);
  }

  private named(paragraph: string | null): HTMLElement | null {
    return paragraph ? this.querySelector(`[data-paragraph="${paragraph}"]`) : null;
  }

  private goTo({ paragraph, position }: Place): void {
    const all = this.paragraphs();
    const there = this.named(paragraph) ?? all[Math.floor(position * all.length)] ?? all.at(-1);
    there?.scrollIntoView({ block: "start", behavior: "instant" });
  }

  /** Where the reader is: the paragraph at the top of the page, and the part of the text above the page's end. */
  private place(): Place {
    const all = this.paragraphs();
    const top = all.find((paragraph) => paragraph.getBoundingClientRect().bottom > 80) ?? all.at(-1);
    const box = this.querySelector(".prose")?.getBoundingClientRect();
    const read = box ? (innerHeight - box.top) / box.height : 0;
    const started = box ? Math.max(0, -box.top / Math.max(1, box.height - innerHeight)) : 0;
    const position = read >= 1 ? 1 : Math.min(1, started);
    return { position: Math.round(position * 1e4) / 1e4, paragraph: top?.dataset.paragraph ?? null };
  }

  private scrolled(): void {
    const down = scrollY > this.lastScroll && scrollY > 160;
    if (Math.abs(scrollY - this.lastScroll) > 8) {
      document.querySelector(".reader-head")?.toggleAttribute("data-away", down);
      this.lastScroll = scrollY;
    }
    this.moved = true;
    this.stretchHairline();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.save();
    }, SAVE_EVERY_MS);
  }

  private save(): void {
    const here = this.place();
    const same = here.paragraph === this.saved.paragraph && here.position === this.saved.position;
    if (!page.user || !this.moved || same || here.position < BEGUN) return;
    this.saved = here;
    live.command("progress:save", { chapterId: this.chapter, ...here }).catch(() => {
      // The next place that is saved says more than this one would have.
    });
  }

  private hearPlace({ chapterId, paragraph, position }: EventMap["progress:changed"]): void {
    if (chapterId !== this.chapter) return;
    const own = paragraph === this.saved.paragraph && position === this.saved.position;
    if (own || this.isHere(paragraph)) return;
    this.tell({
      text: "You read on, on another device.",
      label: "Go there",
      run: () => this.goTo({ paragraph, position }),
    });
  }

  private isHere(paragraph: string | null): boolean {
    const [here, there] = [this.named(this.place().paragraph), this.named(paragraph)];
    if (!here || !there) return false;
    const all = this.paragraphs();
    return Math.abs(all.indexOf(here) - all.indexOf(there)) <= APART;
  }

  private hearChange({ changedParagraphs }: EventMap["chapter:updated"]): void {
    this.tell({
      text: "The author has just changed this chapter.",
      label: "Show",
      run: () => void this.refresh(changedParagraphs),
    });
  }

  private hearNext({ bookId, number, title, bookSlug }: EventMap["chapter:available"]): void {
    if (bookId !== this.number("book") || number !== this.number("number") + 1) return;
    this.tell({
      text: `Chapter ${number} is out: ${title}`,
      label: "Read",
      run: () => location.assign(`/books/${bookSlug}/${number}/`),
    });
  }

  /** Takes the text from the server again and puts it in place; the paragraph at the top stays where it is. */
  private async refresh(changed: string[] | null): Promise<void> {
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".prose");
      const shown = this.querySelector(".prose");
      if (!fresh || !shown) return;
      const { paragraph } = this.place();
      const before = this.named(paragraph)?.getBoundingClientRect().top ?? 0;
      shown.replaceChildren(...fresh.childNodes);
      for (const id of changed ?? []) this.named(id)?.classList.add("arrived");
      const after = this.named(paragraph)?.getBoundingClientRect().top ?? before;
      scrollBy({ top: after - before, behavior: "instant" });
    } catch (error) {
      toastError(error);
    }
  }

  private drawHairline(): void {
    const line = document.createElement("div");
    line.className = "reader-progress";
    line.ariaHidden = "true";
    line.append(document.createElement("span"));
    document.body.append(line);
    this.hairline = line;
    this.stretchHairline();
  }

  private stretchHairline(): void {
    const span = this.hairline?.firstElementChild as HTMLElement | null | undefined;
    if (span) span.style.transform = `scaleX(${this.place().position})`;
  }

  private tell(note: Note | null): void {
    this.note = note;
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    const note = this.note;
    if (!note) return nothing;
    const act = () => {
      this.tell(null);
      note.run();
    };
    return html`<div class="place-note" role="status">
      <span>${note.text}</span>
      <button type="button" class="button button--small" @click=${act}>${note.label}</button>
      <button type="button" class="button button--icon button--quiet button--small" aria-label="Dismiss" @click=${() => this.tell(null)}>${icon("x")}</button>
    </div>`;
  }
}

define("lv-reading-place", ReadingPlace);
