/**
 * A second figure, out of sight, that pictures are taken of: it has the width, the theme and the
 * place that was asked for, and neither the page's styles nor the reader's scrolling touch it.
 */
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { State } from "../trace/state.ts";
import type { Selection } from "../views/view.ts";
import { STACKS } from "./faces.ts";
import { loadFonts } from "./fonts.ts";

/** What of the figure is drawn. */
export const PARTS = {
  picture: "The picture",
  text: "The text",
  explanation: "The explanation",
  figure: "Text, picture and explanation",
} as const;
export type Part = keyof typeof PARTS;

export interface Options {
  part: Part;
  /** Id of the view; left out: the one that is open. */
  view?: string | undefined;
  theme: "light" | "dark";
  /** Pixels across. */
  width: number;
  /** Also what the reader would have to scroll to; the picture may then be wider. */
  whole?: boolean | undefined;
  /** Events that have happened, and what is selected. */
  at: number;
  selection?: Selection | undefined;
}

export const STANDARD_WIDTH = 900;

/**
 * Texts are as wide as their letters say, whatever the screen: then a picture has the same measures
 * everywhere, and the fonts that it carries fit.
 */
const FONTS = `
  :host {
    ${Object.entries(STACKS)
      .map(([name, stack]) => `--font-${name}: ${stack};`)
      .join(" ")}
    text-rendering: geometricPrecision;
  }
`;
/** Controls go, and nothing moves. */
const ALWAYS = `
  * {
    transition: none !important;
    animation: none !important;
    caret-color: transparent;
  }
  .figure {
    border: 0;
    padding-block: 10px;
  }
  .tabs,
  .scrubber,
  .pseudo,
  .sheet-handle {
    display: none !important;
  }
  .figure > .text {
    height: auto !important;
    overflow: visible;
  }
  .side-body {
    position: static;
    max-height: none !important;
    mask-image: none !important;
    overflow: visible;
  }
`;
const ONLY: Record<Part, string> = {
  picture: `.figure > .text, .side { display: none }
    .middle { display: block; min-height: 0 }`,
  text: `.middle { display: none } .figure > .text { border: 0 }`,
  explanation: `.figure > .text, .stage { display: none }
    .middle { display: block; min-height: 0 } .side { border: 0 }`,
  figure: `.middle { min-height: 0 } .stage { padding-top: 8px }`,
};
const WHOLE = `.stage, .stage-body { overflow: visible }
  .box, .batch-text { overflow: visible !important; max-height: none !important;
    max-width: none !important; height: auto !important }`;

export class Copy {
  readonly figure: DecodescopeFigure;
  readonly #holder: HTMLElement;
  readonly #options: Options;
  #measured = false;

  /** Stands where `figure` stands, so that it inherits the host's accent, no more. */
  static async of(figure: DecodescopeFigure, options: Options): Promise<Copy> {
    const fonts = await loadFonts();
    const copy = new Copy(figure, options, fonts.length > 0);
    await copy.figure.updateComplete;
    await copy.seek(options.at);
    return copy;
  }

  private constructor(figure: DecodescopeFigure, options: Options, ownFonts: boolean) {
    this.#options = options;
    this.figure = figure.copy();
    this.figure.theme = options.theme;
    if (options.view) this.figure.view = options.view;
    this.#holder = document.createElement("div");
    this.#holder.inert = true;
    this.#holder.ariaHidden = "true";
    this.#holder.style.cssText =
      "all: initial; position: fixed; left: -20000px; top: 0; contain: layout style";
    this.figure.style.width = `${options.width}px`;
    this.#holder.append(this.figure);
    (figure.parentNode ?? document.body).append(this.#holder);
    const sheet = new CSSStyleSheet();
    const whole = options.whole ? WHOLE : "";
    const fonts = ownFonts ? FONTS : "";
    sheet.replaceSync(`${fonts} ${ALWAYS} ${ONLY[options.part]} ${whole}`);
    const root = this.figure.shadowRoot!;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  /** Draws a place, in events from the start, and waits until it is laid out. */
  async seek(at: number): Promise<void> {
    const { figure } = this;
    figure.seek(at);
    if (this.#options.selection) figure.select(this.#options.selection);
    await figure.updateComplete;
    await laidOut();
    if (this.#measured) return;
    await this.#defined();
    // The first layout tells the figure its width, and then it draws again.
    this.#measured = true;
    await figure.updateComplete;
    await laidOut();
  }

  /** Waits for elements of the picture whose script is loaded on demand. */
  async #defined(): Promise<void> {
    const missing = [...this.root.querySelectorAll(":not(:defined)")];
    if (missing.length === 0) return;
    await Promise.all(missing.map((it) => customElements.whenDefined(it.localName)));
    await laidOut();
  }

  /** The newest state of the run. */
  get end(): State {
    return this.figure.end;
  }

  /** What is laid out. */
  get root(): Element {
    return this.figure.shadowRoot!.querySelector(".figure")!;
  }

  /** The colour below the picture. */
  get paper(): string {
    return getComputedStyle(this.root).backgroundColor;
  }

  remove(): void {
    this.#holder.remove();
  }
}

/** After the next frame has been laid out, and what it measured has been told. */
const laidOut = (): Promise<void> =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
