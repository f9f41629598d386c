/** Text of HTML as lines of SVG text: where the browser has broken it, there it stays broken. */
import { attributes, escaped, painted } from "./paint.ts";

/** Text of one line, where it stands. */
interface Run {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Properties of text that SVG takes as they are. */
const FONT = ["font-family", "font-size", "font-weight", "font-style", "letter-spacing"] as const;

/** What the whole picture says of its text; a line says only where it differs. */
export type Standard = Record<string, string>;

export const standardOf = (style: CSSStyleDeclaration): Standard => ({
  ...Object.fromEntries(FONT.map((name) => [name, style.getPropertyValue(name)])),
  ...painted("fill", style.color),
});

/** `decoration` is what lines through or below the text the elements around it ask for. */
export function textMarks(
  node: Text,
  style: CSSStyleDeclaration,
  origin: { x: number; y: number },
  standard: Standard,
  decoration: string,
): string {
  const font = fontOf(style);
  const paint = standardOf(style);
  const differing = Object.fromEntries(
    Object.entries(paint).filter(([name, value]) => standard[name] !== value),
  );
  const [ascent, descent] = metrics(font);
  return runs(node, style.whiteSpaceCollapse !== "collapse")
    .map((run) => {
      // The box of a line of text is as high as its font, whatever the height of the line.
      const baseline = run.top + ((run.bottom - run.top) * ascent) / (ascent + descent);
      const text = cased(run.text, style.textTransform);
      const all = {
        x: run.left - origin.x,
        y: baseline - origin.y,
        textLength: text.length > 1 ? run.right - run.left : null,
        ...differing,
        "text-decoration": decoration,
        "xml:space": /^ | $| {2}/.test(text) ? "preserve" : null,
      };
      return `<text${attributes(all)}>${escaped(text)}</text>`;
    })
    .join("");
}

const fontOf = (style: CSSStyleDeclaration): string =>
  `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;

const cased = (text: string, transform: string): string =>
  transform === "uppercase"
    ? text.toUpperCase()
    : transform === "lowercase"
      ? text.toLowerCase()
      : text;

const known = new Map<string, [number, number]>();
let measure: CanvasRenderingContext2D | null = null;

/** Pixels of a font above and below the line it stands on. */
function metrics(font: string): [number, number] {
  const before = known.get(font);
  if (before) return before;
  measure ??= document.createElement("canvas").getContext("2d")!;
  measure.font = font;
  const { fontBoundingBoxAscent, fontBoundingBoxDescent } = measure.measureText("x");
  const made: [number, number] = [
    Math.round(fontBoundingBoxAscent),
    Math.round(fontBoundingBoxDescent),
  ];
  known.set(font, made);
  return made;
}

/** Words of a text node, joined again where they stand on one line. */
function runs(node: Text, keepsSpace: boolean): Run[] {
  const found: Run[] = [];
  const range = document.createRange();
  let last: { run: Run; end: number } | null = null;
  const add = (from: number, to: number, box: DOMRect) => {
    const text = node.data.slice(from, to);
    if (last && Math.abs(last.run.top - box.top) < 2 && box.left >= last.run.right - 1) {
      const between = node.data.slice(last.end, from);
      last.run.text += (keepsSpace ? between : between && " ") + text;
      last.run.right = box.right;
    } else {
      const { left, right, top, bottom } = box;
      found.push({ text, left, right, top, bottom });
    }
    last = { run: found.at(-1)!, end: to };
  };
  for (const word of node.data.matchAll(/[^ \t\n\r\f]+/g)) {
    const [from, to] = [word.index, word.index + word[0].length];
    const boxes = boxesOf(range, node, from, to);
    if (boxes.length === 1) add(from, to, boxes[0]!);
    else if (boxes.length > 1) {
      // A word that is broken: letter by letter.
      let at = from;
      for (const letter of word[0]) {
        const box = boxesOf(range, node, at, at + letter.length).at(-1);
        if (box) add(at, at + letter.length, box);
        at += letter.length;
      }
    }
  }
  return found;
}

function boxesOf(range: Range, node: Text, from: number, to: number): DOMRect[] {
  range.setStart(node, from);
  range.setEnd(node, to);
  return [...range.getClientRects()].filter((it) => it.width > 0);
}
