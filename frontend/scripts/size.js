// Fails when a page could load more JavaScript than it may. Says for each kind of page what it loads at the most.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { pages } from "./pages.js";

const manifest = JSON.parse(readFileSync("dist/manifest.json", "utf8"));
const weigh = (/** @type {string} */ file) => gzipSync(readFileSync(`dist/${file}`)).length;
const heavy = pages(manifest, weigh);
for (const { page, bytes, limit } of heavy) {
  process.stdout.write(`${page}: ${(bytes / 1000).toFixed(1)} kB of gzipped JavaScript, at most ${limit / 1000}.\n`);
}
process.exit(heavy.some(({ bytes, limit }) => bytes > limit) ? 1 : 0);
