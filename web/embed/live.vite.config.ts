import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, defineConfig, type Plugin, type Rolldown } from "vite";
import { assets } from "../build/assets.ts";
import { tokensRenamed } from "../build/short-tokens.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** The list of methods alone: models and recorded runs are the site's. */
const { name, resolveId, load } = assets(root);

/** Frames without an origin of their own take classic scripts only. */
const CLASSIC = {
  "embed/decodescope-frame.js": "frame/frame.ts",
  "embed/decodescope-embed-host.js": "frame/host.ts",
};

const frame: Plugin = {
  name: "decodescope-frame",
  async generateBundle() {
    for (const [fileName, path] of Object.entries(CLASSIC)) {
      const [built] = (await build({
        configFile: false,
        logLevel: "error",
        build: {
          target: "es2022",
          write: false,
          lib: { entry: at(path), formats: ["iife"], name: "decodescope" },
        },
      })) as Rolldown.RolldownOutput[];
      this.emitFile({ type: "asset", fileName, source: built!.output[0].code });
    }
    for (const [fileName, path] of [
      ["embed.html", "frame/embed.html"],
      ["embed/decodescope-frame.css", "frame/frame.css"],
      ["embed/fonts/LICENSE.txt", "../export/fonts/LICENSE.txt"],
    ] as const)
      this.emitFile({ type: "asset", fileName, source: readFileSync(at(path)) });
  },
};

// What lies beside the player: modules that are fetched on demand, and the page for frames.
export default defineConfig({
  root,
  base: "./",
  publicDir: false,
  plugins: [{ name, resolveId, load }, tokensRenamed(root), frame],
  worker: {
    format: "es",
    rolldownOptions: { output: { entryFileNames: "embed/decodescope-worker.js" } },
  },
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: {
        "decodescope-live": at("live/index.ts"),
        "decodescope-cost": at("../cost/panel/panel.ts"),
        "decodescope-export": at("exporters.ts"),
      },
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: "embed/[name].js",
        chunkFileNames: "embed/parts/[name]-[hash].js",
        // What pictures are set in.
        assetFileNames: "embed/fonts/[name][extname]",
      },
    },
  },
});
