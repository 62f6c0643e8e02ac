import { html, render } from "lit";
import type { EventMap, RoomAvailable, RoomListed } from "../../realtime/contracts.gen";
import { live, page } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toast } from "../parts/toasts";

/**
 * `<lv-rooms>` around lists of groups: what is unread counts up and down as it is said and read, on every device; the
 * directory shows how many are in a group, and takes in new ones at its end, where nothing moves for them.
 */
class RoomLists extends LiveElement {
  protected override begin(): void {
    this.until(
      live.on("room:list", ({ rooms }) => rooms.forEach((room) => void this.refresh(room))),
      live.on(
        "message:new",
        ({ roomId, sender }) => sender.id !== page.user?.id && this.count(roomId, (known) => known + 1),
      ),
      live.on("read:changed", ({ roomId, unreadCount }) => this.count(roomId, () => unreadCount)),
      live.on("room:updated", ({ id, userCount }) => this.people(id, userCount)),
      live.on("room:available", (room) => this.add(room)),
      live.on("room:removed", ({ id }) => this.drop(id, "[data-directory]")),
      live.on("room:changed", (room) => this.rename(room)),
      live.on("room:deleted", ({ roomId }) => this.drop(roomId, "[data-own]")),
      live.on("member:removed", ({ roomId, userId }) => userId === page.user?.id && this.drop(roomId, "[data-own]")),
      live.on("room:invited", (invitation) => this.invited(invitation)),
      live.on("room:uninvited", ({ roomId }) => this.querySelector(`[data-invitation="${roomId}"]`)?.remove()),
    );
  }

  protected override createRenderRoot(): HTMLElement {
    // The lists are the server's; there is nothing of one's own to draw.
    return document.createElement("div");
  }

  private rows(id: number): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(`[data-room="${id}"]`)];
  }

  private refresh({ id, unreadCount, memberCount, isMember }: RoomListed): void {
    if (isMember) this.count(id, () => unreadCount);
    this.people(id, memberCount);
  }

  private count(id: number, change: (known: number) => number): void {
    for (const row of this.rows(id)) {
      const badge = row.querySelector<HTMLElement>("[data-unread]");
      const text = badge?.firstChild;
      if (!badge || !text) continue;
      const unread = change(badge.hidden ? 0 : Number.parseInt(text.textContent ?? "", 10) || 0);
      text.textContent = String(unread);
      badge.hidden = unread === 0;
    }
    this.total();
  }

  /** How many of one's rooms have something new, on the rail. */
  private total(): void {
    const rail = document.querySelector<HTMLElement>(".rail__count");
    const fresh = this.querySelectorAll("[data-own] [data-unread]:not([hidden])").length;
    if (!rail?.firstChild) return;
    rail.firstChild.textContent = String(fresh);
    rail.hidden = fresh === 0;
  }

  private people(id: number, userCount: number): void {
    for (const row of this.rows(id)) {
      const badge = row.querySelector<HTMLElement>("[data-count]");
      const text = badge?.querySelector("span");
      if (!badge || !text) continue;
      const { most } = badge.dataset;
      text.textContent = most ? `${userCount}/${most}${userCount >= Number(most) ? " full" : ""}` : String(userCount);
    }
  }

  private rename(room: EventMap["room:changed"]): void {
    for (const row of this.rows(room.id)) {
      const name = row.querySelector(".room-row__name bdi");
      if (name) name.textContent = room.name;
    }
    this.people(room.id, room.userCount);
  }

  private drop(id: number, list: string): void {
    for (const row of this.rows(id)) {
      if (!row.closest(list)) continue;
      // It stays in its place: what is below must not move under somebody's eye.
      row.dataset.gone = "";
      row.querySelector("a")?.removeAttribute("href");
    }
  }

  private add(room: RoomAvailable): void {
    const list = this.querySelector("[data-directory]");
    if (!list || this.rows(room.id).some((row) => row.closest("[data-directory]"))) return;
    const holder = document.createElement("div");
    render(
      html`<li class="room-row arrived" data-room=${room.id}>
        <a class="room-row__link" href="/rooms/${room.slug}/"><span class="room-row__sign" aria-hidden="true">${icon("hash")}</span><span class="room-row__name"><bdi>${room.name}</bdi></span></a>
        ${room.description ? html`<p class="room-row__about"><bdi>${room.description}</bdi></p>` : ""}
        <p class="room-row__facts">${room.hasPassword ? html`<span class="badge">${icon("key-round")}Password</span>` : ""}
          ${room.persistent ? "" : html`<span class="badge badge--waiting">${icon("hourglass")}Ends when empty</span>`}
          <span class="badge" data-count data-most=${room.maxUsers ?? ""}>${icon("users")}<span>${room.maxUsers ? `${room.userCount}/${room.maxUsers}` : room.userCount}</span></span>
          <span class="meta">just now</span></p>
      </li>`,
      holder,
    );
    const row = holder.querySelector("li");
    if (row) list.append(row);
  }

  /** What comes in at the top would move all that is below: it is said in passing, and the bell keeps it. */
  private invited({ roomName, slug, invitedBy }: EventMap["room:invited"]): void {
    toast({
      text: `${invitedBy.displayName} invites you to ${roomName}.`,
      action: { label: "Look in", run: () => location.assign(`/rooms/${slug}/`) },
    });
  }
}

define("lv-rooms", RoomLists);
