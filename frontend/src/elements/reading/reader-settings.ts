import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import { icon } from "../parts/icon";
import { define, LiveElement } from "../parts/live-element";
import { CHOICES, type Choice, choose, chosen, reset } from "./appearance";

const THEMES = [
  ["", "Device", "system"],
  ["paper", "Paper", "paper"],
  ["sepia", "Sepia", "sepia"],
  ["night", "Night", "night"],
  ["black", "Black", "black"],
] as const;

const GROUPS: [Choice, string, [string, string][]][] = [
  [
    "font",
    "Typeface",
    [
      ["literata", "Literata"],
      ["sans", "Sans"],
      ["system", "System"],
    ],
  ],
  [
    "measure",
    "Width of lines",
    [
      ["narrow", "Narrow"],
      ["medium", "Medium"],
      ["wide", "Wide"],
    ],
  ],
  [
    "leading",
    "Space between lines",
    [
      ["tight", "Tight"],
      ["normal", "Normal"],
      ["loose", "Loose"],
    ],
  ],
  [
    "paragraphs",
    "Paragraphs",
    [
      ["indented", "Indented"],
      ["spaced", "Spaced"],
    ],
  ],
];

/** `<lv-reader-settings>`: the `Aa` button and its sheet; what is chosen holds at once, and on every page after. */
class ReaderSettings extends LiveElement {
  private dialog: HTMLDialogElement | undefined;

  protected override begin(): void {
    this.replaceChildren();
  }

  private pick(choice: Choice, value: string): void {
    choose(choice, value);
    this.requestUpdate();
  }

  protected override render() {
    return html`<button type="button" class="button button--quiet button--icon" aria-haspopup="dialog" aria-label="Text and colours" data-key="a" data-key-label="Text and colours" @click=${() => this.dialog?.showModal()}><span class="aa" aria-hidden="true">Aa</span></button>
      <dialog class="sheet" aria-labelledby="look-title" ${ref((element) => {
        this.dialog = element as HTMLDialogElement | undefined;
      })} @click=${(event: MouseEvent) => event.target === this.dialog && this.dialog?.close()}>
        <header class="sheet__head">
          <h2 class="sheet__title" id="look-title">Text and colours</h2>
          <button type="button" class="button button--icon button--quiet" aria-label="Close" @click=${() => this.dialog?.close()}>${icon("x")}</button>
        </header>
        <form class="sheet__body look" @submit=${(event: Event) => event.preventDefault()}>
          ${this.themes()} ${this.size()} ${GROUPS.map((group) => this.group(...group))}
          <button type="button" class="button button--quiet" @click=${() => this.restore()}>As it was at first</button>
        </form>
      </dialog>`;
  }

  private restore(): void {
    reset();
    this.requestUpdate();
  }

  private themes() {
    const now = chosen("theme");
    return html`<fieldset>
      <legend>Colours</legend>
      <div class="look__themes">
        ${THEMES.map(
          ([value, label, swatch]) => html`<label class="look__theme">
            <input type="radio" name="theme" value=${value} .checked=${now === value} @change=${() => this.pick("theme", value)} />
            <span class="look__swatch look__swatch--${swatch}" aria-hidden="true">Aa</span>${label}
          </label>`,
        )}
      </div>
    </fieldset>`;
  }

  private size() {
    const sizes = CHOICES.size;
    const now = (sizes as readonly string[]).indexOf(chosen("size"));
    return html`<fieldset>
      <legend>Size</legend>
      <label class="look__size"><span class="small" aria-hidden="true">A</span>
        <input type="range" aria-label="Size of the text" min="0" max=${sizes.length - 1} .value=${String(now)} aria-valuetext="${chosen("size")} pixels"
          @input=${(event: Event) => this.pick("size", sizes[Number((event.target as HTMLInputElement).value)] ?? "19")} />
        <span class="large" aria-hidden="true">A</span></label>
    </fieldset>`;
  }

  private group(choice: Choice, label: string, options: [string, string][]) {
    const now = chosen(choice);
    return html`<fieldset>
      <legend>${label}</legend>
      <div class="segments">
        ${options.map(
          ([value, name]) =>
            html`<label><input type="radio" name=${choice} value=${value} .checked=${now === value} @change=${() => this.pick(choice, value)} />${name}</label>`,
        )}
      </div>
    </fieldset>`;
  }
}

define("lv-reader-settings", ReaderSettings);
