import { html, render } from "lit";
import { icon } from "../parts/icon";

/**
 * Shows what a link leads to (the `data-part` of that page) in a dialog over this one. Its forms are sent as on the page
 * itself, and lead back here. Where there is no such part, or no connection, the link is followed.
 */
export async function showInDialog(link: HTMLAnchorElement): Promise<void> {
  const part = await partOf(link.href);
  if (!part) {
    location.assign(link.href);
    return;
  }
  // A second click while the page was on its way.
  if (document.querySelector("dialog[open]")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.setAttribute("aria-labelledby", "page-dialog-title");
  const title = link.dataset.keyLabel ?? link.textContent.trim();
  render(
    html`<header class="sheet__head">
        <h2 class="sheet__title" id="page-dialog-title">${title}</h2>
        <button type="button" class="button button--icon button--quiet" aria-label="Close" @click=${() => dialog.close()}>${icon("x")}</button>
      </header>
      <div class="sheet__body">${part}</div>`,
    dialog,
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

async function partOf(url: string): Promise<Element | null> {
  try {
    const answer = await fetch(url);
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part]");
  } catch {
    return null;
  }
}
