// Builds the book in web/docs/book with mdBook: `node web/tools/book.mjs [FOLDER]`, by default
// dist/book. Needs mdbook and the package in dist/python (`pip install ./dist/python`) on the path.
import { cpSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = new URL("../..", import.meta.url).pathname;
const BOOK = join(ROOT, "web/docs/book");

/** A copy of the book with the recorded runs that it names; mdBook writes into its sources. */
export function prepare() {
  const folder = mkdtempSync(join(tmpdir(), "decodescope-book-"));
  cpSync(BOOK, folder, { recursive: true });
  for (const name of runs()) {
    cpSync(join(ROOT, "tests/golden", name), join(folder, "src/runs", name));
  }
  return folder;
}

/** The runs that chapters name. */
export function runs() {
  const pages = readdirSync(join(BOOK, "src")).map((it) => join(BOOK, "src", it));
  const text = pages.map((it) => readFileSync(it, "utf8")).join("\n");
  return [...new Set([...text.matchAll(/^src: runs\/(.+\.json)$/gm)].map((it) => it[1]))];
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const out = resolve(process.argv[2] ?? join(ROOT, "dist/book"));
  const done = spawnSync("mdbook", ["build", prepare(), "--dest-dir", out], { stdio: "inherit" });
  if (done.error) {
    console.error(`mdbook cannot be started: ${done.error.message}`);
    process.exit(1);
  }
  process.exit(done.status ?? 1);
}
