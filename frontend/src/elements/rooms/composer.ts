import { html, nothing, type TemplateResult } from "lit";
import { live as asItIs } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import type { AttachmentContent } from "../../realtime/contracts.gen";
import { CommandError } from "../../realtime/errors";
import { live, page } from "../../realtime/page";
import { Draft } from "../parts/draft";
import { face } from "../parts/face";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { toast, toastError } from "../parts/toasts";
import { TypingNotice } from "../parts/typing";
import type { Said } from "./conversation";
import { openGroup } from "./group";
import { nameBefore } from "./words";

const NAMES_SHOWN = 6;

/**
 * `<lv-room-composer>`: where one writes. Enter sends, Shift Enter breaks the line; what is typed stays on this device
 * until it is said; `@` offers names. Sends `lv-said` when something goes out.
 */
class Composer extends LiveElement {
  private readonly group = openGroup();
  private readonly roomId = this.group.state.value.room.id;
  private readonly draft = new Draft(`room.${this.roomId}`);
  private readonly typing = new TypingNotice({
    start: () => live.command("typing:start", { roomId: this.roomId }, { patience: 0 }),
    stop: () => live.command("typing:stop", { roomId: this.roomId }, { patience: 0 }),
  });
  private text = "";
  private replyTo: Said | null = null;
  private editing: Said | null = null;
  private files: AttachmentContent[] = [];
  private uploading = 0;
  private names: { userId: number; username: string; displayName: string }[] = [];
  private chosen = 0;

  protected override begin(): void {
    const kept = this.draft.read();
    this.text = kept?.values.text ?? "";
    this.replyTo = (kept && this.group.talk.byId(Number(kept.values.replyTo))) ?? null;
    this.until(
      this.group.state.subscribe(() => this.requestUpdate()),
      () => this.typing.stop(),
    );
  }

  /** Answers a message. */
  reply(message: Said): void {
    this.editing = null;
    this.replyTo = message;
    this.keep();
    this.focusField();
  }

  /** Changes a message of one's own. */
  edit(message: Said): void {
    this.editing = message;
    this.text = message.text;
    this.focusField();
  }

  focusField(): void {
    this.requestUpdate();
    void this.updateComplete.then(() => this.field?.focus());
  }

  private get field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  private keep(): void {
    if (this.editing) return;
    if (this.text || this.replyTo) this.draft.keep({ text: this.text, replyTo: String(this.replyTo?.id ?? "") }, 0);
    else this.draft.forget();
  }

  private typed(): void {
    const field = this.field;
    if (!field) return;
    this.text = field.value;
    this.keep();
    if (this.text.trim()) this.typing.typed();
    this.suggest(field);
    this.requestUpdate();
  }

  private suggest(field: HTMLTextAreaElement): void {
    const asked = nameBefore(field.value, field.selectionStart)?.toLowerCase();
    const { members } = this.group.state.value;
    this.chosen = 0;
    this.names =
      asked === undefined
        ? []
        : members
            .filter(({ userId }) => userId !== page.user?.id)
            .filter(({ username, displayName }) =>
              [username, ...displayName.split(" ")].some((one) => one.toLowerCase().startsWith(asked)),
            )
            .slice(0, NAMES_SHOWN);
  }

  private complete(username: string): void {
    const field = this.field;
    if (!field) return;
    const before = field.value.slice(0, field.selectionStart).replace(/@[\w.+-]*$/u, `@${username} `);
    this.text = before + field.value.slice(field.selectionStart);
    this.names = [];
    this.keep();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      field.focus();
      field.setSelectionRange(before.length, before.length);
    });
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (this.names.length > 0 && this.keyInNames(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && (this.replyTo || this.editing)) {
      this.cancel();
    } else if (event.key === "ArrowUp" && !this.text) {
      const own = this.group.talk.all.findLast((said) => said.sender.id === page.user?.id && !said.deleted);
      if (own) {
        event.preventDefault();
        this.edit(own);
      }
    }
  }

  private keyInNames(event: KeyboardEvent): boolean {
    const name = this.names[this.chosen];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.chosen = (this.chosen + step + this.names.length) % this.names.length;
    else if ((event.key === "Enter" || event.key === "Tab") && name) this.complete(name.username);
    else if (event.key === "Escape") this.names = [];
    else return false;
    event.preventDefault();
    this.requestUpdate();
    return true;
  }

  private cancel(): void {
    if (this.editing) this.text = "";
    this.editing = null;
    this.replyTo = null;
    this.keep();
    this.requestUpdate();
  }

  private send(): void {
    const text = this.text.trim();
    if (this.editing) {
      void this.save(this.editing, text);
      return;
    }
    if (this.uploading > 0 || (!text && this.files.length === 0)) return;
    this.typing.stop();
    live.outbox.add("message:send", {
      roomId: this.roomId,
      text,
      replyToId: this.replyTo?.id ?? null,
      attachments: this.files.map(({ id }) => id),
    });
    this.text = "";
    this.files = [];
    this.replyTo = null;
    this.names = [];
    this.keep();
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent("lv-said", { bubbles: true }));
  }

  private async save(message: Said, text: string): Promise<void> {
    this.cancel();
    if (text === message.text) return;
    try {
      await live.command("message:edit", { messageId: message.id, text });
    } catch (error) {
      // Nothing that was typed is lost to a refusal.
      this.edit(message);
      this.text = text;
      this.requestUpdate();
      toastError(error);
    }
  }

  private async attach(chosen: Iterable<File>): Promise<void> {
    for (const file of chosen) {
      this.uploading += 1;
      this.requestUpdate();
      try {
        this.files = [...this.files, await upload(this.roomId, file)];
      } catch (error) {
        if (error instanceof CommandError) toast({ text: `${file.name}: ${error.message}`, error: true });
        else toastError(error);
      }
      this.uploading -= 1;
      this.requestUpdate();
    }
  }

  protected override render(): TemplateResult {
    const { room } = this.group.state.value;
    const waits = room.slowSeconds > 0 && !this.group.moderates;
    return html`${this.about()} ${this.fileChips()} ${this.nameList()}
      <form class="room__composer" @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        this.send();
      }}>
        <label class="button button--icon button--quiet room__attach" title="Attach files">${icon("paperclip")}<span class="visually-hidden">Attach files</span>
          <input type="file" multiple class="visually-hidden" @change=${(event: Event) => {
            const input = event.target as HTMLInputElement;
            void this.attach([...(input.files ?? [])]).then(() => (input.value = ""));
          }} /></label>
        <label class="visually-hidden" for="message-text">Your message</label>
        <textarea id="message-text" rows="1" maxlength="4000" dir="auto" placeholder=${waits ? `Say something, every ${room.slowSeconds} seconds` : "Say something"}
          aria-controls=${this.names.length > 0 ? "names" : nothing} aria-activedescendant=${this.names.length > 0 ? `name-${this.chosen}` : nothing}
          .value=${asItIs(this.text)} @input=${() => this.typed()} @keydown=${(event: KeyboardEvent) => this.key(event)}
          @blur=${() => this.set([])} @paste=${(event: ClipboardEvent) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (files.length === 0) return;
            event.preventDefault();
            void this.attach(files);
          }}></textarea>
        <button class="button button--primary button--icon" aria-label=${this.editing ? "Save" : "Send"}>${icon(this.editing ? "check" : "send")}</button>
      </form>`;
  }

  private set(names: typeof this.names): void {
    this.names = names;
    this.requestUpdate();
  }

  private about(): TemplateResult | typeof nothing {
    const about = this.editing ?? this.replyTo;
    if (!about) return nothing;
    const lead = this.editing ? "Changing what you said" : `Answering ${about.sender.displayName}`;
    return html`<p class="room__about">${icon(this.editing ? "pencil" : "reply")}<span class="room__about-text"><b>${lead}</b> <bdi>${this.editing ? "" : about.text}</bdi></span>
      <button type="button" class="button button--icon button--quiet button--small" aria-label="Cancel" @click=${() => this.cancel()}>${icon("x")}</button></p>`;
  }

  private fileChips(): TemplateResult | typeof nothing {
    if (this.files.length + this.uploading === 0) return nothing;
    return html`<ul class="room__files" aria-label="Files to send">
      ${this.files.map(
        (file) =>
          html`<li class="badge">${icon("file")}${file.name}<button type="button" class="link-button" aria-label="Leave out ${file.name}" @click=${() => {
            this.files = this.files.filter((other) => other !== file);
            this.requestUpdate();
          }}>${icon("x")}</button></li>`,
      )}
      ${this.uploading > 0 ? html`<li class="badge badge--waiting" role="status">Uploading…</li>` : nothing}
    </ul>`;
  }

  private nameList(): TemplateResult | typeof nothing {
    if (this.names.length === 0) return nothing;
    return html`<ul class="room__names" id="names" role="listbox" aria-label="People to name">
      ${repeat(
        this.names,
        ({ userId }) => userId,
        (person, index) =>
          html`<li id="name-${index}" role="option" aria-selected=${index === this.chosen} @pointerdown=${(
            event: Event,
          ) => {
            event.preventDefault();
            this.complete(person.username);
          }}>${face(person.userId, person.displayName)}<bdi>${person.displayName}</bdi> <span class="meta">@${person.username}</span></li>`,
      )}
    </ul>`;
  }
}

/** Uploads one file to a group; it belongs to a message once that is sent. */
async function upload(roomId: number, file: File): Promise<AttachmentContent> {
  const body = new FormData();
  body.append("file", file);
  const answer = await fetch(`/api/v1/groups/${roomId}/attachments/`, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": page.csrf },
    body,
  });
  const data = (await answer.json().catch(() => null)) as { error?: { code: string; message: string } } | null;
  if (answer.ok) return data as unknown as AttachmentContent;
  const { code = "VALIDATION", message = "That file was not taken." } = data?.error ?? {};
  throw new CommandError({ code, message, retryable: false });
}

define("lv-room-composer", Composer);

export type { Composer };
