/**
 * What CSS draws of a box: background, hatch, borders, outline, hard shadows. Leaves out what no
 * picture of ours has: images, blurred shadows, elliptic corners.
 */
import { attributes, colourOf, number, painted } from "./paint.ts";

/** In pixels of the picture. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Collects definitions by their text, so that each hatch is written once. */
export interface Definitions {
  /** The name under which `make` stands. */
  name(kind: string, make: (id: string) => string): string;
}

const SIDES = ["top", "right", "bottom", "left"] as const;
type Side = (typeof SIDES)[number];

interface Line {
  width: number;
  style: string;
  colour: string;
}

const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

const rectangle = (box: Box, radius: number, rest: Record<string, string | number | null>) =>
  box.width > 0 && box.height > 0
    ? `<rect${attributes({ ...box, rx: radius > 0 ? Math.min(radius, box.width / 2, box.height / 2) : null, ...rest })}/>`
    : "";

const pixels = (css: string): number => parseFloat(css) || 0;

/** The marks of one box, back to front. */
export function boxMarks(box: Box, style: CSSStyleDeclaration, definitions: Definitions): string {
  const corner = style.borderTopLeftRadius;
  const radius = corner.endsWith("%")
    ? (pixels(corner) / 100) * Math.min(box.width, box.height)
    : pixels(corner);
  return (
    shadows(box, style, false) +
    background(box, radius, style, definitions) +
    shadows(box, style, true) +
    borders(box, radius, style) +
    outline(box, radius, style)
  );
}

function background(
  box: Box,
  radius: number,
  style: CSSStyleDeclaration,
  definitions: Definitions,
): string {
  let marks = "";
  if (colourOf(style.backgroundColor))
    marks += rectangle(box, radius, painted("fill", style.backgroundColor));
  const hatch = hatchOf(style.backgroundImage);
  if (hatch) {
    const id = definitions.name("hatch", (id) => pattern(id, hatch));
    marks += rectangle(box, radius, { fill: `url(#${id})` });
  }
  return marks;
}

interface Hatch {
  degrees: number;
  period: number;
  stripes: { colour: string; from: number; to: number }[];
}

/** A `repeating-linear-gradient` of hard stripes in pixels; nothing else is drawn by our styles. */
function hatchOf(css: string): Hatch | null {
  const inside = /^repeating-linear-gradient\((.*)\)$/.exec(css)?.[1];
  if (!inside) return null;
  const degrees = pixels(/^-?[\d.]+deg/.exec(inside)?.[0] ?? "180");
  const stops = [...inside.matchAll(/((?:rgba?|color)\([^)]*\)) ([\d.]+)px(?: ([\d.]+)px)?/g)];
  // `a 0px 3px` is one stripe; `a 0px, a 3px` says the same.
  const ends = stops.flatMap(([, colour, from, to]) =>
    [from, to ?? from].map((at) => ({ colour: colour!, at: Number(at) })),
  );
  const stripes = [];
  for (let i = 0; i + 1 < ends.length; i++) {
    const [a, b] = [ends[i]!, ends[i + 1]!];
    if (a.colour === b.colour && b.at > a.at)
      stripes.push({ colour: a.colour, from: a.at, to: b.at });
  }
  const period = ends.at(-1)?.at ?? 0;
  return period > 0 && stripes.length > 0 ? { degrees, period, stripes } : null;
}

/** CSS counts degrees from upwards, clockwise; our stripes run along x before they are turned. */
function pattern(id: string, { degrees, period, stripes }: Hatch): string {
  const bars = stripes
    .filter((it) => colourOf(it.colour))
    .map(
      ({ colour, from, to }) =>
        `<rect${attributes({ x: from, width: to - from, height: period, ...painted("fill", colour) })}/>`,
    );
  const turn = `rotate(${number(degrees - 90)})`;
  return `<pattern${attributes({ id, width: period, height: period, patternUnits: "userSpaceOnUse", patternTransform: turn })}>${bars.join("")}</pattern>`;
}

function borders(box: Box, radius: number, style: CSSStyleDeclaration): string {
  const lines = SIDES.map((side): Line => ({
    width: pixels(style.getPropertyValue(`border-${side}-width`)),
    style: style.getPropertyValue(`border-${side}-style`),
    colour: style.getPropertyValue(`border-${side}-color`),
  }));
  const seen = lines.filter((it) => it.width > 0 && it.style !== "none" && colourOf(it.colour));
  if (seen.length === 0) return "";
  const [first] = seen as [Line];
  const alike = seen.every((it) => JSON.stringify(it) === JSON.stringify(first));
  if (seen.length === 4 && alike) return frame(box, radius, first);
  return SIDES.map((side, i) => (seen.includes(lines[i]!) ? edge(box, side, lines[i]!) : "")).join(
    "",
  );
}

/** The same line all around. */
function frame(box: Box, radius: number, { width, style, colour }: Line): string {
  const stroke = { fill: "none", ...painted("stroke", colour) };
  if (style === "double" && width >= 3) {
    const thin = width / 3;
    return [thin / 2, width - thin / 2]
      .map((by) =>
        rectangle(grown(box, -by), Math.max(0, radius - by), { ...stroke, "stroke-width": thin }),
      )
      .join("");
  }
  return rectangle(grown(box, -width / 2), Math.max(0, radius - width / 2), {
    ...stroke,
    "stroke-width": width,
    "stroke-dasharray": dashes(style, width),
  });
}

const dashes = (style: string, width: number): string | null =>
  style === "dashed"
    ? `${number(2 * width)} ${number(2 * width)}`
    : style === "dotted"
      ? `${number(width)} ${number(width)}`
      : null;

/** The line along one side. */
function edge({ x, y, width, height }: Box, side: Side, line: Line): string {
  const thick = line.style === "double" && line.width >= 3 ? line.width / 3 : line.width;
  const at = thick === line.width ? [thick / 2] : [thick / 2, line.width - thick / 2];
  const paint = {
    ...painted("stroke", line.colour),
    "stroke-width": thick,
    "stroke-dasharray": dashes(line.style, thick),
  };
  return at
    .map((by) => {
      const across = side === "top" || side === "bottom";
      const level = side === "top" ? y + by : y + height - by;
      const column = side === "left" ? x + by : x + width - by;
      const ends = across
        ? { x1: x, y1: level, x2: x + width, y2: level }
        : { x1: column, y1: y, x2: column, y2: y + height };
      return `<line${attributes({ ...ends, ...paint })}/>`;
    })
    .join("");
}

function outline(box: Box, radius: number, style: CSSStyleDeclaration): string {
  const width = pixels(style.outlineWidth);
  if (width === 0 || style.outlineStyle === "none" || style.outlineStyle === "auto") return "";
  if (!colourOf(style.outlineColor)) return "";
  const by = pixels(style.outlineOffset) + width / 2;
  return rectangle(grown(box, by), radius > 0 ? Math.max(0, radius + by) : 0, {
    fill: "none",
    ...painted("stroke", style.outlineColor),
    "stroke-width": width,
    "stroke-dasharray": dashes(style.outlineStyle, width),
  });
}

/** Shadows without blur: those that lie around the box, or those inside. */
function shadows(box: Box, style: CSSStyleDeclaration, inset: boolean): string {
  if (style.boxShadow === "none") return "";
  let marks = "";
  for (const shadow of style.boxShadow.split(/,(?![^(]*\))/)) {
    if (shadow.includes("inset") !== inset) continue;
    const colour = /(?:rgba?|color)\([^)]*\)/.exec(shadow)?.[0] ?? "";
    const [right = 0, down = 0, blur = 0, spread = 0] = [
      ...shadow.replace(colour, "").matchAll(/-?[\d.]+px/g),
    ].map(([it]) => pixels(it));
    if (blur > 0 || !colourOf(colour)) continue;
    const moved = { ...box, x: box.x + right, y: box.y + down };
    const [whole, hole] = inset ? [box, grown(moved, -spread)] : [grown(moved, spread), box];
    for (const part of around(whole, hole)) marks += rectangle(part, 0, painted("fill", colour));
  }
  return marks;
}

/** What is left of a box without a hole: strips above, below, left and right of it. */
function around(whole: Box, hole: Box): Box[] {
  const top = Math.max(whole.y, Math.min(hole.y, whole.y + whole.height));
  const bottom = Math.max(whole.y, Math.min(hole.y + hole.height, whole.y + whole.height));
  const left = Math.max(whole.x, Math.min(hole.x, whole.x + whole.width));
  const right = Math.max(whole.x, Math.min(hole.x + hole.width, whole.x + whole.width));
  return [
    { ...whole, height: top - whole.y },
    { ...whole, y: bottom, height: whole.y + whole.height - bottom },
    { x: whole.x, y: top, width: left - whole.x, height: bottom - top },
    { x: right, y: top, width: whole.x + whole.width - right, height: bottom - top },
  ];
}
