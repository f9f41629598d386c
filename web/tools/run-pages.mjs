// Writes dist/runs/: a page for each recorded run, which other sites can show with its picture or as
// a figure, and a page that lists them. Usage: [SITE=https://…/folder] node web/tools/run-pages.mjs

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"; // prettier-ignore
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { canDraw, drawCards } from "./cards.mjs";
import { escaped, oembedAnswer, shareTags, siteAddress } from "./share-tags.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(root, "dist");
/** Where the figure of a page opens: within sight of what its card shows. */
const START = "50%";
/** The run on the card of the playground itself. */
const FIRST = "speculative-decoding";
/** What was put into the playground's page before. */
const OURS = /\n?<!--share-->[\s\S]*<!--\/share-->/;

/** The recorded runs of the site, in the order of the list of methods. */
export function recordedRuns() {
  const methods = JSON.parse(readFileSync(join(root, "web/generated/methods.json"), "utf8"));
  const place = (run) => methods.findIndex((it) => it.id === run.method);
  return readdirSync(join(dist, "traces"))
    .filter((it) => it.endsWith(".json"))
    .map((it) => {
      const json = readFileSync(join(dist, "traces", it), "utf8");
      const trace = JSON.parse(json);
      const { method } = trace;
      const title = methods.find((it) => it.id === method)?.title ?? method;
      return { id: basename(it, ".json"), method, title, json, description: described(trace) };
    })
    .sort((a, b) => place(a) - place(b));
}

/** What a run is, in two sentences. */
function described({ events, tokens }) {
  const passes = events.filter((it) => it.kind === "score" && it.role === "target").length;
  // `tokens` are those of the first text alone.
  const several = events.some((it) => it.kind === "grow" && it.by === "prompt" && it.lane > 0);
  const written = several ? "several texts at once" : `${tokens.length} tokens`;
  return `A language model writes ${written} in ${passes} passes. Play the recorded run and step through every guess and every choice.`;
}

/**
 * Writes the pages into `out`. Cards are taken to lie there already.
 * @param {ReturnType<typeof recordedRuns>} runs
 * @param {string} out
 * @param {string | null} site
 */
export function writePages(runs, out, site) {
  mkdirSync(out, { recursive: true });
  const card = (id) => (existsSync(join(out, `${id}.png`)) ? `${id}.png` : null);
  const absolute = (name) => (site ? `${site}runs/${name}` : null);
  for (const { id, method, title, description } of runs) {
    const image = card(id);
    const tags = shareTags({
      title,
      description,
      image: image && (absolute(image) ?? image),
      alt: `${title}: a step of the run`,
      page: absolute(`${id}.html`),
      oembed: absolute(`${id}.oembed.json`),
    });
    writeFileSync(join(out, `${id}.html`), runPage({ id, title, description, image }, tags));
    if (!site) continue;
    const answer = oembedAnswer({
      site,
      title,
      method,
      startAt: START,
      image: image && absolute(image),
    });
    writeFileSync(join(out, `${id}.oembed.json`), `${JSON.stringify(answer, null, 2)}\n`);
  }
  const first = card(FIRST);
  const tags = shareTags({
    title: "Recorded runs of decoding methods",
    description: "Each plays at once, step by step, without a model.",
    image: first && (absolute(first) ?? first),
    alt: "A step of a run",
    page: absolute(""),
    oembed: null,
  });
  writeFileSync(join(out, "index.html"), listPage(runs, card, tags));
  cpSync(join(root, "web/build/runs.css"), join(out, "runs.css"));
}

const page = (title, tags, body, scripts = "") => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${escaped(title)} – Decodescope</title>
${tags}
<link rel="icon" href="data:," />
<link rel="stylesheet" href="runs.css" />
${scripts}</head>
<body>
${body}
</body>
</html>
`;

function runPage({ id, title, description, image }, tags) {
  const picture = image
    ? `<img src="${image}" width="1200" height="630" alt="${escaped(title)}: a step of the run" />`
    : `<p>${escaped(description)}</p>`;
  const script = `<script src="../embed/decodescope-player.js" defer></script>\n`;
  const body = `<header>
<h1>${escaped(title)}</h1>
<p>${escaped(description)}</p>
</header>
<main>
<h2>Step by step</h2>
<decodescope-player src="../traces/${id}.json" start-at="${START}" live>${picture}</decodescope-player>
</main>
<footer>
<p><a href="../?example=${id}">Open it in the playground</a> · <a href="./">All recorded runs</a></p>
</footer>`;
  return page(title, tags, body, script);
}

function listPage(runs, card, tags) {
  const items = runs.map(({ id, title }) => {
    const image = card(id);
    const picture = image
      ? `<img src="${image}" width="1200" height="630" loading="lazy" alt="" />`
      : "";
    return `<li><a href="${id}.html">${picture}${escaped(title)}</a></li>`;
  });
  const body = `<header>
<h1>Recorded runs</h1>
<p>Each plays at once, step by step, without a model. <a href="../">The playground</a> makes new ones.</p>
</header>
<main>
<ul>
${items.join("\n")}
</ul>
</main>`;
  return page("Recorded runs", tags, body);
}

/** Gives the playground's own page a card. */
function markPlayground(site) {
  const path = join(dist, "index.html");
  const html = readFileSync(path, "utf8").replace(OURS, "");
  const name = `runs/${FIRST}.png`;
  const tags = shareTags({
    title: "Decodescope: watch a language model choose its words",
    description: /<meta\s+name="description"\s+content="([^"]*)"/.exec(html)[1],
    image: existsSync(join(dist, name)) ? `${site ?? ""}${name}` : null,
    alt: "A step of speculative decoding",
    page: site,
    oembed: null,
  });
  const rest = tags.split("\n").filter((it) => !it.startsWith('<meta name="description"'));
  writeFileSync(
    path,
    html.replace("</head>", `<!--share-->${rest.join("\n")}<!--/share-->\n</head>`),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const site = siteAddress();
  const runs = recordedRuns();
  const out = join(dist, "runs");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  if (canDraw()) await drawCards(runs, out, join(dist, "export/render.js"));
  else console.log("dist/runs/ has no pictures: they need Chromium, and $CHROME names none.");
  writePages(runs, out, site);
  markPlayground(site);
  const told = site
    ? `for ${site}`
    : "without SITE: no oEmbed, and addresses of pictures are relative";
  console.log(`dist/runs/: ${runs.length} pages, ${told}`);
}
