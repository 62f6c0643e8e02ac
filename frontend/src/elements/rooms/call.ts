import { html, nothing } from "lit";
import { live, page } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toastError } from "../parts/toasts";
import { openGroup } from "./group";

/** `<lv-room-call>`: who is in the group's call, and a button to take part. The sound goes elsewhere. */
class RoomCall extends LiveElement {
  private readonly group = openGroup();

  protected override begin(): void {
    this.until(this.group.state.subscribe(() => this.requestUpdate()));
  }

  private async press(takesPart: boolean): Promise<void> {
    try {
      await live.command(takesPart ? "call:leave" : "call:join", { roomId: this.group.state.value.room.id });
    } catch (error) {
      toastError(error);
    }
  }

  protected override render() {
    const { call, gone } = this.group.state.value;
    if (gone) return nothing;
    const takesPart = call.some(({ userId }) => userId === page.user?.id);
    if (call.length === 0) {
      return html`<button type="button" class="button button--icon button--quiet" aria-label="Start a call" title="Start a call" @click=${() => this.press(false)}>${icon("phone")}</button>`;
    }
    const names = call.map(({ displayName }) => displayName).join(", ");
    return html`<button type="button" class="button button--small room-call" title=${names} aria-label="${takesPart ? "Leave" : "Join"} the call with ${names}" @click=${() => this.press(takesPart)}>
      <span class="live-dot"></span>${icon(takesPart ? "phone-off" : "phone")}<span><span class="room-call__text">${takesPart ? "Leave" : "Join"} the call · </span>${call.length}</span>
    </button>`;
  }
}

define("lv-room-call", RoomCall);
