import { html, nothing, type TemplateResult } from "lit";
import type { ConnectionState } from "../../realtime/connection";
import type { Unsent } from "../../realtime/outbox";
import { live } from "../../realtime/page";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toast } from "../parts/toasts";

const PATIENCE_MS = 1500;
const BACK_MS = 3000;

/**
 * `<lv-connection>`: nothing while all is well; otherwise what is the matter, in a pill that blocks nothing. What it
 * says comes from answers, so it never claims to be online when nobody answers.
 */
class ConnectionPill extends LiveElement {
  private known: ConnectionState = live.state.value;
  /** Trouble is shown when it has lasted long enough to be worth a word. */
  private lasting = false;
  private back: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private backTimer: ReturnType<typeof setTimeout> | undefined;

  protected override begin(): void {
    this.until(
      live.state.subscribe((state) => this.follow(state)),
      live.outbox.entries.subscribe(() => this.requestUpdate()),
      live.outbox.onSetAside(tellSetAside),
      live.caughtUp.subscribe(() => this.back !== null && this.requestUpdate()),
      () => clearTimeout(this.timer),
      () => clearTimeout(this.backTimer),
    );
    for (const change of ["online", "offline"]) this.listen(window, change, () => this.requestUpdate());
  }

  private follow(state: ConnectionState): void {
    this.known = state;
    const trouble = isTrouble(state);
    if (!trouble) {
      clearTimeout(this.timer);
      this.timer = undefined;
      if (this.lasting && state.status === "connected") this.celebrate();
      this.lasting = false;
    } else if (this.timer === undefined) {
      const wait = state.unanswered || state.status === "closed" ? 0 : PATIENCE_MS;
      this.timer = setTimeout(() => {
        this.lasting = true;
        this.requestUpdate();
      }, wait);
    }
    this.requestUpdate();
  }

  private celebrate(): void {
    this.back = Date.now();
    clearTimeout(this.backTimer);
    this.backTimer = setTimeout(() => {
      this.back = null;
      this.requestUpdate();
    }, BACK_MS);
  }

  protected override render() {
    if (this.lasting) return this.trouble();
    if (this.back === null) return nothing;
    const updates = live.caughtUp.value;
    const text = updates > 0 ? `Back online, ${updates} update${updates === 1 ? "" : "s"}` : "Back online";
    return html`<span class="connection__pill connection__pill--back">${text}</span>`;
  }

  private trouble(): TemplateResult {
    const unsent = live.outbox.entries.value.filter((entry) => entry.state !== "failed").length;
    const tail = unsent > 0 ? ` ${unsent} unsent` : "";
    if (this.known.status === "closed") return closed(this.known.reason);
    if (!navigator.onLine) {
      return html`<span class="connection__pill">${icon("wifi-off")}Offline: your changes are kept on this device</span>`;
    }
    if (this.known.status === "disconnected") {
      return html`<span class="connection__pill connection__pill--waiting">${icon("wifi-off")}No connection to Livrya.${tail}
        <button type="button" @click=${() => live.wake()}>Try now</button></span>`;
    }
    return html`<span class="connection__pill connection__pill--waiting">${icon("refresh-cw")}Reconnecting…${tail}</span>`;
  }
}

function isTrouble(state: ConnectionState): boolean {
  // Signing out closes on purpose and says nothing; a page that has just been opened is given time.
  if (state.status === "closed") return state.reason !== "";
  return state.status !== "connected" || state.unanswered;
}

function closed(reason: string): TemplateResult {
  return html`<span class="connection__pill">${icon("wifi-off")}${reason}
    <button type="button" @click=${() => location.reload()}>Reload</button></span>`;
}

/** Wherever the person is by now: the words may belong to a page that is not open. */
function tellSetAside({ payload }: Unsent): void {
  const words = typeof payload.text === "string" ? payload.text : "";
  toast({
    text: `This could not be sent and was set aside: “${words.length > 80 ? `${words.slice(0, 80)}…` : words}”`,
    error: true,
    ...(words && { action: { label: "Copy", run: () => void navigator.clipboard.writeText(words) } }),
  });
}

define("lv-connection", ConnectionPill);
