/**
 * Vite plugin: serves, and copies into the built site, what the repository keeps elsewhere: the
 * models, with a manifest, and the recorded examples. Gives the list of examples, and the list of
 * methods without their pages, which are loaded on demand.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import type { Trace } from "../generated/Trace.ts";
import type { ModelManifest } from "../engine/protocol.ts";
import type { Example } from "../app/examples.ts";
import { promptOf } from "../trace/text-of.ts";

const COLLECTION = "stories";
/** Recorded runs: the golden traces are the gallery. */
const RECORDED = "tests/golden";
const FONTS = "web/export/fonts/LICENSE.txt";
const MODEL_FILES = ["config.json", "tokenizer.json", "model.safetensors"];
/** Tables that lie beside a target. */
const NGRAMS = "ngrams.bin";
/** Pages that belong to no method. */
const ANALYSES = "web/docs/analyses";
const METHODS = "virtual:methods";
const PAGES = "virtual:pages";
const EXAMPLES = "virtual:examples";
/** The example that the page opens with; see web/app/settings.ts. */
const FIRST = "speculative-decoding";

/** A file of the site: where it is served and where it lies. */
type Assets = Map<string, { path: string } | { text: string }>;

export function assets(root: string): Plugin {
  return {
    name: "decodescope-assets",
    enforce: "pre",
    resolveId: (id) => ([METHODS, PAGES, EXAMPLES].includes(id) ? `\0${id}` : undefined),
    load(id) {
      if (id === `\0${EXAMPLES}`) {
        return `export default ${JSON.stringify(examples(join(root, RECORDED)).list)};`;
      }
      if (id !== `\0${METHODS}` && id !== `\0${PAGES}`) return;
      const path = join(root, "web/generated/methods.json");
      this.addWatchFile(path);
      const methods = JSON.parse(readFileSync(path, "utf8")) as { id: string; page: string }[];
      const pages = {
        ...Object.fromEntries(methods.map((it) => [it.id, it.page])),
        ...analyses(join(root, ANALYSES)),
      };
      // The figure shows the pseudo-code at once; the rest of a page is loaded on demand.
      const pseudo = (page: string) => /^```pseudo\n[\s\S]*?^```$/m.exec(page)?.[0] ?? "";
      const list = methods.map((method) => ({ ...method, page: pseudo(method.page) }));
      return `export default ${JSON.stringify(id === `\0${METHODS}` ? list : pages)};`;
    },
    // The first picture's trace travels beside the script that draws it.
    transformIndexHtml() {
      const first = examples(join(root, RECORDED)).list.find((it) => it.method === FIRST);
      if (!first) return [];
      const attrs = { rel: "preload", as: "fetch", crossorigin: "" };
      return [{ tag: "link", attrs: { ...attrs, href: `./traces/${first.id}.json` } }];
    },
    transform(code, id) {
      // Every browser that runs WebAssembly SIMD reads woff2: the older fonts stay at home.
      if (!id.endsWith("katex.min.css")) return;
      return code.replace(/,url\([^)]*\) format\("(woff|truetype)"\)/g, "");
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = decodeURIComponent((request.url ?? "").split("?")[0]!.slice(1));
        if (!/^(models|traces)\//.test(name)) return next();
        const asset = gather(root).get(name);
        if (!asset) {
          response.statusCode = 404;
          response.end();
        } else if ("text" in asset) {
          response.setHeader("content-type", "application/json");
          response.end(asset.text);
        } else {
          response.setHeader("content-length", statSync(asset.path).size);
          createReadStream(asset.path).pipe(response);
        }
      });
    },
    generateBundle() {
      for (const [fileName, asset] of gather(root)) {
        const source = "text" in asset ? asset.text : readFileSync(asset.path);
        this.emitFile({ type: "asset", fileName, source });
      }
    },
  };
}

/** Markdown by the name of its file. */
function analyses(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((it) => it.endsWith(".md"));
  return Object.fromEntries(
    files.map((it) => [it.slice(0, -".md".length), readFileSync(join(folder, it), "utf8")]),
  );
}

function gather(root: string): Assets {
  const assets: Assets = new Map();
  models(join(root, "models", COLLECTION), assets);
  for (const [name, asset] of examples(join(root, RECORDED)).files) assets.set(name, asset);
  // Fonts travel with their licences.
  assets.set("assets/LICENSE-fonts.txt", { path: join(root, FONTS) });
  return assets;
}

function models(folder: string, assets: Assets): void {
  const manifest: ModelManifest = { collection: COLLECTION, roles: {} };
  const add = (role: string, name: string) => {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    assets.set(`models/${COLLECTION}/${name}`, { path });
    (manifest.roles[role] ??= []).push({ name, bytes: bytes.length, sha256 });
  };
  for (const role of existsSync(folder) ? readdirSync(folder) : []) {
    if (existsSync(join(folder, role, "config.json"))) {
      for (const file of MODEL_FILES) add(role, `${role}/${file}`);
    }
    if (existsSync(join(folder, role, NGRAMS))) add("ngrams", `${role}/${NGRAMS}`);
  }
  for (const device of ["cpu", "webgpu"] as const) {
    const engine = join(folder, "../../web/public/wasm", device, "engine_bg.wasm");
    if (existsSync(engine)) (manifest.engines ??= {})[device] = statSync(engine).size;
  }
  assets.set("models/manifest.json", { text: JSON.stringify(manifest) });
}

/** Every recorded run of a shipped model, with what the gallery says about it. */
function examples(folder: string): { list: Example[]; files: Assets } {
  const list: Example[] = [];
  const files: Assets = new Map();
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (!file.endsWith(".json")) continue;
    const trace = JSON.parse(readFileSync(join(folder, file), "utf8")) as Trace;
    if (!trace.models?.target?.name.startsWith(`${COLLECTION}/`)) continue;
    list.push({
      id: file.slice(0, -".json".length),
      method: trace.method,
      prompt: promptOf(trace),
    });
    const text = JSON.stringify(trace);
    files.set(`traces/${file}`, { text });
    // For frames that may read no files; see web/embed/frame/.
    const script = `decodescopeTrace(${JSON.stringify(text)});`;
    files.set(`traces/${file.slice(0, -".json".length)}.js`, { text: script });
  }
  return { list, files };
}
