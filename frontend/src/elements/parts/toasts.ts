import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { CommandError } from "../../realtime/errors";
import { define, LiveElement } from "./live-element";

export interface Toast {
  text: string;
  /** Errors stay until they are dismissed. */
  error?: boolean;
  action?: { label: string; run: () => void };
}

interface Shown extends Toast {
  id: number;
}

const MOST = 3;
const LIFE_MS = 5000;

/** Says something in passing, bottom left. Never for what is visible anyway. */
export function toast(said: Toast): void {
  document.dispatchEvent(new CustomEvent("lv-toast", { detail: said }));
}

/** Tells a person what went wrong with something that they asked for. */
export function toastError(error: unknown): void {
  const text = error instanceof CommandError ? error.message : "That did not work. Please try again.";
  toast({ text, error: true });
}

/** `<lv-toasts>`: at most three at a time, five seconds each, waiting while one points at them. */
class Toasts extends LiveElement {
  private shown: Shown[] = [];
  private next = 1;
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

  protected override begin(): void {
    const said = [...this.querySelectorAll<HTMLElement>(".toast")].map((paragraph) => ({
      text: paragraph.textContent.trim(),
      error: paragraph.classList.contains("toast--error"),
    }));
    this.replaceChildren();
    for (const one of said) this.add(one);
    this.listen(document, "lv-toast", (event) => this.add((event as CustomEvent<Toast>).detail));
    this.listen(this, "pointerenter", () => this.pause());
    this.listen(this, "pointerleave", () => this.resume());
    this.listen(this, "focusin", () => this.pause());
    this.listen(this, "focusout", () => this.resume());
    this.until(() => this.pause());
  }

  private add(said: Toast): void {
    const one = { ...said, id: this.next++ };
    this.shown = [...this.shown, one].slice(-MOST);
    this.schedule(one);
    this.requestUpdate();
  }

  private schedule(one: Shown): void {
    if (one.error) return;
    this.timers.set(
      one.id,
      setTimeout(() => this.dismiss(one), LIFE_MS),
    );
  }

  private dismiss(one: Shown): void {
    this.shown = this.shown.filter((other) => other !== one);
    this.requestUpdate();
  }

  private pause(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private resume(): void {
    for (const one of this.shown) this.schedule(one);
  }

  protected override render() {
    return repeat(
      this.shown,
      (one) => one.id,
      (one) => html`<p class="toast ${one.error ? "toast--error" : ""}">
        <span>${one.text}</span>
        ${one.action ? html`<button type="button" @click=${() => this.act(one)}>${one.action.label}</button>` : nothing}
        ${one.error ? html`<button type="button" @click=${() => this.dismiss(one)}>Dismiss</button>` : nothing}
      </p>`,
    );
  }

  private act(one: Shown): void {
    one.action?.run();
    this.dismiss(one);
  }
}

define("lv-toasts", Toasts);
