import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { sendJson } from "../../http";
import type { RoomName } from "../../realtime/contracts.gen";
import { live, page } from "../../realtime/page";
import type { Person, Presence } from "../../realtime/presence";
import { face } from "../parts/face";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toast, toastError } from "../parts/toasts";

const FACES = 4;

/** `<lv-presence room="chapter:3">`: joins the room and says how many are there, with faces where they are few. */
class PresenceLine extends LiveElement {
  private presence: Presence | null = null;
  private open = false;
  private concealed = false;

  protected override begin(): void {
    const room = this.getAttribute("room") as RoomName;
    this.until(
      live.join(room),
      live.presence(room).state.subscribe((presence) => {
        this.presence = presence.version > 0 || presence.userCount + presence.guestCount > 0 ? presence : null;
        this.requestUpdate();
      }),
    );
    this.listen(document, "click", (event) => {
      if (this.open && !this.contains(event.target as Node)) this.toggle(false);
    });
    this.listen(this, "keydown", (event) => event.key === "Escape" && this.toggle(false));
  }

  private toggle(open: boolean): void {
    this.open = open;
    this.requestUpdate();
  }

  protected override render() {
    const presence = this.presence;
    if (!presence) return nothing;
    const count = presence.userCount + presence.guestCount;
    const people = presence.people ?? [];
    const verb = this.getAttribute("verb") ?? "reading";
    return html`<span class="menu">
      <button type="button" class="presence__button" aria-expanded=${this.open} @click=${() => this.toggle(!this.open)}>
        <span class="live-dot"></span><span class="presence__count">${count} ${verb} now</span>
        ${this.faces(people)}
      </button>
      ${this.open ? this.list(presence, people) : nothing}
    </span>`;
  }

  private faces(people: Person[]) {
    if (people.length === 0) return nothing;
    return html`<span class="presence__faces">
      ${repeat(
        people.slice(0, FACES),
        (person) => person.userId,
        (person) => html`<span class=${person.away ? "is-away" : ""}>${face(person.userId, person.displayName)}</span>`,
      )}
    </span>`;
  }

  private list(presence: Presence, people: Person[]) {
    return html`<div class="menu__list presence__list">
      ${people.map(
        (person) =>
          html`<a class=${person.away ? "is-away" : ""} href="/people/${person.username}/">${face(person.userId, person.displayName)}${person.displayName}${person.away ? html`<span class="meta">away</span>` : nothing}</a>`,
      )}
      ${presence.guestCount > 0 ? html`<p>${presence.guestCount} without an account</p>` : nothing}
      ${presence.people === null ? html`<p>Too many to name.</p>` : nothing}
      ${page.user && !this.concealed ? html`<button type="button" @click=${() => this.hide()}>${icon("eye-off")}Hide that I am here</button>` : nothing}
    </div>`;
  }

  /** The same switch as in the settings, where it can be undone. */
  private async hide(): Promise<void> {
    try {
      await sendJson("PATCH", "/api/v1/me/privacy/", { hideReading: true });
      this.concealed = true;
      this.toggle(false);
      toast({ text: "You read unseen now. Settings has the switch." });
    } catch (error) {
      toastError(error);
    }
  }
}

define("lv-presence", PresenceLine);
