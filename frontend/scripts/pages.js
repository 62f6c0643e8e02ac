/**
 * What a page can load: the entry with everything that it imports, and the elements of which it may have some. All
 * pages but the studio's may have all of them, so they count together; the studio's chunk counts where it is loaded.
 */

const ENTRY = "src/main.ts";
const STUDIO = "src/studio/element.ts";
const ANY_PAGE = 120_000;
const STUDIO_PAGE = 220_000;

/**
 * @typedef {{ file: string, imports?: string[], dynamicImports?: string[] }} Chunk
 * @typedef {{ page: string, bytes: number, limit: number }} Page
 */

/**
 * Returns every kind of page with what it loads at the most.
 * @param {Record<string, Chunk>} manifest as Vite writes it
 * @param {(file: string) => number} weigh the gzipped size of a file, bytes
 * @returns {Page[]}
 */
export function pages(manifest, weigh) {
  const sum = (/** @type {Set<string>} */ files) => [...files].reduce((bytes, file) => bytes + weigh(file), 0);
  const anyPage = collect(manifest, ENTRY, new Set([STUDIO]));
  const found = [{ page: "Any page", bytes: sum(anyPage), limit: ANY_PAGE }];
  if (!(STUDIO in manifest)) return found;
  const studio = collect(manifest, ENTRY, new Set());
  return [...found, { page: "The studio", bytes: sum(studio), limit: STUDIO_PAGE }];
}

/**
 * Returns the files of a chunk and of all that it imports, now or later, without the chunks `apart`.
 * @param {Record<string, Chunk>} manifest
 * @param {string} name
 * @param {Set<string>} apart
 * @param {Set<string>} files
 * @returns {Set<string>}
 */
function collect(manifest, name, apart, files = new Set()) {
  const chunk = manifest[name];
  if (!chunk || apart.has(name) || files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) collect(manifest, next, apart, files);
  return files;
}
