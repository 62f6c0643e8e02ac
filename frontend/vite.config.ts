import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { ICONS } from "./src/icon-names.ts";

const require = createRequire(import.meta.url);

/** One sprite with the icons that the pages use, drawn by lucide, at /static/icons.svg. */
function iconSprite(): Plugin {
  const sprite = () => {
    const symbols = ICONS.map((name) => {
      const file = readFileSync(require.resolve(`lucide-static/icons/${name}.svg`), "utf8");
      const drawing = file.slice(file.indexOf(">", file.indexOf("<svg")) + 1, file.lastIndexOf("</svg>"));
      return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s+/g, " ").trim()}</symbol>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
  };
  return {
    name: "icon-sprite",
    configureServer(server) {
      server.middlewares.use("/static/icons.svg", (_request, response) => {
        response.setHeader("Content-Type", "image/svg+xml");
        response.end(sprite());
      });
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "icons.svg", source: sprite() });
    },
  };
}

export default defineConfig({
  base: "/static/",
  plugins: [iconSprite()],
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: "es2022",
    cssTarget: ["chrome123", "firefox125", "safari17.5"],
    // The content security policy knows no data: URLs for fonts.
    assetsInlineLimit: 0,
    rollupOptions: { input: "src/main.ts" },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
