/** A keyboard shortcut, as tinykeys writes it, and what it is called in the `?` sheet. */
export interface Shortcut {
  keys: string;
  label: string;
  run: () => void;
}

const brought: Shortcut[] = [];

/** Adds the shortcuts of a part of the page to those that `<lv-shortcuts>` knows; call it when the part comes alive. */
export function bringKeys(shortcuts: Shortcut[]): void {
  brought.push(...shortcuts);
  document.dispatchEvent(new CustomEvent("lv-keys"));
}

export function broughtKeys(): readonly Shortcut[] {
  return brought;
}
