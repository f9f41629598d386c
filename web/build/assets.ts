/**
 * Vite plugin: serves, and copies into the built site, what the repository keeps elsewhere: the
 * models and the recorded examples, with a manifest of each. Gives the list of methods without
 * their pages, which are loaded on demand.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import type { Trace } from "../generated/Trace.ts";
import type { ModelManifest } from "../engine/protocol.ts";
import type { Example } from "../app/examples.ts";

const COLLECTION = "stories";
const MODEL_FILES = ["config.json", "tokenizer.json", "model.safetensors"];
/** Tables that lie beside a target. */
const NGRAMS = "ngrams.bin";
const METHODS = "virtual:methods";
const PAGES = "virtual:pages";

/** A file of the site: where it is served and where it lies. */
type Assets = Map<string, { path: string } | { text: string }>;

export function assets(root: string): Plugin {
  return {
    name: "decodescope-assets",
    enforce: "pre",
    resolveId: (id) => ([METHODS, PAGES].includes(id) ? `\0${id}` : undefined),
    load(id) {
      if (id !== `\0${METHODS}` && id !== `\0${PAGES}`) return;
      const path = join(root, "web/generated/methods.json");
      this.addWatchFile(path);
      const methods = JSON.parse(readFileSync(path, "utf8")) as { id: string; page: string }[];
      const pages = Object.fromEntries(methods.map((it) => [it.id, it.page]));
      // The figure shows the pseudo-code at once; the rest of a page is loaded on demand.
      const pseudo = (page: string) => /^```pseudo\n[\s\S]*?^```$/m.exec(page)?.[0] ?? "";
      const list = methods.map((method) => ({ ...method, page: pseudo(method.page) }));
      return `export default ${JSON.stringify(id === `\0${METHODS}` ? list : pages)};`;
    },
    transform(code, id) {
      // Every browser that runs WebAssembly SIMD reads woff2: the older fonts stay at home.
      if (!id.endsWith("katex.min.css")) return;
      return code.replace(/,url\([^)]*\) format\("(woff|truetype)"\)/g, "");
    },
    configureServer(server) {
      let found: Assets | undefined;
      server.middlewares.use((request, response, next) => {
        const name = decodeURIComponent((request.url ?? "").split("?")[0]!.slice(1));
        if (!/^(models|traces)\//.test(name)) return next();
        // A manifest is asked for once a visit: time to look again at what there is.
        if (!found || name.endsWith("/manifest.json")) found = gather(root);
        const asset = found.get(name);
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

function gather(root: string): Assets {
  const assets: Assets = new Map();
  models(join(root, "models", COLLECTION), assets);
  examples(join(root, "tests/golden"), assets);
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
  assets.set("models/manifest.json", { text: JSON.stringify(manifest) });
}

/** Every recorded run of a shipped model, with what the gallery says about it. */
function examples(folder: string, assets: Assets): void {
  const list: Example[] = [];
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (!file.endsWith(".json")) continue;
    const path = join(folder, file);
    const trace = JSON.parse(readFileSync(path, "utf8")) as Trace;
    if (!trace.models?.target?.name.startsWith(`${COLLECTION}/`)) continue;
    const example = { id: file.slice(0, -".json".length), method: trace.method, ...texts(trace) };
    assets.set(`traces/${file}`, { text: JSON.stringify(trace) });
    list.push(example);
  }
  assets.set("traces/manifest.json", { text: JSON.stringify(list) });
}

/** The texts of a trace, without the token that begins every document. */
function texts(trace: Trace): { prompt: string; answer: string } {
  const ends = new Set(trace.models.target?.end_tokens);
  const read = (tokens: number[]) => {
    const bytes = tokens
      .filter((token) => !ends.has(token))
      .map((token) => trace.vocabulary[token] ?? "")
      .map((text) => Buffer.from(text as string | number[] as string));
    return Buffer.concat(bytes).toString("utf8");
  };
  return { prompt: read(trace.prompt_tokens), answer: read(trace.tokens) };
}
