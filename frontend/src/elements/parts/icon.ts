import { html, type TemplateResult } from "lit";
import type { IconName } from "../../icon-names";

const SPRITE = `${import.meta.env.BASE_URL}icons.svg`;

/** An icon of the sprite, as decoration; `loadIcons` brings the sprite into the page. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" aria-hidden="true"><use href="#icon-${name}"></use></svg>`;
}

/** Takes the sprite into the page, so that icons can still be drawn when the network has gone. */
export async function loadIcons(): Promise<void> {
  const answer = await fetch(SPRITE);
  const sprite = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  for (const symbol of sprite.children) symbol.id = `icon-${symbol.id}`;
  sprite.setAttribute("class", "visually-hidden");
  sprite.setAttribute("aria-hidden", "true");
  document.body.append(document.importNode(sprite, true));
}
