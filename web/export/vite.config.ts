import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

// One file with the figure and its exporters, for `decodescope-render`.
export default defineConfig({
  root: here,
  build: {
    target: "es2022",
    // `light-dark()` as it stands: rewritten, it needs a style sheet of the page around the figure.
    cssTarget: "chrome123",
    outDir: "../../dist/export",
    emptyOutDir: true,
    lib: {
      entry: "harness.ts",
      formats: ["iife"],
      name: "decodescopeRender",
      fileName: () => "render.js",
    },
  },
});
