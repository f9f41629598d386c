// Writes dist/sw.js: the worker of web/offline/, with the list of files that a visit without a
// network needs, and a version that changes whenever one of them does. Runs last in the build.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(root, "dist");
/** Page, frame, and what they load by themselves; runs, methods and engines are kept when used. */
const NEEDED = /^(index\.html|embed\.html|assets\/.*|embed\/[^/]*\.(js|css)|embed\/parts\/.*)$/;

const names = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((it) => it.isFile())
  .map((it) => join(it.parentPath, it.name).slice(dist.length + 1))
  .filter((it) => NEEDED.test(it))
  .sort();
const template = readFileSync(join(root, "web/offline/service-worker.js"), "utf8");
const hash = createHash("sha256").update(template);
for (const name of names) hash.update(name).update(readFileSync(join(dist, name)));
// The page's own address is the folder's.
const files = names.map((it) => (it === "index.html" ? "./" : it));
writeFileSync(
  join(dist, "sw.js"),
  template
    .replace("__VERSION__", hash.digest("hex").slice(0, 16))
    .replace('"__FILES__"', files.map((it) => JSON.stringify(it)).join(", ")),
);
