import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { tinykeys } from "tinykeys";
import { icon } from "../parts/icon";
import { broughtKeys, type Shortcut } from "../parts/keys";
import { define, LiveElement } from "../parts/live-element";

const ROWS = ".message, .room-row, .comment, .contents__row, .notice, .arrivals__row, .book-card, .board__card";
const FIELDS = "input, textarea, select, [contenteditable]";

/** `<lv-shortcuts>`: the keys of whatever carries `data-key`, of this page's lists, and the `?` sheet that tells them. */
class Shortcuts extends LiveElement {
  private dialog: HTMLDialogElement | undefined;
  private shown: Shortcut[] = [];

  protected override begin(): void {
    const bound = new Set<string>();
    let unbind: () => void = () => undefined;
    const bind = () => {
      const shortcuts = [...declared(), ...this.own()];
      const keys = shortcuts.map(({ keys: one }) => one).join("\n");
      if (bound.has(keys)) return;
      bound.clear();
      bound.add(keys);
      unbind();
      const bindings = Object.fromEntries(shortcuts.map(({ keys: one, run }) => [one, guarded(one, run)]));
      // Not every keyboard has its question mark behind Shift.
      unbind = tinykeys(window, { ...bindings, "?": guarded("?", () => this.open()) }, { ignore: typing });
    };
    bind();
    // Elements that come alive later bring keys of their own.
    const late = setTimeout(bind, 1500);
    this.listen(document, "lv-keys", bind);
    this.until(
      () => unbind(),
      () => clearTimeout(late),
    );
  }

  /** What the page itself binds goes before these. */
  private own(): Shortcut[] {
    const taken = new Set([...declared(), ...broughtKeys()].map(({ keys }) => keys));
    const own = [
      { keys: "Shift+?", label: "These keys", run: () => this.open() },
      {
        keys: "/",
        label: "Go to a page, book or chapter",
        run: () => document.dispatchEvent(new CustomEvent("lv-palette")),
      },
      { keys: "j", label: "Next in the list", run: () => step(1) },
      { keys: "k", label: "The one before", run: () => step(-1) },
      {
        keys: "r",
        label: "Reply to the comment",
        run: () => document.activeElement?.querySelector<HTMLElement>(".comment__act")?.click(),
      },
    ];
    return [...broughtKeys(), ...own.filter(({ keys }) => !taken.has(keys))];
  }

  private open(): void {
    this.shown = [...declared(), ...this.own()];
    this.requestUpdate();
    void this.updateComplete.then(() => this.dialog?.showModal());
  }

  protected override render() {
    if (this.shown.length === 0) return nothing;
    return html`<dialog aria-labelledby="keys-title" ${ref((element) => {
      this.dialog = element as HTMLDialogElement | undefined;
    })} @click=${(event: MouseEvent) => event.target === this.dialog && this.dialog?.close()}>
      <header class="sheet__head">
        <h2 class="sheet__title" id="keys-title">Keys</h2>
        <button type="button" class="button button--icon button--quiet" aria-label="Close" @click=${() => this.dialog?.close()}>${icon("x")}</button>
      </header>
      <dl class="sheet__body keys">
        ${byLabel(this.shown).map(
          ([label, ways]) =>
            html`<dt>${label}</dt><dd>${ways.map((keys, index) => html`${index > 0 ? "or " : ""}${spoken(keys).map((key) => html`<kbd>${key}</kbd> `)}`)}</dd>`,
        )}
      </dl>
    </dialog>`;
  }
}

/** The shortcuts that the page's links and buttons carry. */
function declared(): Shortcut[] {
  return [...document.querySelectorAll<HTMLElement>("[data-key]")].map((element) => ({
    keys: element.dataset.key ?? "",
    label: element.dataset.keyLabel ?? element.textContent.trim(),
    run: () => (element.matches(FIELDS) ? element.focus() : element.click()),
  }));
}

/** The library would ignore every key in a field; which of them are letters there, `guarded` knows. */
function typing(event: KeyboardEvent): boolean {
  return event.repeat || event.isComposing;
}

/** Plain keys are letters while one writes; only those with a modifier act there. */
function guarded(keys: string, run: () => void): (event: KeyboardEvent) => void {
  const plain = !/(^|\s)(Control|Meta|Alt|\$mod)\+/.test(keys);
  return (event) => {
    const busy =
      event.target instanceof Element && (event.target.matches(FIELDS) || event.target.closest("dialog[open]"));
    if (event.defaultPrevented || (plain && busy)) return;
    event.preventDefault();
    run();
  };
}

function step(direction: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => row.offsetParent);
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[now < 0 ? (direction > 0 ? 0 : rows.length - 1) : now + direction];
  if (!next) return;
  const target = next.matches("[tabindex]") ? next : (next.querySelector<HTMLElement>("a, button") ?? next);
  target.focus();
  next.scrollIntoView({ block: "nearest" });
}

/** What several keys do is listed once. */
function byLabel(shortcuts: Shortcut[]): [label: string, ways: string[]][] {
  const ways = new Map<string, string[]>();
  for (const { keys, label } of shortcuts) ways.set(label, [...(ways.get(label) ?? []), keys]);
  return [...ways];
}

const NAMES: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", "Shift+?": "?" };

function spoken(keys: string): string[] {
  const mod = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";
  return keys
    .split(" ")
    .map(
      (key) =>
        NAMES[key] ?? key.replace(/(?:\$mod|Meta)\+(.)/, (_, letter: string) => `${mod} ${letter.toUpperCase()}`),
    );
}

define("lv-shortcuts", Shortcuts);
