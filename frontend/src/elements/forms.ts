/** Small manners of forms and buttons that need no element of their own. */
export function mindForms(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest<HTMLElement>("[data-confirm], [data-opens]");
    if (!button) return;
    if (button.dataset.confirm && !confirm(button.dataset.confirm)) event.preventDefault();
    if (button.dataset.opens) document.querySelector<HTMLDialogElement>(`dialog#${button.dataset.opens}`)?.showModal();
  });
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
