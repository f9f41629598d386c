import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { slim } from "../../build/slim.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

// The player as one module, for bundlers; tools/packages.mjs puts the rest of the package beside it.
export default defineConfig({
  root,
  publicDir: false,
  plugins: [slim(root)],
  build: {
    target: "es2022",
    outDir: "dist/npm",
    emptyOutDir: true,
    lib: {
      entry: fileURLToPath(new URL("player.ts", import.meta.url)),
      formats: ["es"],
      fileName: () => "player.js",
    },
  },
});
