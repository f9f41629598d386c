// What other sites read of a page when somebody links to it: Open Graph and Twitter tags, and oEmbed
// (https://oembed.com), which gives them a frame to show. They take absolute addresses only, so the
// build is told where the site will lie: SITE=https://example.org/decodescope.

import { CARD } from "./cards.mjs";

/** The frame that other sites get; the figure in it is as high as the frame. */
export const FRAME = { width: 900, height: 600 };
const PROVIDER = "Decodescope";

/**
 * The address of the site with a slash at its end; `null` where nobody has said it.
 * Errors: one that a page cannot lie at.
 * @param {string | undefined} said
 * @returns {string | null}
 */
export function siteAddress(said = process.env.SITE) {
  if (!said) return null;
  const url = URL.parse(said);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash)
    throw new Error(
      `SITE is "${said}": give the address of the folder, as https://example.org/decodescope`,
    );
  return url.href.replace(/\/*$/, "/");
}

export const escaped = (text) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/**
 * Lines for the head of a page.
 * @param {object} it
 * @param {string} it.title
 * @param {string} it.description
 * @param {string | null} it.image the card; `null` where none could be drawn
 * @param {string} it.alt what the card shows
 * @param {string | null} it.page absolute address of the page
 * @param {string | null} it.oembed absolute address of its oEmbed answer
 */
export function shareTags({ title, description, image, alt, page, oembed }) {
  const tags = [
    ["name", "description", description],
    ["property", "og:site_name", PROVIDER],
    ["property", "og:type", "article"],
    ["property", "og:title", title],
    ["property", "og:description", description],
    ...(page ? [["property", "og:url", page]] : []),
    ...(image
      ? [
          ["property", "og:image", image],
          ["property", "og:image:type", "image/png"],
          ["property", "og:image:width", String(CARD.width)],
          ["property", "og:image:height", String(CARD.height)],
          ["property", "og:image:alt", alt],
        ]
      : []),
    ["name", "twitter:card", image ? "summary_large_image" : "summary"],
  ];
  const lines = tags.map(
    ([kind, name, content]) => `<meta ${kind}="${name}" content="${escaped(content)}" />`,
  );
  if (page) lines.push(`<link rel="canonical" href="${escaped(page)}" />`);
  if (oembed)
    lines.push(
      `<link rel="alternate" type="application/json+oembed" href="${escaped(oembed)}" title="${escaped(title)}" />`,
    );
  return lines.join("\n");
}

/**
 * The oEmbed answer for a page with a figure. A file cannot heed `maxwidth`: the frame gives way by
 * itself where there is less room.
 * @param {object} it
 * @param {string} it.site
 * @param {string} it.title
 * @param {string} it.method whose recorded run the frame plays
 * @param {string | null} it.startAt
 * @param {string | null} it.image absolute address of the card
 */
export function oembedAnswer({ site, title, method, startAt, image }) {
  // The description of the method would stand below the figure.
  const query = new URLSearchParams({
    method,
    title,
    height: String(FRAME.height),
    hide: "method",
  });
  if (startAt) query.set("start-at", startAt);
  const src = `${site}embed.html?${query}`;
  const { width, height } = FRAME;
  return {
    version: "1.0",
    type: "rich",
    provider_name: PROVIDER,
    provider_url: site,
    title,
    cache_age: 86_400,
    width,
    height,
    html: `<iframe src="${escaped(src)}" title="${escaped(title)}" width="${width}" height="${height}" loading="lazy" style="border: 0; max-width: 100%"></iframe>`,
    ...(image
      ? { thumbnail_url: image, thumbnail_width: CARD.width, thumbnail_height: CARD.height }
      : {}),
  };
}
