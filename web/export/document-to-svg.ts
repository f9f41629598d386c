/**
 * A part of a page as SVG: boxes become rectangles, text stays text, drawings are copied. It reads
 * what the browser has laid out, so it needs to know nothing of what is shown. Leaves out controls.
 */
import { boxMarks, type Box, type Definitions } from "./boxes.ts";
import { BEGINNING, insideOf, looksOf, type Looks } from "./inline-svg.ts";
import { attributes, escaped, number, painted } from "./paint.ts";
import { standardOf, textMarks, type Standard } from "./runs.ts";

/** Nobody can press them in a picture; a button in a table is the name of its row. */
const CONTROLS = "button:not(:is(td, th) *), input, select, textarea, summary";

/** What is drawn in the order of the page, and what stands above it. */
interface Layers {
  flow: string;
  above: string;
}

export interface Words {
  title: string;
  description: string;
}

/** The part of the page inside `root`, which must be laid out. `paper` lies below it. */
export function svgOf(root: Element, paper: string, { title, description }: Words): string {
  const { left, top, width, height } = root.getBoundingClientRect();
  // What hangs over the edges, and is not cut off there, is part of it.
  const writer = new Writer({ x: left, y: top }, root);
  const { flow, above } = writer.element(root, "");
  const size = [
    Math.max(Math.ceil(width), root.scrollWidth),
    Math.max(Math.ceil(height), root.scrollHeight),
  ] as const;
  const head = attributes({
    xmlns: "http://www.w3.org/2000/svg",
    width: size[0],
    height: size[1],
    viewBox: `0 0 ${size.join(" ")}`,
    role: "img",
    ...writer.standard,
    style: "font-variant-numeric:tabular-nums;text-rendering:geometricPrecision",
  });
  return [
    `<svg${head}>`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(description)}</desc>`,
    writer.definitions.size > 0 ? `<defs>${[...writer.definitions.keys()].join("")}</defs>` : "",
    `<rect${attributes({ width: size[0], height: size[1], ...painted("fill", paper) })}/>`,
    flow + above,
    "</svg>",
    "",
  ]
    .filter((it, i) => it !== "" || i === 7)
    .join("\n");
}

class Writer {
  readonly standard: Standard;
  /** Text of a definition → its name. */
  readonly definitions = new Map<string, string>();
  readonly #origin: { x: number; y: number };
  readonly #ids = new Set<string>();
  readonly #looks: Looks;

  constructor(origin: { x: number; y: number }, root: Element) {
    this.#origin = origin;
    const style = getComputedStyle(root);
    this.standard = standardOf(style);
    // Drawings begin where the picture begins, not where the page's element does.
    const plain = Object.entries(this.standard).filter(([name]) => !name.startsWith("fill"));
    this.#looks = { ...BEGINNING, ...Object.fromEntries(plain), ...painted("fill", style.color) };
  }

  /** The same text has the same name, whatever was drawn before it. */
  readonly #named: Definitions = {
    name: (kind, make) => {
      for (let i = 1; ; i++) {
        const id = `${kind}-${i}`;
        const text = make(id);
        if (!this.definitions.has(text) && [...this.definitions.values()].includes(id)) continue;
        this.definitions.set(text, id);
        return id;
      }
    },
  };

  /** An element and all in it. `decoration`: lines that the elements around it draw at text. */
  element(element: Element, decoration: string): Layers {
    const style = getComputedStyle(element);
    if (isUnseen(element, style)) return { flow: "", above: "" };
    if (element instanceof SVGSVGElement) return this.#placed(style, this.#drawing(element, style));
    const line = style.textDecorationLine;
    const lines = line === "none" ? decoration : [decoration, line].filter(Boolean).join(" ");
    const drawn = style.display === "contents" ? "" : this.#boxes(element, style);
    const inside = this.#inside(element, style, lines);
    const opacity = Number(style.opacity);
    const cut = this.#cut(element, style);
    if (opacity === 1 && !cut.inner && !cut.outer) {
      return this.#placed(style, drawn + inside.flow, inside.above);
    }
    // What has an opacity, or is cut off, is one thing: nothing in it rises above.
    const all = inside.flow + inside.above;
    const held = cut.inner && all ? `<g clip-path="url(#${cut.inner})">${all}</g>` : all;
    const group = {
      opacity: opacity === 1 ? null : number(opacity),
      "clip-path": cut.outer ? `url(#${cut.outer})` : null,
    };
    const marks = drawn + held;
    const wrapped = opacity === 1 && !cut.outer ? marks : `<g${attributes(group)}>${marks}</g>`;
    return this.#placed(style, marks && wrapped);
  }

  /** Positioned elements are drawn above those that are not. */
  #placed(style: CSSStyleDeclaration, flow: string, above = ""): Layers {
    return style.position === "static" ? { flow, above } : { flow: "", above: flow + above };
  }

  #boxes(element: Element, style: CSSStyleDeclaration): string {
    // Text that goes on in the next line has a box in each.
    const boxes =
      style.display === "inline" ? element.getClientRects() : [element.getBoundingClientRect()];
    return [...boxes]
      .filter((it) => it.width > 0 || it.height > 0)
      .map((it) => boxMarks(this.#local(it), style, this.#named))
      .join("");
  }

  #local({ left, top, width, height }: DOMRect): Box {
    return { x: left - this.#origin.x, y: top - this.#origin.y, width, height };
  }

  #inside(element: Element, style: CSSStyleDeclaration, decoration: string): Layers {
    const layers = { flow: "", above: "" };
    for (const child of (element.shadowRoot ?? element).childNodes) {
      if (child instanceof Text) {
        if (child.data.trim() === "") continue;
        layers.flow += textMarks(child, style, this.#origin, this.standard, decoration);
      } else if (child instanceof Element) {
        const { flow, above } = this.element(child, decoration);
        layers.flow += flow;
        layers.above += above;
      }
    }
    return layers;
  }

  #drawing(element: SVGSVGElement, style: CSSStyleDeclaration): string {
    const box = this.#local(element.getBoundingClientRect());
    const looks = looksOf(style);
    const inside = insideOf(element, looks, this.#ids);
    if (!inside) return "";
    const changed = Object.entries(looks).filter(([name, value]) => this.#looks[name] !== value);
    const all = {
      ...box,
      viewBox: element.getAttribute("viewBox"),
      preserveAspectRatio: element.getAttribute("preserveAspectRatio"),
      overflow: style.overflowX === "visible" ? "visible" : null,
      opacity: style.opacity === "1" ? null : number(Number(style.opacity)),
      ...Object.fromEntries(changed),
    };
    return boxMarks(box, style, this.#named) + `<svg${attributes(all)}>${inside}</svg>`;
  }

  /** Names of the paths that cut off the element, or what is in it. */
  #cut(element: Element, style: CSSStyleDeclaration): { outer: string; inner: string } {
    const corners = /^polygon\((.*)\)$/.exec(style.clipPath)?.[1];
    const box = this.#local(element.getBoundingClientRect());
    let [outer, inner] = ["", ""];
    if (corners) {
      const points = corners.split(",").map((corner) => {
        const [x = "", y = ""] = corner.trim().split(" ");
        const at = (css: string, size: number) =>
          css.endsWith("%") ? (parseFloat(css) / 100) * size : parseFloat(css);
        return `${number(box.x + at(x, box.width))},${number(box.y + at(y, box.height))}`;
      });
      outer = this.#clip(`<polygon points="${points.join(" ")}"/>`);
    }
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    const cutsOff = style.overflowX !== "visible" && style.display !== "inline";
    if (cutsOff && (scrollWidth > clientWidth || scrollHeight > clientHeight)) {
      const { clientLeft, clientTop } = element;
      const view = { x: box.x + clientLeft, y: box.y + clientTop };
      const size = { width: clientWidth, height: clientHeight };
      inner = this.#clip(`<rect${attributes({ ...view, ...size })}/>`);
    }
    return { outer, inner };
  }

  #clip(shape: string): string {
    return this.#named.name("clip", (id) => `<clipPath id="${id}">${shape}</clipPath>`);
  }
}

/** Said to screen readers only, or not at all. */
function isUnseen(element: Element, style: CSSStyleDeclaration): boolean {
  if (style.display === "none" || style.visibility === "hidden") return true;
  // What a closed <details> holds is laid out, but not shown.
  if (style.display !== "contents" && !element.checkVisibility()) return true;
  if (style.opacity === "0" || style.clipPath.startsWith("inset(50%")) return true;
  return element.matches(`${CONTROLS}, script, style, template`);
}
