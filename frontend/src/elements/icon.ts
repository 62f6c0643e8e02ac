import { html, type TemplateResult } from "lit";
import type { IconName } from "../icon-names";

const SPRITE = `${import.meta.env.BASE_URL}icons.svg`;

/** An icon of the sprite, as decoration. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" aria-hidden="true"><use href="${SPRITE}#${name}"></use></svg>`;
}
