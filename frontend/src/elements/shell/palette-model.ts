export type Kind = "page" | "book" | "chapter";

/** A place to go: its name, what is beside it ("": its kind), its address. */
export interface Entry {
  kind: Kind;
  label: string;
  hint: string;
  url: string;
}

/** Returns the entries of which words begin as the query's do, those that begin with it first; all for an empty one. */
export function matching(entries: readonly Entry[], query: string): Entry[] {
  const asked = fold(query.trim());
  const words = asked.split(/\s+/).filter(Boolean);
  const found = entries.filter(({ label, hint }) => words.every((word) => has(fold(`${label} ${hint}`), word)));
  if (!asked) return found;
  const begins = ({ label }: Entry) => Number(!fold(label).startsWith(asked));
  return found.sort((a, b) => begins(a) - begins(b));
}

/** Chinese and Japanese set no spaces: there, a word is found wherever it is. */
function has(text: string, word: string): boolean {
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) return text.includes(word);
  return text.split(/[^\p{L}\p{N}]+/u).some((one) => one.startsWith(word));
}

/** Letters without their accents and case: who types "pere" means "Père". */
function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}
