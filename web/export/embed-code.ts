/** The lines that put a figure into someone else's page. */

export interface Embedded {
  /** Address of the folder that Decodescope is served from, with a slash at its end. */
  base: string;
  /** Address of the trace. */
  src: string;
  /** A picture of it, for readers without scripts, in feeds and in print. */
  picture: string;
  /** What the figure shows, in a line. */
  title: string;
  caption: string;
  view: string | null;
  /** Events that have happened when it opens. */
  at: number;
  theme: "light" | "dark" | null;
}

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const HEIGHT = 640;

/** A script, once a page, and the element with what stands in for it. */
export function elementCode(it: Embedded): string {
  const attributes: [string, string | null][] = [
    ["src", it.src],
    ["view", it.view],
    ["start-at", String(it.at)],
    ["theme", it.theme],
  ];
  const written = attributes
    .filter((all): all is [string, string] => all[1] !== null)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join("");
  return `<script src="${escaped(it.base)}embed/decodescope-player.js" defer></script>
<decodescope-player${written}>
  <figure>
    <img src="${escaped(it.picture)}" alt="${escaped(it.title)}" />
    <figcaption>${escaped(it.caption)}</figcaption>
  </figure>
</decodescope-player>
`;
}

/** The same figure where scripts are not allowed but frames are. */
export function frameCode(it: Embedded): string {
  const query = new URLSearchParams({ src: it.src });
  if (it.view) query.set("view", it.view);
  query.set("start-at", String(it.at));
  if (it.theme) query.set("theme", it.theme);
  const src = `${it.base}embed.html?${query}`;
  return `<iframe src="${escaped(src)}" title="${escaped(it.title)}" loading="lazy"
  style="width: 100%; height: ${HEIGHT}px; border: 0"></iframe>
`;
}
