import { LitElement } from "lit";

/**
 * Base of the elements: in the light DOM, under the page's one stylesheet, and letting go of everything that it
 * holds (listeners, rooms, timers) when it leaves the page.
 */
export abstract class LiveElement extends LitElement {
  private held: (() => void)[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const release of this.held.splice(0)) release();
  }

  /** Reads the server's markup and starts listening; `until` keeps what must be released. */
  protected abstract begin(): void;

  protected until(...releases: (() => void)[]): void {
    this.held.push(...releases);
  }

  /** Listens to a DOM event for as long as the element is on the page. */
  protected listen<K extends keyof GlobalEventHandlersEventMap>(
    target: EventTarget,
    type: K | (string & {}),
    handle: (event: GlobalEventHandlersEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ): void {
    const listener = handle as EventListener;
    target.addEventListener(type, listener, options);
    this.until(() => target.removeEventListener(type, listener, options));
  }

  /** Reads a number from an attribute; NaN when there is none. */
  protected number(name: string): number {
    return Number.parseFloat(this.getAttribute(name) ?? "");
  }
}

/** Registers an element unless that was done already. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
