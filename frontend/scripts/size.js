// Fails when a page could load more JavaScript than it may: the entry with everything that it imports, now or later.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 120_000;
const manifest = JSON.parse(readFileSync("dist/manifest.json", "utf8"));

/** @param {string} name @param {Set<string>} found */
function collect(name, found) {
  const chunk = manifest[name];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) collect(next, found);
  return found;
}

const files = [...collect("src/main.ts", new Set())];
const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`)).length, 0);
process.stdout.write(
  `${(size / 1000).toFixed(1)} kB of gzipped JavaScript on all pages together, at most ${LIMIT / 1000}.\n`,
);
process.exit(size > LIMIT ? 1 : 0);
