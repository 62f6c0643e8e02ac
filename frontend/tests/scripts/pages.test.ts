import { expect, it } from "vitest";
import { pages } from "../../scripts/pages.js";

const weigh = (file: string) => Number(file.split("-")[1]);

it("counts what every page may load together, and the studio only where it is loaded", () => {
  const manifest = {
    "src/main.ts": {
      file: "main-60",
      imports: ["_lit"],
      dynamicImports: ["src/a.ts", "src/b.ts", "src/studio/element.ts"],
    },
    _lit: { file: "lit-10" },
    "src/a.ts": { file: "a-5", imports: ["_lit", "src/main.ts"] },
    "src/b.ts": { file: "b-7", imports: ["_lit"] },
    "src/studio/element.ts": { file: "studio-90", imports: ["_lit", "_yjs"], dynamicImports: ["src/studio/later.ts"] },
    "src/studio/later.ts": { file: "later-8" },
    _yjs: { file: "yjs-30" },
  };
  expect(pages(manifest, weigh)).toEqual([
    { page: "Any page", bytes: 82, limit: 120_000 },
    { page: "The studio", bytes: 210, limit: 220_000 },
  ]);
});

it("knows no studio where there is none, and counts what others share with it", () => {
  const manifest = {
    "src/main.ts": { file: "main-60", dynamicImports: ["src/a.ts"] },
    "src/a.ts": { file: "a-5", imports: ["_yjs"] },
    _yjs: { file: "yjs-30" },
  };
  expect(pages(manifest, weigh)).toEqual([{ page: "Any page", bytes: 95, limit: 120_000 }]);
});
