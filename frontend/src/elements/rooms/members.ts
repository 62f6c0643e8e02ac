import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { sendJson } from "../../http";
import type { MemberContent } from "../../realtime/contracts.gen";
import { live, page } from "../../realtime/page";
import type { Person } from "../../realtime/presence";
import { face } from "../parts/face";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toast, toastError } from "../parts/toasts";
import { openGroup } from "./group";
import { byPresence, mayActOn } from "./roles";

const ROLES: Record<string, string> = { owner: "Owner", moderator: "Moderator" };
const WAITS: [seconds: number, label: string][] = [
  [0, "Off"],
  [5, "5 seconds"],
  [30, "30 seconds"],
  [60, "1 minute"],
  [300, "5 minutes"],
  [3600, "1 hour"],
];

/** `<lv-room-members>`: who belongs to the group and who is there; for its moderators, what they may do about it. */
class RoomMembers extends LiveElement {
  private readonly group = openGroup();
  private people: readonly Person[] = [];
  private link = "";

  protected override begin(): void {
    this.replaceChildren();
    this.until(
      this.group.state.subscribe(() => this.requestUpdate()),
      live.presence(this.group.stream).state.subscribe(({ people }) => {
        this.people = people ?? [];
        this.requestUpdate();
      }),
    );
  }

  private get roomId(): number {
    return this.group.state.value.room.id;
  }

  private async attempt(act: () => Promise<unknown>, done = ""): Promise<void> {
    try {
      await act();
      if (done) toast({ text: done });
    } catch (error) {
      toastError(error);
    }
  }

  private expel(member: MemberContent, banned: boolean): void {
    const question = banned
      ? `Take ${member.displayName} out, and let them in no more?`
      : `Take ${member.displayName} out of the room?`;
    if (!confirm(question)) return;
    const type = banned ? "room:ban" : "room:kick";
    void this.attempt(() => live.command(type, { roomId: this.roomId, userId: member.userId }));
  }

  private appoint(member: MemberContent, role: string): void {
    if (role === "owner" && !confirm(`Hand the room to ${member.displayName}? You become a moderator.`)) return;
    void this.attempt(() => live.command("room:role", { roomId: this.roomId, userId: member.userId, role }));
  }

  private async invite(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const field = form.elements.namedItem("username") as HTMLInputElement;
    const username = field.value.trim().replace(/^@/, "");
    if (!username) return;
    await this.attempt(async () => {
      const person = await sendJson<{ id: number }>("GET", `/api/v1/people/${encodeURIComponent(username)}/`);
      await live.command("room:invite", { roomId: this.roomId, userId: person.id });
      form.reset();
    }, `${username} is invited.`);
  }

  private async makeLink(): Promise<void> {
    await this.attempt(async () => {
      const { url } = await live.command("room:link", { roomId: this.roomId });
      this.link = new URL(url, location.href).href;
      this.requestUpdate();
      await this.updateComplete;
      this.querySelector<HTMLInputElement>(".room-link")?.select();
    });
  }

  protected override render(): TemplateResult {
    const { members, room, gone } = this.group.state.value;
    const { here, away } = byPresence(members, this.people);
    return html`<h2 class="room__people-head">Members <span class="talk__count">${room.userCount}${room.maxUsers === null ? "" : ` of ${room.maxUsers}`}</span>
        <a class="button button--icon button--quiet room__people-close" href="#room-name" aria-label="Close">${icon("x")}</a></h2>
      ${this.list(here, away)}
      ${room.userCount > members.length ? html`<p class="meta">and ${room.userCount - members.length} more</p>` : nothing}
      ${
        gone
          ? nothing
          : html`${this.inviting()} ${this.slow()}
        <p class="room__settings"><a href="./settings/" data-in-dialog>Settings of the room</a></p>`
      }`;
  }

  /** One list with two headings: who comes or goes moves in it, with whatever is open about them. */
  private list(here: readonly MemberContent[], away: readonly MemberContent[]): TemplateResult {
    const part = (title: string, members: readonly MemberContent[], present: boolean) =>
      members.length === 0 ? [] : [{ title, count: members.length }, ...members.map((member) => ({ member, present }))];
    const rows = [...part("Here now", here, true), ...part("Not here", away, false)];
    return html`<ul class="member-list">${repeat(
      rows,
      (row) => ("member" in row ? row.member.userId : row.title),
      (row) =>
        "member" in row
          ? this.row(row.member, row.present)
          : html`<li class="member-list__title"><h3>${row.title} · ${row.count}</h3></li>`,
    )}</ul>`;
  }

  private row(member: MemberContent, present: boolean): TemplateResult {
    return html`<li class="member" data-user=${member.userId}>
      <span class="member__face">${face(member.userId, member.displayName, member.avatar ?? "")}${present ? html`<span class="live-dot"></span>` : nothing}</span>
      <a class="member__name" href="/people/${member.username}/"><bdi>${member.displayName}</bdi></a>
      ${ROLES[member.role] ? html`<span class="member__role">${ROLES[member.role]}</span>` : nothing}
      ${this.menu(member)}
    </li>`;
  }

  private menu(member: MemberContent): TemplateResult | typeof nothing {
    const { role, gone } = this.group.state.value;
    if (gone || member.userId === page.user?.id || !mayActOn(role, member.role)) return nothing;
    const act = (label: string, run: () => void) =>
      html`<button type="button" class="button button--quiet" @click=${(event: Event) => {
        (event.target as Element).closest("details")?.removeAttribute("open");
        run();
      }}>${label}</button>`;
    return html`<details class="shelf-menu member__menu"><summary class="button button--icon button--quiet" aria-label="About ${member.displayName}">${icon("ellipsis")}</summary>
      <div class="shelf-menu__form">
        ${role === "owner" && member.role === "member" ? act("Make moderator", () => this.appoint(member, "moderator")) : nothing}
        ${role === "owner" && member.role === "moderator" ? act("No moderator any more", () => this.appoint(member, "member")) : nothing}
        ${role === "owner" ? act("Hand over the room", () => this.appoint(member, "owner")) : nothing}
        ${act("Take out", () => this.expel(member, false))}
        ${act("Ban", () => this.expel(member, true))}
      </div></details>`;
  }

  private inviting(): TemplateResult | typeof nothing {
    const { room } = this.group.state.value;
    if (room.restrictInvitations && !this.group.moderates) return nothing;
    return html`<h3 class="member-list__title">Invite</h3>
      <form class="room__invite" @submit=${(event: SubmitEvent) => void this.invite(event)}>
        <input name="username" aria-label="Username of whom you invite" placeholder="Username" required maxlength="151" autocomplete="off" />
        <button class="button">Invite</button>
      </form>
      ${
        this.link
          ? html`<label class="meta" for="room-link">Opens the room for a week:</label><input class="room-link" id="room-link" readonly .value=${this.link} />`
          : html`<button type="button" class="button button--quiet room__link" @click=${() => void this.makeLink()}>${icon("link")}Make a link</button>`
      }`;
  }

  private slow(): TemplateResult | typeof nothing {
    if (!this.group.moderates) return nothing;
    const { slowSeconds } = this.group.state.value.room;
    return html`<h3 class="member-list__title"><label for="slow-mode">Slow mode</label></h3>
      <select id="slow-mode" @change=${(event: Event) => {
        const seconds = Number((event.target as HTMLSelectElement).value);
        void this.attempt(() => live.command("room:slowmode", { roomId: this.roomId, seconds }));
      }}>${WAITS.map(([seconds, label]) => html`<option value=${seconds} .selected=${seconds === slowSeconds}>${label}</option>`)}</select>`;
  }
}

define("lv-room-members", RoomMembers);
