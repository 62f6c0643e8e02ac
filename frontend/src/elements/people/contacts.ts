import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Contact } from "../../realtime/contracts.gen";
import { live } from "../../realtime/page";
import { face } from "../parts/face";
import { define, LiveElement } from "../parts/live-element";

/** `<lv-contacts>`: who of those whom one follows, and who follow back, is here now; nothing when nobody is. */
class Contacts extends LiveElement {
  private readonly online = new Map<number, Contact>();
  /** The newest change that is known of each person: an older one may come later. */
  private readonly versions = new Map<number, number>();

  private wasConnected = false;

  protected override begin(): void {
    this.until(
      live.on("contact:online", (contact) => this.take(contact, true)),
      live.on("contact:offline", (contact) => this.take(contact, false)),
      live.state.subscribe(({ status }) => {
        // The state tells more than its status, every answer among it: only a new connection is to be asked.
        if (status === "connected" && !this.wasConnected) void this.ask();
        this.wasConnected = status === "connected";
      }),
    );
  }

  private take(contact: Contact & { version: number }, here: boolean): void {
    if (contact.version < (this.versions.get(contact.userId) ?? 0)) return;
    this.versions.set(contact.userId, contact.version);
    if (here) this.online.set(contact.userId, contact);
    else this.online.delete(contact.userId);
    this.requestUpdate();
  }

  private async ask(): Promise<void> {
    try {
      const { contacts } = await live.command("contact:list", {}, { patience: 0 });
      this.online.clear();
      for (const contact of contacts) this.online.set(contact.userId, contact);
      this.requestUpdate();
    } catch {
      // The next connection asks again.
    }
  }

  protected override render() {
    if (this.online.size === 0) return nothing;
    const contacts = [...this.online.values()].sort((a, b) => a.displayName.localeCompare(b.displayName));
    return html`<section class="stack" aria-label="Here now">
      <h2 class="section-title">Here now</h2>
      <ul class="contacts">
        ${repeat(
          contacts,
          ({ userId }) => userId,
          ({ userId, username, displayName }) =>
            html`<li><a href="/people/${username}/">${face(userId, displayName)}<span class="live-dot"></span><span dir="auto">${displayName}</span></a></li>`,
        )}
      </ul>
    </section>`;
  }
}

define("lv-contacts", Contacts);
