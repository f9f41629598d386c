import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { languages } from "../build/languages.ts";
import { methodTexts } from "../build/method-texts.ts";
import { slim } from "../build/slim.ts";
import { squeeze } from "../build/squeeze.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A byte order mark: pages that name no encoding would read our signs as others. */
const marked: Plugin = {
  name: "decodescope-marked",
  enforce: "post",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === "chunk") file.code = `\ufeff${file.code}`;
  },
};

// One script that needs no other, and the pages of the methods beside it.
export default defineConfig({
  root,
  publicDir: false,
  plugins: [slim(root), methodTexts(root), languages(root), squeeze(), marked],
  build: {
    target: "es2022",
    outDir: "dist/embed",
    emptyOutDir: true,
    minify: "terser",
    terserOptions: {
      ecma: 2020,
      compress: {
        passes: 2,
        inline: 1,
        unsafe: true,
        unsafe_arrows: true,
        unsafe_methods: true,
        pure_getters: true,
        keep_fargs: false,
      },
      // The second minifier names things.
      mangle: false,
    },
    lib: {
      entry: fileURLToPath(new URL("index.ts", import.meta.url)),
      formats: ["iife"],
      name: "Decodescope",
      fileName: () => "decodescope-player.js",
    },
  },
});
