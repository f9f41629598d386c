/** Vite plugin: writes `lang/TAG.json`, the words of each language, beside the embedded player. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { LANGUAGES } from "../language/languages.ts";

export function languages(root: string): Plugin {
  return {
    name: "decodescope-languages",
    generateBundle() {
      for (const tag of LANGUAGES) {
        const words: unknown = JSON.parse(
          readFileSync(join(root, `web/language/${tag}.json`), "utf8"),
        );
        this.emitFile({
          type: "asset",
          fileName: `lang/${tag}.json`,
          source: JSON.stringify(words),
        });
      }
    },
  };
}
