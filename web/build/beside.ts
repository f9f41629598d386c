/** Vite plugin: builds what the embedded player loads on demand, as modules beside its script. */
import { join } from "node:path";
import { build, type Plugin } from "vite";
import { indents } from "./indents.ts";

export function beside(root: string): Plugin {
  return {
    name: "decodescope-beside",
    apply: "build",
    async closeBundle() {
      await build({
        root,
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        plugins: [indents(root)],
        build: {
          target: "es2022",
          outDir: "dist/embed",
          emptyOutDir: false,
          minify: true,
          lib: {
            entry: { cost: join(root, "web/cost/panel/panel.ts") },
            formats: ["es"],
            fileName: (_, name) => `${name}.js`,
          },
        },
      });
    },
  };
}
