import { html, nothing, render } from "lit";
import { sendJson } from "../../http";
import { CommandError } from "../../realtime/errors";
import { live } from "../../realtime/page";
import { Draft } from "../parts/draft";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toast } from "../parts/toasts";

const PAUSE_MS = 1500;
const LONGEST_MS = 10_000;
const RETRY_MS = 5000;

type State = "saved" | "writing" | "saving" | "kept" | "conflict" | "failed";

interface Saved {
  version: number;
}

/**
 * `<lv-chapter-editor chapter="3" version="7" endpoint="…">` around the form: saves by itself, keeps every keystroke on
 * this device until the server has it, says truthfully how things stand, and overwrites nobody unawares.
 */
class ChapterEditor extends LiveElement {
  private form: HTMLFormElement | null = null;
  private draft = new Draft("");
  private version = 0;
  private state: State = "saved";
  private savedAt: number | null = null;
  private message = "";
  private since = 0;
  private dirty = false;
  /** What the server was last known to have. */
  private known: Record<string, string> = {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly banner = document.createElement("div");

  protected override begin(): void {
    const chapter = this.number("chapter");
    this.version = this.number("version");
    this.form = this.querySelector("form");
    this.draft = new Draft(`chapter.${chapter}`);
    this.prepend(this.banner);
    this.until(
      live.join(`draft:${chapter}`),
      live.on("chapter:updated", (change) => {
        if (change.chapterId !== chapter || change.version <= this.version || this.state === "saving") return;
        if (!this.isTextElsewhere || change.title) this.overtaken();
      }),
      live.state.subscribe(({ status }) => status === "connected" && this.state === "kept" && void this.save()),
      () => clearTimeout(this.timer),
    );
    this.listen(this, "input", () => this.typed());
    this.listen(this, "submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    this.listen(window, "online", () => this.dirty && void this.save());
    this.listen(window, "beforeunload", (event) => this.dirty && event.preventDefault());
    this.listen(
      document,
      "visibilitychange",
      () => document.visibilityState === "hidden" && this.dirty && void this.save(),
    );
    this.known = this.values();
    this.offerKept();
    this.count();
    this.tell("saved");
  }

  /** The studio writes the text; what is left to the form is its title, volume and note. */
  private get isTextElsewhere(): boolean {
    return this.form?.querySelector<HTMLTextAreaElement>("textarea[name=text]")?.disabled === true;
  }

  private follow(version: number): void {
    this.version = version;
    this.rememberVersion();
  }

  private values(): Record<string, string> {
    const data = new FormData(this.form ?? undefined);
    const named = ["title", "volume", "text", "note"].filter((name) => data.has(name));
    return Object.fromEntries(named.map((name) => [name, String(data.get(name))]));
  }

  private fill(values: Record<string, string>): void {
    for (const [name, value] of Object.entries(values)) {
      const field = this.form?.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
    }
    this.count();
  }

  private typed(): void {
    if (!this.dirty) this.since = Date.now();
    this.dirty = true;
    this.draft.keep(this.values(), this.version);
    this.count();
    if (this.state === "conflict") return;
    this.tell("writing");
    clearTimeout(this.timer);
    const wait = Math.min(PAUSE_MS, Math.max(0, this.since + LONGEST_MS - Date.now()));
    this.timer = setTimeout(() => void this.save(), wait);
  }

  private async save(): Promise<void> {
    if (this.state === "saving" || this.state === "conflict") return;
    clearTimeout(this.timer);
    const values = this.values();
    this.tell("saving");
    try {
      const endpoint = this.getAttribute("endpoint") ?? "";
      const saved = await sendJson<Saved>("PATCH", endpoint, { version: this.version, ...values });
      this.known = values;
      this.follow(saved.version);
      this.savedAt = Date.now();
      this.dirty = JSON.stringify(values) !== JSON.stringify(this.values());
      if (!this.dirty) this.draft.forget();
      this.tell(this.dirty ? "writing" : "saved");
      if (this.dirty) this.typed();
    } catch (error) {
      this.failed(error);
    }
  }

  /** The version also travels with the form, for when it is sent without scripts. */
  private rememberVersion(): void {
    const field = this.form?.elements.namedItem("version");
    if (field instanceof HTMLInputElement) field.value = String(this.version);
  }

  private failed(reason: unknown): void {
    const error = reason instanceof CommandError ? reason : null;
    if (error?.code === "VERSION_CONFLICT" || error?.code === "CONFLICT") {
      if (this.isTextElsewhere) void this.compare();
      else this.overtaken();
    } else if (!error || error.category === "connection" || error.category === "server" || error.category === "rate") {
      this.tell("kept");
      this.timer = setTimeout(() => void this.save(), error?.retryAfter ?? RETRY_MS);
    } else {
      this.message = error.message;
      this.tell("failed");
    }
  }

  /** The text has a new version with every pause of those who write it: that alone overtakes nobody. */
  private async compare(): Promise<void> {
    try {
      const there = await sendJson<Saved & Record<string, unknown>>("GET", this.getAttribute("endpoint") ?? "");
      const isSame = (name: string) => plain(there[name]) === plain(this.known[name]);
      if (!Object.keys(this.values()).every(isSame)) {
        this.overtaken();
        return;
      }
      this.follow(there.version);
      this.tell("writing");
      await this.save();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Somebody else saved in between: nothing more is sent until the writer has chosen. */
  private overtaken(): void {
    if (!this.dirty) {
      this.ask("Somebody else has just changed this chapter.", [["Load it", () => location.reload()]]);
      return;
    }
    this.tell("conflict");
    this.draft.keep(this.values(), this.version);
    this.ask("Somebody else saved this chapter while you were writing. Your text is kept on this device.", [
      ["Keep mine", () => void this.overwrite()],
      ["Take theirs", () => this.yieldTo()],
    ]);
  }

  private async overwrite(): Promise<void> {
    try {
      this.follow((await sendJson<Saved>("GET", this.getAttribute("endpoint") ?? "")).version);
      this.tell("writing");
      await this.save();
    } catch (error) {
      this.failed(error);
    }
  }

  private yieldTo(): void {
    this.dirty = false;
    this.draft.forget();
    location.reload();
  }

  private offerKept(): void {
    const kept = this.draft.read();
    if (!kept || JSON.stringify(kept.values) === JSON.stringify(this.values())) return;
    const when = new Date(kept.at).toLocaleTimeString(undefined, { timeStyle: "short" });
    this.ask(`Text from ${when} that was never saved is kept on this device.`, [
      ["Bring it back", () => this.bringBack(kept.values)],
      ["Throw it away", () => this.draft.forget()],
    ]);
  }

  private bringBack(values: Record<string, string>): void {
    if (this.isTextElsewhere && values.text) {
      void navigator.clipboard.writeText(values.text);
      toast({ text: "The kept text is in your clipboard. Paste it where it belongs." });
    }
    this.fill(values);
    this.typed();
  }

  private ask(text: string, answers: [string, () => void][]): void {
    const done = (run: () => void) => () => {
      render(nothing, this.banner);
      run();
    };
    render(
      html`<div class="banner" role="alert"><span>${text}</span>
        ${answers.map(([label, run]) => html`<button type="button" class="button button--small" @click=${done(run)}>${label}</button>`)}
      </div>`,
      this.banner,
    );
  }

  private tell(state: State): void {
    this.state = state;
    const output = this.querySelector<HTMLElement>(".save-state");
    if (!output) return;
    const time = this.savedAt && new Date(this.savedAt).toLocaleTimeString(undefined, { timeStyle: "short" });
    const words = {
      saved: html`${icon("cloud-check")}${time ? `Saved ${time}` : "Saved"}`,
      writing: html`${icon("pencil")}Not saved yet`,
      saving: html`${icon("cloud-upload")}Saving…`,
      kept: html`${icon("cloud-off")}Kept on this device, not saved yet`,
      conflict: html`${icon("triangle-alert")}Not saved: changed elsewhere`,
      failed: html`${icon("triangle-alert")}${this.message}`,
    };
    output.dataset.state = state;
    render(words[state], output);
  }

  private count(): void {
    const shown = this.querySelector("[data-words]");
    const words = (this.values().text ?? "").match(/\S+/gu)?.length ?? 0;
    if (shown) shown.textContent = `${words.toLocaleString()} word${words === 1 ? "" : "s"}`;
  }

  protected override createRenderRoot(): HTMLElement {
    // The form stays the server's; there is nothing of ours to render around it.
    return document.createElement("div");
  }
}

/** As the server keeps it, and a field does not: without space around, and with lines that end in one sign. */
function plain(value: unknown): string {
  return String(value ?? "")
    .replace(/\r\n?/g, "\n")
    .trim();
}

define("lv-chapter-editor", ChapterEditor);
