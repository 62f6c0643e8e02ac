import { html, nothing } from "lit";
import type { EventMap } from "../../realtime/contracts.gen";
import { live } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";

type Announced = EventMap["announcement"];

const KEY = "livrya.site.announcements";

/** `<lv-announcement>`: what the people who run this place say to everybody, until it is over or dismissed. */
class Announcement extends LiveElement {
  private inForce: Announced[] = [];
  private readonly dismissed = new Set<number>(read());

  protected override begin(): void {
    this.until(
      live.on("announcement", (announced) => this.announce(announced)),
      live.on("announcement:withdrawn", ({ id }) => this.withdraw(id)),
    );
  }

  private announce(announced: Announced): void {
    const left = announced.until - Date.now();
    if (left <= 0 || this.dismissed.has(announced.id)) return;
    this.withdraw(announced.id);
    this.inForce.push(announced);
    const timer = setTimeout(() => this.withdraw(announced.id), Math.min(left, 2 ** 31 - 1));
    this.until(() => clearTimeout(timer));
    this.requestUpdate();
  }

  private withdraw(id: number): void {
    this.inForce = this.inForce.filter((announced) => announced.id !== id);
    this.requestUpdate();
  }

  private dismiss(id: number): void {
    this.dismissed.add(id);
    try {
      localStorage.setItem(KEY, JSON.stringify([...this.dismissed].slice(-50)));
    } catch {
      // Then it comes back on the next page.
    }
    this.withdraw(id);
  }

  protected override render() {
    const announced = this.inForce.at(-1);
    if (!announced) return nothing;
    return html`<div class="announcement" role="status">
      <p dir="auto">${announced.text}</p>
      <button class="button button--icon button--quiet" aria-label="Dismiss" @click=${() => this.dismiss(announced.id)}>
        ${icon("x")}
      </button>
    </div>`;
  }
}

function read(): number[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]") as number[];
  } catch {
    return [];
  }
}

define("lv-announcement", Announcement);
