import { html } from "lit";
import { live } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toastError } from "../parts/toasts";

/** `<lv-follow user="7" following>`: follow a person, or no longer. */
class Follow extends LiveElement {
  private following = false;
  private user = 0;

  protected override begin(): void {
    this.user = this.number("user");
    this.following = this.hasAttribute("following");
    this.replaceChildren();
    this.until(
      live.on("follow:changed", ({ userId, following }) => {
        if (userId === this.user) this.show(following);
      }),
    );
  }

  private show(following: boolean): void {
    this.following = following;
    this.toggleAttribute("following", following);
    this.requestUpdate();
  }

  private async change(): Promise<void> {
    const following = !this.following;
    this.show(following);
    try {
      await live.command(following ? "user:follow" : "user:unfollow", { userId: this.user });
    } catch (error) {
      this.show(!following);
      toastError(error);
    }
  }

  protected override render() {
    const name = this.following ? "button" : "button button--primary";
    return html`<button type="button" class=${name} aria-pressed=${this.following} @click=${() => this.change()}>
      ${icon(this.following ? "user-check" : "user-plus")}<span>${this.following ? "Following" : "Follow"}</span>
    </button>`;
  }
}

define("lv-follow", Follow);
