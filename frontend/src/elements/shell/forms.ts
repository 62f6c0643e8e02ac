import { showInDialog } from "./page-dialog";

const MINUTE_MS = 60_000;

/** Small manners of forms and buttons that need no element of their own. */
export function mindForms(): void {
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element &&
      event.target.closest<HTMLElement>("[data-confirm], [data-opens], [data-in-dialog]");
    if (!button) return;
    if (button.dataset.confirm && !confirm(button.dataset.confirm)) event.preventDefault();
    if (button instanceof HTMLAnchorElement && button.dataset.inDialog !== undefined && opensHere(event)) {
      event.preventDefault();
      void showInDialog(button);
    }
    if (!button.dataset.opens) return;
    // A link is for those without scripts.
    event.preventDefault();
    document.querySelector<HTMLDialogElement>(`dialog#${button.dataset.opens}`)?.showModal();
  });
  for (const zone of document.querySelectorAll<HTMLInputElement>('input[name="zone"]')) onOwnClock(zone);
  // A form that is on its way is not sent again by a second click.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !(event.target instanceof HTMLFormElement)) return;
    const form = event.target;
    if (form.hasAttribute("data-sending")) event.preventDefault();
    form.setAttribute("data-sending", "");
    addEventListener("pageshow", () => form.removeAttribute("data-sending"), { once: true });
    setTimeout(() => form.removeAttribute("data-sending"), 5000);
  });
}

/** Whether a click on a link is not meant for another tab or window. */
function opensHere(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

/** Turns a form's times from UTC to the clock of the person who fills it in, and tells the server whose clock it is. */
function onOwnClock(zone: HTMLInputElement): void {
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of zone.form?.querySelectorAll<HTMLInputElement>('input[type="datetime-local"]') ?? []) {
    const utc = Date.parse(`${field.value}Z`);
    if (Number.isNaN(utc)) continue;
    const offset = new Date(utc).getTimezoneOffset() * MINUTE_MS;
    field.value = new Date(utc - offset).toISOString().slice(0, 16);
  }
  const name = zone.form?.querySelector("[data-zone-name]");
  if (name) name.textContent = `those of your clock (${zone.value.replaceAll("_", " ")})`;
}
