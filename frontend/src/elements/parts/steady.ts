/** Nothing moves under the reader's eye: whether something may come into the page where it belongs. */

/** Says whether any part of an element is on the screen. */
export function isInView(element: Element): boolean {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && bottom > 0 && top < innerHeight && document.visibilityState === "visible";
}

/**
 * Says whether putting something before `next` moves nothing that can be seen: it is at the end (`next` null), below
 * the screen, or above it, where the browser keeps the view in place.
 */
export function mayInsertBefore(next: Element | null): boolean {
  return next === null || !isInView(next);
}
