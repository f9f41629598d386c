import { defineConfig } from "vite";

// Relative addresses everywhere: the built folder works from any path of any static server.
export default defineConfig({
  base: "./",
  publicDir: "web/public",
  worker: { format: "es" },
  build: { target: "es2022", outDir: "dist", emptyOutDir: true, sourcemap: false },
});
