import { html, render } from "lit";
import type { Notified } from "../../realtime/contracts.gen";
import { live } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { ago } from "../parts/times";
import { noticeIcon, noticeLabel } from "./notices";

/** `<lv-notifications>`: on their own page, new ones wait behind a line on top; reading one marks it everywhere. */
class NotificationList extends LiveElement {
  private waiting: Notified[] = [];
  private readonly bar = document.createElement("div");

  protected override begin(): void {
    this.bar.className = "held-place";
    this.prepend(this.bar);
    this.until(
      live.on("notification", (notice) => this.arrive(notice)),
      live.on("notification:read", ({ ids }) => this.markRead(ids)),
      live.on("notification:removed", ({ id }) => this.item(id)?.setAttribute("data-removed", "")),
    );
    this.listen(this, "click", (event) => this.followed(event.target as Element));
  }

  private item(id: number): Element | null {
    return this.querySelector(`[data-notification="${id}"]`);
  }

  private arrive(notice: Notified): void {
    this.waiting = [notice, ...this.waiting.filter((other) => other.id !== notice.id)];
    this.tell();
  }

  private tell(): void {
    const count = this.waiting.length;
    const line = html`<button class="held" type="button" @click=${() => this.show()}>
      ${count === 1 ? "1 new notification" : `${count} new notifications`}
    </button>`;
    render(count > 0 ? line : html``, this.bar);
  }

  private show(): void {
    const list = this.querySelector(".notices");
    this.querySelector(".empty")?.remove();
    for (const notice of this.waiting.splice(0).reverse()) {
      this.item(notice.id)?.remove();
      const holder = document.createElement("div");
      render(template(notice), holder);
      const item = holder.querySelector("li");
      if (item) list?.prepend(item);
    }
    this.tell();
  }

  private followed(target: Element): void {
    const item = target.closest("a") && target.closest("[data-notification][data-unread]");
    if (!item) return;
    const id = Number(item.getAttribute("data-notification"));
    live.command("notification:read", { ids: [id] }).catch(() => undefined);
  }

  private markRead(ids: number[] | null): void {
    const unread = this.querySelectorAll("[data-unread]");
    for (const item of unread) {
      if (ids === null || ids.includes(Number(item.getAttribute("data-notification"))))
        item.removeAttribute("data-unread");
    }
  }
}

function template(notice: Notified) {
  return html`<li class="notice arrived" data-notification=${notice.id} data-unread>
    ${icon(noticeIcon(notice.type))}
    <a class="notice__link" href=${notice.url}><span class="visually-hidden">Unread: </span><span dir="auto">${notice.message}</span></a>
    <span class="meta">${noticeLabel(notice.type)} ${ago(notice.occurredAt)}</span><span class="notice__dot"></span>
  </li>`;
}

define("lv-notifications", NotificationList);
