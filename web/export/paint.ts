/** Numbers, colours and text as SVG attributes. */

/** A colour that every SVG reader knows, and its opacity, 0…1. */
export interface Colour {
  hex: string;
  alpha: number;
}

/** At most two decimals: a hundredth of a pixel is less than anyone sees. */
export const number = (value: number): string => String(Math.round(value * 100) / 100 || 0);

export const escaped = (text: string): string =>
  text
    // What XML cannot hold, even escaped.
    // eslint-disable-next-line no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** Attributes in the order given, those without a value left out. */
export function attributes(all: Record<string, string | number | null | undefined>): string {
  let text = "";
  for (const [name, value] of Object.entries(all)) {
    if (value === null || value === undefined || value === "") continue;
    text += ` ${name}="${typeof value === "number" ? number(value) : escaped(value)}"`;
  }
  return text;
}

/**
 * A computed colour: `rgb(1, 2, 3)`, `rgba(…)` or `color(srgb 0.1 0.2 0.3 / 0.4)`. Nothing for one
 * that cannot be seen, or that is written otherwise.
 */
export function colourOf(css: string): Colour | null {
  const words = /^(rgba?|color)\((?:srgb )?([^)]*)\)$/.exec(css);
  if (!words) return null;
  const parts = words[2]!.split(/[\s,/]+/).map((it) => (it === "none" ? 0 : parseFloat(it)));
  const alpha = parts[3] ?? 1;
  if (parts.length < 3 || parts.some(Number.isNaN) || alpha <= 0) return null;
  const scale = words[1] === "color" ? 255 : 1;
  const hex = parts
    .slice(0, 3)
    .map((it) => Math.max(0, Math.min(255, Math.round(it * scale))))
    .map((it) => it.toString(16).padStart(2, "0"))
    .join("");
  return { hex: `#${hex}`, alpha };
}

/** `fill` and `fill-opacity`, or the same of `stroke`. */
export function painted(what: "fill" | "stroke", css: string): Record<string, string> {
  const colour = colourOf(css);
  if (!colour) return { [what]: "none" };
  const opacity = colour.alpha < 1 ? { [`${what}-opacity`]: number(colour.alpha) } : {};
  return { [what]: colour.hex, ...opacity };
}
