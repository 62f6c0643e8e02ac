import type { Node } from "@tiptap/pm/model";

/** Scripts that are written without spaces, as the server knows them (`books.text`). */
const UNSPACED = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;
const SPOKEN = /[\p{L}\p{N}]/u;

/** Counts as the server does: what is between spaces, and each character of Han and kana by itself. */
export function countWords(text: string): number {
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  const rest = (unspaced ? text.replace(UNSPACED, " ") : text).match(/\S+/gu) ?? [];
  return unspaced ? unspaced + rest.filter((word) => SPOKEN.test(word)).length : rest.length;
}

/** Blocks do not change, they are replaced: what was counted once need not be counted at the next letter. */
const counted = new WeakMap<Node, number>();

export function wordsOf(document: Node): number {
  let words = 0;
  document.forEach((block) => {
    let own = counted.get(block);
    if (own === undefined) {
      own = countWords(block.textBetween(0, block.content.size, "\n", " "));
      counted.set(block, own);
    }
    words += own;
  });
  return words;
}
