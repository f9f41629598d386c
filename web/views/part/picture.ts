/**
 * What all pictures are made of, said once: the picture itself, marks that arrows reach, what belongs
 * to a round, words and rectangles. Leaves out: looks, which go by the names that are given here.
 */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { roving, type Neighbour } from "./roving.ts";

/** Anything that may stand in a picture. */
export type Drawn =
  SVGTemplateResult | string | typeof nothing | readonly (SVGTemplateResult | typeof nothing)[];

/** A picture in its own size; with `neighbour` a list of marks that arrows lead through. */
export const picture = (
  width: number,
  height: number,
  label: string,
  drawn: Drawn,
  neighbour?: Neighbour,
): TemplateResult =>
  html`<svg
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role=${neighbour ? "listbox" : "img"}
    aria-label=${label}
    @keydown=${neighbour ? roving(neighbour) : nothing}
  >
    ${drawn}
  </svg>`;

/** A mark among others that arrows reach. */
export interface Mark {
  /** Names of its looks. */
  kind: string;
  x: number;
  y: number;
  /** What it is, in words. */
  said: string;
  /** By what `neighbour` knows it. */
  stop: string | number;
  /** Whether Tab reaches it. */
  first: boolean;
  chosen: boolean;
  node: number | null;
}

export const mark = (
  { kind, x, y, said, stop, first, chosen, node }: Mark,
  drawn: Drawn,
): SVGTemplateResult =>
  svg`<g class=${kind} transform="translate(${x} ${y})" role="option" aria-selected=${chosen} aria-label=${said}
    tabindex=${first ? 0 : -1} data-stop=${stop} data-node=${node ?? nothing}>
    <title>${said}</title>
    ${drawn}
  </g>`;

/** Height of a chip. */
export const CHIP = 24;

/** A token's name in a frame, from its left end on and in the middle of its height. */
export const chip = (width: number, name: string): SVGTemplateResult =>
  svg`<rect class="body" y=${-CHIP / 2} width=${width} height=${CHIP} rx="4"></rect>${words(width / 2, 4, name, "middle", "code")}`;

/** The sign that a text ends here, beside a chip so wide. */
export const cap = (width: number): SVGTemplateResult => rect("cap", width + 5, -5, 10, 10);

/** Texts as a list, for those who do not see the picture. */
export const forEars = (label: string, lines: readonly string[]): TemplateResult =>
  html`<ol class="ears-only" aria-label=${label}>
    ${lines.map((it) => html`<li>${it}</li>`)}
  </ol>`;

/** What a picture shows of a round; `reach` is where a pointer finds it, and what is lit up then. */
export const ofRound = (
  kind: string,
  round: number,
  reach: SVGTemplateResult,
  drawn: Drawn,
  said: string,
): SVGTemplateResult =>
  svg`<g class=${kind} data-round=${round}>${reach}${drawn}<title>${said}</title></g>`;

/** A token as a continuation of `node`; `null` stands for all tokens that are not listed. */
export const continuation = (
  kind: string,
  node: number,
  token: number | null,
  drawn: Drawn,
): SVGTemplateResult =>
  svg`<g class=${kind} data-after=${token === null ? nothing : node} data-token=${token ?? nothing}>${drawn}</g>`;

export const rect = (
  kind: string,
  x: number,
  y: number,
  width: number,
  height: number,
): SVGTemplateResult =>
  svg`<rect class=${kind} x=${x} y=${y} width=${width} height=${height}></rect>`;

/** Words with the left end of their line at a place, or their middle or end. */
export const words = (
  x: number,
  y: number,
  said: string | number,
  anchor?: "middle" | "end",
  kind = "small",
): SVGTemplateResult =>
  svg`<text class=${kind} x=${x} y=${y} text-anchor=${anchor ?? nothing}>${said}</text>`;
