import { IndexeddbPersistence } from "y-indexeddb";
import type * as Y from "yjs";

/** Which document a copy is of. A client of another epoch would double everything, one of another schema delete. */
export interface DocumentName {
  epoch: string;
  schema: number;
}

/** The copy of one document on this device. */
export interface LocalCopy {
  /** What changes of the document come from, when they come from here. */
  readonly origin: unknown;
  /** Something in it was not saved when the page that wrote it was left. */
  readonly wasUnsaved: boolean;
  /** Says whether something is not saved. */
  mark(unsaved: boolean): void;
  clear(): Promise<void>;
  close(): void;
}

/** The copies of one chapter's draft that one person has on this device. */
export interface LocalCopies {
  /** The document that was last open here. */
  recall(): DocumentName | null;
  remember(name: DocumentName | null): void;
  /** Reads the copy into `doc` and keeps it from there on; null where this device keeps nothing. */
  open(name: DocumentName, doc: Y.Doc): Promise<LocalCopy | null>;
}

/** A browser that asks its person first, or is short of space, is not waited for. */
const PATIENCE_MS = 3000;

export function deviceCopies(userId: number, chapterId: number, storage: Storage = localStorage): LocalCopies {
  const key = `livrya.studio.${userId}.${chapterId}`;
  return {
    recall: () => read(storage, key) as DocumentName | null,
    remember: (name) => write(storage, key, name && JSON.stringify(name)),
    open: async ({ epoch, schema }, doc) => {
      const name = `${key}.${epoch}.${schema}`;
      if (!(await isUsable())) return null;
      const stored = new IndexeddbPersistence(name, doc);
      const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
      if (!(await Promise.race([stored.whenSynced, late]))) {
        void stored.destroy();
        return null;
      }
      return deviceCopy(stored, `${name}.unsaved.`, doc, storage);
    },
  };
}

function deviceCopy(stored: IndexeddbPersistence, prefix: string, doc: Y.Doc, storage: Storage): LocalCopy {
  // Every page has a mark of its own: what another one still has to send is not taken for saved.
  const found = Object.keys(storage).filter((key) => key.startsWith(prefix));
  const own = `${prefix}${doc.clientID}`;
  let marked = false;
  return {
    origin: stored,
    get wasUnsaved() {
      return found.length > 0;
    },
    mark(unsaved) {
      if (!unsaved) for (const key of found.splice(0)) write(storage, key, null);
      if (unsaved === marked) return;
      marked = unsaved;
      write(storage, own, unsaved ? "1" : null);
    },
    clear: () => {
      for (const key of [...found, own]) write(storage, key, null);
      return stored.clearData();
    },
    close: () => void stored.destroy(),
  };
}

/** Private windows and policies forbid databases in ways that only trying shows. */
function isUsable(): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), PATIENCE_MS);
    try {
      const asked = indexedDB.open("livrya.studio");
      asked.onerror = () => resolve(false);
      asked.onsuccess = () => {
        asked.result.close();
        resolve(true);
      };
    } catch {
      resolve(false);
    }
  });
}

function read(storage: Storage, key: string): unknown {
  try {
    return JSON.parse(storage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function write(storage: Storage, key: string, value: string | null): void {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, value);
  } catch {
    // Storage is full or forbidden: then everything is asked of the server.
  }
}
