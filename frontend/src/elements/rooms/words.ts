export type Part = { kind: "text" | "link" | "name"; text: string };

const MARKS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'’»])|(^|[\s(])@([\w.+-]*\w)/gu;

/** Splits what was said into words, addresses of the web and names of people. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKS)) {
    const [, link, lead = "", name] = match;
    const start = match.index + (link ? 0 : lead.length);
    if (start > end) found.push({ kind: "text", text: text.slice(end, start) });
    const marked = link ?? `@${name}`;
    found.push({ kind: link ? "link" : "name", text: marked });
    end = start + marked.length;
  }
  if (end < text.length) found.push({ kind: "text", text: text.slice(end) });
  return found;
}

/** Returns the name that is being typed at the caret after an "@", null when none is. */
export function nameBefore(text: string, caret: number): string | null {
  return /(?:^|[\s(])@([\w.+-]{0,30})$/u.exec(text.slice(0, caret))?.[1] ?? null;
}

/** Says a size in bytes as people read it. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
