/** Vite plugin: writes `methods/ID.json`, the page of each method as the embedded player shows it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { pageRenderer } from "../app/page-renderer.ts";

export function methodTexts(root: string): Plugin {
  return {
    name: "decodescope-method-texts",
    generateBundle() {
      const path = join(root, "web/generated/methods.json");
      const methods = JSON.parse(readFileSync(path, "utf8")) as {
        id: string;
        title: string;
        page: string;
      }[];
      const render = pageRenderer("mathml");
      for (const { id, title, page } of methods) {
        const pseudo = /^```pseudo\n[\s\S]*?^```$/m.exec(page)?.[0] ?? "";
        // Style attributes are refused by strict content security policies.
        const html = render(page).replaceAll(/ style="[^"]*"/g, "");
        const source = JSON.stringify({ title, page: pseudo, html });
        this.emitFile({ type: "asset", fileName: `methods/${id}.json`, source });
      }
    },
  };
}
