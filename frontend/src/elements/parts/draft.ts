interface Kept {
  values: Record<string, string>;
  version: number;
  at: number;
}

/** What is being written in one place, kept on this device until the server has it. */
export class Draft {
  private readonly key: string;

  constructor(
    place: string,
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> = localStorage,
  ) {
    this.key = `livrya.draft.${place}`;
  }

  keep(values: Record<string, string>, version: number): void {
    try {
      this.storage.setItem(this.key, JSON.stringify({ values, version, at: Date.now() } satisfies Kept));
    } catch {
      // Storage is full or forbidden: leaving the page asks first while something is unsaved.
    }
  }

  read(): Kept | null {
    try {
      return JSON.parse(this.storage.getItem(this.key) ?? "null") as Kept | null;
    } catch {
      return null;
    }
  }

  forget(): void {
    this.storage.removeItem(this.key);
  }
}
