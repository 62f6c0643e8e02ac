import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { sendJson } from "../../http";
import type { IconName } from "../../icon-names";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { type Entry, type Kind, matching } from "./palette-model";

const PAUSE_MS = 150;
const MOST_BOOKS = 6;
const MOST_CHAPTERS = 8;

const ICONS: Record<Kind, IconName> = { page: "arrow-right", book: "book-open", chapter: "book-open-text" };
const KINDS: Record<Kind, string> = { page: "Page", book: "Book", chapter: "Chapter" };

const NOTHING: [Entry[], Entry[]] = [[], []];

interface Listed<T> {
  results: T[];
}

interface FoundBook {
  slug: string;
  title: string;
  byline: string;
  people: { person: { displayName: string } }[];
}

/** `<lv-palette>`: Ctrl K or `/`, some letters, Enter: a page, a book, a chapter of the book that is open. */
class Palette extends LiveElement {
  private dialog: HTMLDialogElement | undefined;
  private query = "";
  private chosen = 0;
  private pages: Entry[] = [];
  private chapters: Promise<Entry[]> | null = null;
  private found: Entry[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override begin(): void {
    this.listen(document, "lv-palette", () => this.open());
    this.listen(document, "click", (event) => {
      if (!(event.target instanceof Element && event.target.closest("[data-palette]"))) return;
      event.preventDefault();
      this.open();
    });
    this.until(() => clearTimeout(this.timer));
  }

  private open(): void {
    this.query = "";
    this.chosen = 0;
    this.pages = [...document.querySelectorAll<HTMLAnchorElement>("a:is(.rail__link, .rail__person)")].map((link) => ({
      kind: "page",
      label: link.dataset.keyLabel ?? link.textContent.trim(),
      hint: "",
      url: link.href,
    }));
    this.found = matching(this.pages, "");
    this.requestUpdate();
    void this.updateComplete.then(() => this.dialog?.showModal());
  }

  private typed(query: string): void {
    this.query = query;
    this.show(matching(this.pages, query));
    clearTimeout(this.timer);
    if (query.trim()) this.timer = setTimeout(() => void this.search(query), PAUSE_MS);
  }

  private async search(query: string): Promise<void> {
    this.chapters ??= this.contents();
    const [chapters, books] = await Promise.all([this.chapters, booksLike(query)]).catch(() => NOTHING);
    // An answer to what is not asked any more says nothing.
    if (query !== this.query) return;
    this.show([
      ...matching(this.pages, query),
      ...matching(chapters, query).slice(0, MOST_CHAPTERS),
      ...matching(books, query).slice(0, MOST_BOOKS),
    ]);
  }

  private show(found: Entry[]): void {
    this.found = found;
    this.chosen = 0;
    this.requestUpdate();
  }

  private async contents(): Promise<Entry[]> {
    const open = document.querySelector("lv-chapter-list[book], lv-reading-place[book]");
    const slug = /^\/books\/([^/]+)\//.exec(location.pathname)?.[1];
    if (!open || !slug) return [];
    const url = `/api/v1/books/${open.getAttribute("book")}/chapters/?limit=500`;
    const { results } = await sendJson<Listed<{ number: number; title: string; state: string }>>("GET", url);
    return results
      .filter(({ state }) => state === "published")
      .map(({ number, title }) => ({
        kind: "chapter",
        label: `${number}. ${title}`,
        hint: "",
        url: `/books/${slug}/${number}/`,
      }));
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const count = this.found.length;
      this.chosen = count ? (this.chosen + step + count) % count : 0;
      this.requestUpdate();
      void this.updateComplete.then(() =>
        this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }),
      );
    } else if (event.key === "Enter") {
      event.preventDefault();
      const entry = this.found[this.chosen];
      if (entry) this.go(entry);
    }
  }

  private go(entry: Entry): void {
    this.dialog?.close();
    location.assign(entry.url);
  }

  protected override render() {
    return html`<dialog class="palette" aria-label="Go to" ${ref((element) => {
      this.dialog = element as HTMLDialogElement | undefined;
    })} @click=${(event: MouseEvent) => event.target === this.dialog && this.dialog?.close()}>
      <label class="palette__field">${icon("search")}<span class="visually-hidden">Go to a page, book or chapter</span>
        <input type="text" role="combobox" autocomplete="off" spellcheck="false" placeholder="Go to a page, book or chapter"
          aria-controls="palette-list" aria-expanded=${this.found.length > 0} aria-activedescendant=${this.found.length > 0 ? `palette-${this.chosen}` : nothing}
          .value=${this.query} @input=${(event: InputEvent) => this.typed((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => this.key(event)} />
      </label>
      <ul class="palette__list" id="palette-list" role="listbox" aria-label="Places to go">
        ${this.found.map(
          (
            entry,
            index,
          ) => html`<li id="palette-${index}" class="palette__entry" role="option" aria-selected=${index === this.chosen} @click=${() => this.go(entry)}>
            ${icon(ICONS[entry.kind])}<bdi class="palette__label">${entry.label}</bdi>
            <span class="palette__hint">${entry.hint || KINDS[entry.kind]}</span>
          </li>`,
        )}
      </ul>
      ${this.found.length === 0 ? html`<p class="palette__none">Nothing is called that.</p>` : nothing}
    </dialog>`;
  }
}

async function booksLike(query: string): Promise<Entry[]> {
  // The server looks into blurbs and tags too; here only titles and names count.
  const url = `/api/v1/books/?q=${encodeURIComponent(query)}&limit=50`;
  const { results } = await sendJson<Listed<FoundBook>>("GET", url);
  return results.map(({ slug, title, byline, people }) => ({
    kind: "book",
    label: title,
    hint: byline || (people[0]?.person.displayName ?? ""),
    url: `/books/${slug}/`,
  }));
}

define("lv-palette", Palette);
