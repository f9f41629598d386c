// Builds the book in web/docs/book with mdBook: `node web/tools/book.mjs [FOLDER]`, by default
// dist/book. Needs mdbook and the package in dist/python (`pip install ./dist/python`) on the path.
// With SITE=https://…/folder, the address of dist, other sites can show a chapter with its first figure.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"; // prettier-ignore
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { oembedAnswer, shareTags, siteAddress } from "./share-tags.mjs";

const ROOT = new URL("../..", import.meta.url).pathname;
const BOOK = join(ROOT, "web/docs/book");
const DIST = join(ROOT, "dist");

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

/**
 * Gives each chapter in `out` the card of its first figure, and where the address of the book is
 * known, an oEmbed answer.
 * @param {string} out
 * @param {string | null} site address of dist
 */
export function markChapters(out, site) {
  const within = relative(DIST, out);
  const address = site && !within.startsWith("..") ? `${site}${within}/` : null;
  for (const file of readdirSync(join(BOOK, "src")).filter((it) => it.endsWith(".md"))) {
    const name = basename(file, ".md");
    const path = join(out, `${name}.html`);
    const text = readFileSync(join(BOOK, "src", file), "utf8");
    const run = /^src: runs\/(.+)\.json$/m.exec(text)?.[1];
    if (!run || !existsSync(path)) continue;
    const title = /^# (.+)$/m.exec(text)[1];
    const card = join(DIST, "runs", `${run}.png`);
    const image = existsSync(card) ? `${name}.card.png` : null;
    if (image) cpSync(card, join(out, image));
    const tags = shareTags({
      title,
      description: firstWords(text),
      image: image && (address ?? "") + image,
      alt: `A step of the run of ${run}`,
      page: address && `${address}${name}.html`,
      oembed: address && `${address}${name}.oembed.json`,
    });
    const html = readFileSync(path, "utf8").replace(/<meta name="description"[^>]*>\n?/, "");
    writeFileSync(path, html.replace("</head>", `${tags}\n</head>`));
    if (!address) continue;
    const startAt = /^start-at: (.+)$/m.exec(text)?.[1] ?? null;
    const shown = { site, title, method: run, startAt, image: image && address + image };
    const answer = JSON.stringify(oembedAnswer(shown), null, 2);
    writeFileSync(join(out, `${name}.oembed.json`), `${answer}\n`);
  }
}

/** The first paragraph of a chapter, as plain text. */
function firstWords(markdown) {
  const paragraph = markdown.split(/\n{2,}/).find((it) => /^[A-Z*“]/.test(it)) ?? "";
  return paragraph
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\*+|`|\[|\]\([^)]*\)/g, "")
    .trim();
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const out = resolve(process.argv[2] ?? join(ROOT, "dist/book"));
  const done = spawnSync("mdbook", ["build", prepare(), "--dest-dir", out], { stdio: "inherit" });
  if (done.error) {
    console.error(`mdbook cannot be started: ${done.error.message}`);
    process.exit(1);
  }
  if (done.status === 0) markChapters(out, siteAddress());
  process.exit(done.status ?? 1);
}
