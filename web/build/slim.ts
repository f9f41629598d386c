/**
 * Vite plugin for the one file of the embed: what a slow line need not carry. All styles become one
 * sheet, minified as a whole; templates lose white space; the schema loses what only people
 * read; Lit gives way to templates of the embed's own (embed/lit.ts).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "lightningcss";
import { createServer, type Plugin } from "vite";
import { nested } from "./nested.ts";
import { schemaCode } from "./schema-code.ts";
import { shortClasses } from "./short-classes.ts";
import { shortTokens } from "./short-tokens.ts";
import { tightTemplates } from "./tight-templates.ts";

/** Not named JSON, as it is code here. */
const SCHEMA = "\0decodescope-schema";

export function slim(root: string): Plugin {
  const styles = join(root, "web/embed/embed-styles.ts");
  const tokens = shortTokens(root);
  const classes = shortClasses(root);
  const rename = (text: string) => classes(tokens(text));
  return {
    name: "decodescope-slim",
    enforce: "pre",
    config: () => ({
      resolve: {
        alias: [
          { find: /^lit$/, replacement: join(root, "web/embed/lit.ts") },
          { find: /^lit\/directive.*$/, replacement: join(root, "web/embed/templates.ts") },
        ],
      },
    }),
    resolveId: (id) => (id.endsWith("/trace-schema.ts") ? SCHEMA : undefined),
    load(id) {
      if (id !== SCHEMA) return;
      const path = join(root, "web/generated/trace.schema.json");
      this.addWatchFile(path);
      return schemaCode(JSON.parse(readFileSync(path, "utf8")));
    },
    async transform(code, id) {
      const path = id.split("?")[0]!;
      if (path === styles) {
        const sheet = JSON.stringify(nested(rename(await wholeSheet(root))));
        return `export const embedStyles = [${sheet}];`;
      }
      if (path.endsWith("/components/all-styles.ts"))
        return `export { embedStyles as allStyles } from "../embed/embed-styles.ts";`;
      if (!path.startsWith(join(root, "web/")) || !path.endsWith(".ts")) return;
      // The panel of costs is a module of its own, for those who open it.
      if (path.endsWith("/views/cost.ts"))
        code =
          `import { beside } from "../embed/method-text.ts";\n` +
          code.replace(/\bimport\("[^"]*panel\.ts"\)/, `beside("decodescope-cost.js")`);
      const bare = code.replaceAll(/\bcss`[^`]*`/g, "undefined");
      // The one sheet holds them.
      const unstyled = bare.replace(/\n {2}styles: (?:undefined|\[[^\]]*\]),(?=\n)/, "");
      return tightTemplates(rename(unstyled));
    },
  };
}

/**
 * Hosts set the size of `rem` for themselves (mdBook: 10 pixels): a figure in their pages must not
 * shrink with it.
 */
const inPixels = (css: string): string =>
  css.replaceAll(/(\d*\.?\d+)rem\b/g, (_, rem: string) => `${Number(rem) * 16}px`);

/** All styles of the embed, as one minified sheet. */
async function wholeSheet(root: string): Promise<string> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    appType: "custom",
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, watch: null, ws: false },
  });
  try {
    const { embedStyles } = (await server.ssrLoadModule("/web/embed/embed-styles.ts")) as {
      embedStyles: unknown[];
    };
    const all = new Set(embedStyles.flat(9) as { cssText: string }[]);
    const text = [...all].map((it) => it.cssText).join("\n");
    const code = Buffer.from(inPixels(text));
    return transform({ filename: "embed.css", code, minify: true }).code.toString();
  } finally {
    await server.close();
  }
}
