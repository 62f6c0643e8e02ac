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

const PREFIX = "livrya.studio.";

export function deviceCopies(userId: number, chapterId: number, storage: Storage = localStorage): LocalCopies {
  const key = `${PREFIX}${userId}.${chapterId}`;
  return {
    recall: () => read(storage, key) as DocumentName | null,
    remember: (name) => write(storage, key, name && JSON.stringify(name)),
    open: async ({ epoch, schema }, doc) => {
      const name = `${key}.${epoch}.${schema}`;
      if (!(await isUsable())) return null;
      const release = await occupy(name);
      void forgetSaved(storage);
      const stored = new IndexeddbPersistence(name, doc);
      const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
      if (!(await Promise.race([stored.whenSynced, late]))) {
        void stored.destroy();
        release();
        return null;
      }
      return deviceCopy(stored, `${name}.unsaved.`, doc, storage, release);
    },
  };
}

function deviceCopy(
  stored: IndexeddbPersistence,
  prefix: string,
  doc: Y.Doc,
  storage: Storage,
  release: () => void,
): LocalCopy {
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
      release();
      return stored.clearData();
    },
    close: () => {
      void stored.destroy();
      release();
    },
  };
}

/** Says to other pages of this device that a copy is in use; a page that ends lets go by itself. */
async function occupy(name: string): Promise<() => void> {
  let release: () => void = () => undefined;
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return release;
  await new Promise<void>((resolve) => {
    const held = new Promise<void>((letGo) => {
      release = letGo;
    });
    void locks.request(name, { mode: "shared" }, () => {
      resolve();
      return held;
    });
  });
  return release;
}

/**
 * Takes away the copies that no page has open and in which everything is saved, whoever they are of: what somebody may
 * not see any more shall not lie about here.
 */
export async function forgetSaved(storage: Storage = localStorage): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks || !indexedDB.databases) return;
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith(PREFIX) || Object.keys(storage).some((key) => key.startsWith(`${name}.unsaved.`))) continue;
    await locks.request(name, { ifAvailable: true }, (lock) => (lock ? remove(name) : undefined));
  }
}

function remove(name: string): Promise<void> {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = () => resolve();
    asked.onerror = () => resolve();
    // Somebody has it open without having said so: it goes when they do.
    asked.onblocked = () => resolve();
  });
}

/** Private windows and policies forbid databases in ways that only trying shows. */
function isUsable(): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), PATIENCE_MS);
    try {
      const asked = indexedDB.open("livrya.probe");
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
