import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { methodTexts } from "../build/method-texts.ts";
import { slim } from "../build/slim.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

// One script that needs no other, and the pages of the methods beside it.
export default defineConfig({
  root,
  publicDir: false,
  plugins: [slim(root), methodTexts(root)],
  build: {
    target: "es2022",
    outDir: "dist/embed",
    emptyOutDir: true,
    minify: "terser",
    terserOptions: {
      ecma: 2020,
      compress: {
        passes: 2,
        unsafe_arrows: true,
        unsafe_methods: true,
        pure_getters: true,
        keep_fargs: false,
      },
      mangle: { toplevel: true },
    },
    lib: {
      entry: fileURLToPath(new URL("index.ts", import.meta.url)),
      formats: ["iife"],
      name: "Decodescope",
      fileName: () => "decodescope-player.js",
    },
  },
});
