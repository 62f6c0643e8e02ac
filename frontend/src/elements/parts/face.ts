import { html, type TemplateResult } from "lit";

const HUES = 8;

/** A person's picture, or their initials on their colour; the name is beside it or in the title. */
export function face(userId: number, name: string, avatar = ""): TemplateResult {
  if (avatar) return html`<img class="face" src=${avatar} alt="" width="32" height="32" loading="lazy" />`;
  return html`<span class="face face--hue-${userId % HUES}" title=${name} aria-hidden="true">${initials(name)}</span>`;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return (
    chosen
      .map((word) => [...(word ?? "")][0] ?? "")
      .join("")
      .toUpperCase() || "?"
  );
}
