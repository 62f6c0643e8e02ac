import { html, nothing, type TemplateResult } from "lit";
import type { MessageShown } from "../../realtime/contracts.gen";
import { live } from "../../realtime/page";
import { icon } from "../parts/icon";
import { ago } from "../parts/times";
import { toastError } from "../parts/toasts";

/** Finding what was said: a sheet with the messages that have all the words. */
export class RoomSearch {
  private found: MessageShown[] | null = null;
  private cursor: string | null = null;
  private query = "";

  constructor(
    private readonly roomId: number,
    private readonly show: (number: number) => void,
    private readonly changed: () => void,
  ) {}

  private get dialog(): HTMLDialogElement | null {
    return document.querySelector("dialog.room-search");
  }

  open(): void {
    this.dialog?.showModal();
  }

  private async ask(more: boolean): Promise<void> {
    try {
      const cursor = more ? this.cursor : null;
      const answer = await live.command("message:search", { query: this.query, roomId: this.roomId, cursor });
      this.found = more ? [...(this.found ?? []), ...answer.messages] : answer.messages;
      this.cursor = answer.cursor;
      this.changed();
    } catch (error) {
      toastError(error);
    }
  }

  render(): TemplateResult {
    const close = () => this.dialog?.close();
    return html`<dialog class="sheet room-search" aria-labelledby="search-title" @click=${(event: MouseEvent) => event.target === event.currentTarget && close()}>
      <header class="sheet__head"><h2 class="sheet__title" id="search-title">Find in this room</h2>
        <button type="button" class="button button--icon button--quiet" aria-label="Close" @click=${close}>${icon("x")}</button></header>
      <form class="sheet__body row" role="search" @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const field = (event.target as HTMLFormElement).elements.namedItem("query") as HTMLInputElement;
        this.query = field.value.trim();
        if (this.query) void this.ask(false);
      }}><input type="search" name="query" aria-label="Words" placeholder="Words" required maxlength="200" /><button class="button">Find</button></form>
      ${this.found?.length === 0 ? html`<p class="sheet__body meta" role="status">Nobody has said that here.</p>` : nothing}
      <ul class="notices">${(this.found ?? []).map(
        (message) =>
          html`<li class="notice"><span></span><a class="notice__link" href="#message-${message.number}" @click=${(
            event: MouseEvent,
          ) => {
            event.preventDefault();
            close();
            this.show(message.number);
          }}><b>${message.sender.displayName}</b> <span dir="auto">${message.text}</span></a><span class="notice__time">${ago(message.createdAt)}</span></li>`,
      )}</ul>
      ${this.cursor === null ? nothing : html`<p class="sheet__foot"><button type="button" class="button" @click=${() => void this.ask(true)}>More</button></p>`}
    </dialog>`;
  }
}
