import { html, nothing } from "lit";
import type { IconName } from "../../icon-names";
import { live } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toastError } from "../parts/toasts";

interface Level {
  value: string;
  icon: IconName;
  button: string;
  label: string;
  help: string;
}

const LEVELS: Level[] = [
  {
    value: "all",
    icon: "bell-ring",
    button: "Following",
    label: "Everything",
    help: "Chapters, announcements, replies",
  },
  { value: "chapters", icon: "bell", button: "Following", label: "New chapters", help: "Nothing but the story" },
  {
    value: "muted",
    icon: "bell-off",
    button: "Following, muted",
    label: "Nothing",
    help: "Stays in your library, silently",
  },
];

/** `<lv-subscribe book="12" level="all">`: follow a book, and in a menu how much to be notified of; "" is not following. */
class Subscribe extends LiveElement {
  private level = "";
  private open = false;
  private book = 0;

  protected override begin(): void {
    this.book = this.number("book");
    this.level = this.getAttribute("level") ?? "";
    this.replaceChildren();
    this.until(
      live.on("subscription:changed", ({ bookId, level }) => {
        if (bookId === this.book) this.show(level ?? "");
      }),
    );
    this.listen(document, "click", (event) => !this.contains(event.target as Node) && this.toggle(false));
    this.listen(this, "keydown", (event) => this.steer(event));
  }

  private show(level: string): void {
    this.level = level;
    this.setAttribute("level", level);
    this.requestUpdate();
  }

  private toggle(open: boolean): void {
    if (this.open === open) return;
    this.open = open;
    this.requestUpdate();
    if (open) void this.updateComplete.then(() => this.querySelector<HTMLElement>("[role^=menuitem]")?.focus());
  }

  /** Arrow keys walk the menu, Escape closes it. */
  private steer(event: KeyboardEvent): void {
    if (!this.open) return;
    if (event.key === "Escape") {
      this.toggle(false);
      this.querySelector<HTMLElement>("button")?.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.querySelectorAll<HTMLElement>("[role^=menuitem]")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items.at((at + step) % items.length)?.focus();
  }

  private async choose(level: string): Promise<void> {
    const before = this.level;
    this.toggle(false);
    this.show(level);
    try {
      if (level) await live.command("book:subscribe", { bookId: this.book, level });
      else await live.command("book:unsubscribe", { bookId: this.book });
    } catch (error) {
      this.show(before);
      toastError(error);
    }
  }

  protected override render() {
    const now = LEVELS.find(({ value }) => value === this.level);
    if (!now) {
      return html`<button type="button" class="button" @click=${() => this.choose("all")}>
        ${icon("bookmark")}<span>Follow</span>
      </button>`;
    }
    return html`<span class="menu">
      <button type="button" class="button" aria-haspopup="menu" aria-expanded=${this.open} @click=${() => this.toggle(!this.open)}>
        ${icon(now.icon)}<span>${now.button}</span>${icon("chevron-down")}
      </button>
      ${this.open ? this.menu() : nothing}
    </span>`;
  }

  private menu() {
    return html`<div class="menu__list" role="menu">
      ${LEVELS.map(
        (
          level,
        ) => html`<button type="button" role="menuitemradio" aria-checked=${level.value === this.level} @click=${() => this.choose(level.value)}>
          ${icon(level.value === this.level ? "check" : level.icon)}<span>${level.label}<small>${level.help}</small></span>
        </button>`,
      )}
      <button type="button" role="menuitem" @click=${() => this.choose("")}>${icon("x")}<span>Stop following</span></button>
    </div>`;
  }
}

define("lv-subscribe", Subscribe);
