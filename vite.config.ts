import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { assets } from "./web/build/assets.ts";
import { indents } from "./web/build/indents.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

// Relative addresses everywhere: the built folder works from any path of any static server.
export default defineConfig({
  base: "./",
  publicDir: "web/public",
  plugins: [assets(root), indents(root)],
  worker: { format: "es" },
  // No data addresses: strict pages refuse fonts that are not files.
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    // Every browser that runs the page knows preloading of modules.
    modulePreload: { polyfill: false },
  },
  // Whole figures are drawn in some tests: a busy machine takes its time over them.
  test: { include: ["web/**/*.test.ts", "tests/import/*.test.ts"], testTimeout: 30_000 },
});
