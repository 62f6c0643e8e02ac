import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import type { Notified } from "../../realtime/contracts.gen";
import { live } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { ago } from "../parts/times";
import { toastError } from "../parts/toasts";
import { noticeIcon, noticeLabel } from "./notices";

/**
 * `<lv-bell unread="3">` around the link to the notifications: a count that moves as they come, over every tab, and a
 * sheet with the latest instead of another page.
 */
class Bell extends LiveElement {
  private unread = 0;
  private notices: Notified[] | null = null;
  private link: HTMLAnchorElement | null = null;
  private dialog: HTMLDialogElement | undefined;
  private readonly seen = new Set<number>();

  protected override begin(): void {
    this.unread = this.number("unread") || 0;
    this.link = this.querySelector("a");
    this.link?.querySelector(".bell__count")?.remove();
    if (this.link) this.listen(this.link, "click", (event) => this.openSheet(event as MouseEvent));
    this.until(
      live.on("notification", (notice) => this.arrive(notice)),
      live.on("notification:count", ({ unread }) => this.count(unread)),
      live.on("notification:read", ({ unread }) => this.count(unread)),
      live.on("notification:removed", ({ id }) => this.forget(id)),
    );
    this.count(this.unread);
  }

  private arrive(notice: Notified): void {
    if (!this.seen.has(notice.id) && !notice.readAt) this.count(this.unread + 1);
    this.seen.add(notice.id);
    if (!this.notices) return;
    this.notices = [notice, ...this.notices.filter((other) => other.id !== notice.id)];
    this.requestUpdate();
  }

  private forget(id: number): void {
    this.notices = this.notices?.filter((notice) => notice.id !== id) ?? null;
    this.requestUpdate();
  }

  private count(unread: number): void {
    this.unread = unread;
    let badge = this.link?.querySelector(".bell__count");
    if (!badge && this.link) {
      badge = document.createElement("b");
      badge.className = "bell__count";
      this.link.append(badge);
    }
    if (!badge) return;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.toggleAttribute("hidden", unread === 0);
    this.link?.setAttribute("aria-label", unread > 0 ? `Notifications, ${unread} unread` : "Notifications");
    this.setAttribute("unread", String(unread));
    this.requestUpdate();
  }

  private async openSheet(event: MouseEvent): Promise<void> {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.dialog?.showModal();
    try {
      const answer = await live.command("notification:list", {});
      this.notices = answer.notifications;
      this.count(answer.unread);
    } catch (error) {
      this.dialog?.close();
      toastError(error);
    }
  }

  private async readAll(): Promise<void> {
    try {
      await live.command("notification:read", { all: true });
      this.notices = (this.notices ?? []).map((notice) => ({ ...notice, readAt: notice.readAt ?? Date.now() }));
      this.count(0);
    } catch (error) {
      toastError(error);
    }
  }

  /** Following a notification reads it; the page that opens need not wait for that. */
  private read(notice: Notified): void {
    if (!notice.readAt) live.command("notification:read", { ids: [notice.id] }).catch(() => undefined);
  }

  protected override render() {
    return html`<dialog class="sheet" aria-labelledby="bell-title" ${ref((element) => {
      this.dialog = element as HTMLDialogElement | undefined;
    })} @click=${(event: MouseEvent) => event.target === this.dialog && this.dialog?.close()}>
      <header class="sheet__head">
        <h2 class="sheet__title" id="bell-title">Notifications</h2>
        <span class="row">
          ${this.unread > 0 ? html`<button class="button button--quiet button--small" @click=${() => this.readAll()}>${icon("check-check")}Mark all read</button>` : nothing}
          <button class="button button--icon button--quiet" aria-label="Close" @click=${() => this.dialog?.close()}>${icon("x")}</button>
        </span>
      </header>
      ${this.list()}
      <p class="sheet__foot"><a href=${this.link?.getAttribute("href") ?? "/notifications/"}>All notifications</a></p>
    </dialog>`;
  }

  private list() {
    if (!this.notices) return html`<p class="sheet__body skeleton">Loading</p>`;
    if (this.notices.length === 0)
      return html`<p class="empty">Nothing yet. Follow a book, and its news come here.</p>`;
    return html`<ul class="notices">
      ${repeat(
        this.notices,
        (notice) => notice.id,
        (notice) => html`<li class="notice" ?data-unread=${!notice.readAt}>
          ${icon(noticeIcon(notice.type))}
          <a class="notice__link" href=${notice.url} @click=${() => this.read(notice)}><span dir="auto">${notice.message}</span></a>
          <span class="notice__time">${noticeLabel(notice.type)} ${ago(notice.occurredAt)}</span><span class="notice__dot"></span>
        </li>`,
      )}
    </ul>`;
  }
}

define("lv-bell", Bell);
