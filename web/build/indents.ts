/**
 * Vite plugin: templates lose their indentation in the built page, which a browser would drop
 * anyway and a slow line carries for nothing.
 */
import { join } from "node:path";
import type { Plugin } from "vite";

export const withoutIndents = (code: string): string => code.replaceAll(/\n[ \t]+/g, "\n");

export function indents(root: string): Plugin {
  return {
    name: "decodescope-indents",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      const path = id.split("?")[0]!;
      if (path.startsWith(join(root, "web/")) && path.endsWith(".ts")) return withoutIndents(code);
      return;
    },
  };
}
