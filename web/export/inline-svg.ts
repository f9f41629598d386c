/** A drawing inside the page, copied with the looks that style sheets gave it written out. */
import { attributes, colourOf, escaped, number, painted } from "./paint.ts";

/** Handed down from element to element; written where it changes. */
const INHERITED = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "paint-order",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "letter-spacing",
  "text-anchor",
] as const;

const KEPT =
  /^(x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|dx|dy|d|width|height|points|viewBox|preserveAspectRatio|pathLength|id|pattern\w+|offset)$/;
const SHAPES = /^(path|rect|circle|ellipse|line|polygon|polyline|text|tspan)$/;

/** Looks of an element that its children start from. */
export type Looks = Readonly<Record<string, string>>;

export function copied(element: Element, outer: Looks, ids: Set<string>): string {
  const name = element.localName;
  if (name === "title") return `<title>${escaped(element.textContent.trim())}</title>`;
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return "";
  // What is named can be used once only, and all that bear the name look alike.
  if (element.id && ids.has(element.id)) return "";
  if (element.id) ids.add(element.id);
  const looks = looksOf(style);
  if (SHAPES.test(name) && looks["fill"] === "none" && looks["stroke"] === "none") return "";
  const own: Record<string, string | null> = {};
  for (const { name, value } of element.attributes) if (KEPT.test(name)) own[name] = value.trim();
  const changed = Object.entries(looks).filter(([name, value]) => outer[name] !== value);
  const preserved = name === "text" && style.whiteSpaceCollapse !== "collapse";
  const all = {
    ...own,
    transform: transformOf(style.transform),
    opacity: style.opacity === "1" ? null : number(Number(style.opacity)),
    ...Object.fromEntries(changed),
    "text-decoration": style.textDecorationLine === "none" ? null : style.textDecorationLine,
    // Letters that are spaced one by one paint their rims over one another.
    textLength: looks["stroke"] === "none" ? lengthOf(element) : null,
    "xml:space": preserved ? "preserve" : null,
  };
  const inside = insideOf(element, looks, ids, preserved);
  if (name === "g" && inside === "") return "";
  return `<${name}${attributes(all)}${inside ? `>${inside}</${name}>` : "/>"}`;
}

/** What stands inside an element, without the white space of templates. */
export function insideOf(element: Element, looks: Looks, ids: Set<string>, preserved = false) {
  const holdsText = /^(text|tspan)$/.test(element.localName);
  let text = "";
  for (const child of element.childNodes) {
    if (child instanceof Element) text += copied(child, looks, ids);
    else if (holdsText && child instanceof Text)
      text += escaped(preserved ? child.data : child.data.replace(/[ \t\n\r]+/g, " "));
  }
  return holdsText && !preserved ? text.trim() : text;
}

export function looksOf(style: CSSStyleDeclaration): Looks {
  const looks: Record<string, string> = {};
  for (const name of INHERITED) looks[name] = tidy(name, style.getPropertyValue(name));
  for (const what of ["fill", "stroke"] as const) {
    const css = style.getPropertyValue(what);
    const reference = /^url\("?[^#]*(#[^")]+)"?\)/.exec(css)?.[1];
    if (reference) {
      looks[what] = `url(${reference})`;
      continue;
    }
    const alpha = (colourOf(css)?.alpha ?? 1) * Number(looks[`${what}-opacity`]);
    looks[what] = alpha > 0 ? painted(what, css)[what]! : "none";
    looks[`${what}-opacity`] = number(alpha);
  }
  return looks;
}

/** What SVG says where nothing is said. */
const STANDARD: Looks = { "stroke-dasharray": "none", "letter-spacing": "normal" };

const tidy = (name: string, value: string): string => {
  if (name === "stroke-dasharray") return value.replaceAll("px", "").replaceAll(",", "");
  return value === STANDARD[name] ? value : value.replace(/^(-?[\d.]+)px$/, "$1");
};

/** SVG's own beginning: what a reader assumes above the outermost element. */
export const BEGINNING: Looks = {
  fill: "#000000",
  "fill-opacity": "1",
  stroke: "none",
  "stroke-width": "1",
  "stroke-opacity": "1",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  "paint-order": "normal",
  "font-weight": "400",
  "font-style": "normal",
  "letter-spacing": "normal",
  "text-anchor": "start",
};

/** A computed matrix, as short as it goes. */
function transformOf(css: string): string | null {
  const parts = /^matrix\((.*)\)$/.exec(css)?.[1]?.split(",").map(Number);
  if (!parts) return null;
  const [a, b, c, d, e, f] = parts as [number, number, number, number, number, number];
  if (a === 1 && b === 0 && c === 0 && d === 1)
    return e === 0 && f === 0 ? null : `translate(${number(e)} ${number(f)})`;
  const fine = (value: number) => String(Math.round(value * 1e5) / 1e5 || 0);
  return `matrix(${[a, b, c, d].map(fine).join(" ")} ${number(e)} ${number(f)})`;
}

/** The width of a text, so that it keeps its room where its font is missing. */
function lengthOf(element: Element): string | null {
  if (!(element instanceof SVGTextElement) || element.childElementCount > 0) return null;
  if (element.textContent.trim().length < 2) return null;
  const length = element.getComputedTextLength();
  return length > 0 ? number(length) : null;
}
