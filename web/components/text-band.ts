// The band of text on top: how much room it keeps, and that its end stays in sight.

import { html, type TemplateResult } from "lit";
import type { Scene } from "../views/view.ts";
import { plainText, renderText } from "../views/text.ts";
import { inline } from "../views/part/inline.ts";

/** Letters of a token, and pixels of a letter, on average. */
const TOKEN_LETTERS = 4.5;
const LETTER_WIDTH = 8.5;
const LINE_HEIGHT = 1.75;
const MOST_LINES = 5;

export class TextBand {
  /** Lines kept for the text: never fewer than before, so that nothing below moves up. */
  #lines = 0;
  #width = 640;
  /** The place for which the text was last scrolled to its end. */
  #shownAt = -1;

  /** Another run, or another width: room is reckoned anew. */
  reset(width = this.#width): void {
    this.#width = width;
    this.#lines = 0;
  }

  /** `asked`: tokens that a live run may still reach, else 0. */
  render(scene: Scene, pinned: number | null, asked: number): TemplateResult {
    const { state, end, vocabulary } = scene;
    // Of a live run only the length that was asked for is known.
    const letters = Math.max(plainText(end, vocabulary).length, asked * TOKEN_LETTERS);
    const across = Math.max(20, this.#width / LETTER_WIDTH);
    // Room for the whole text from the start: nothing below it moves while it grows.
    const needed = Math.max(2, this.#lines, Math.ceil(letters / across) + 1);
    this.#lines = Math.min(MOST_LINES, needed);
    return html`<div class="text" style=${inline(`height: ${this.#lines * LINE_HEIGHT}em`)}>
      ${renderText(state, vocabulary, pinned)}
      <p class="unseen">${plainText(state, vocabulary)}</p>
    </div>`;
  }

  /** Keeps the end of the text in sight while it grows. */
  follow(band: HTMLElement | null, index: number): void {
    if (!band || this.#shownAt === index) return;
    this.#shownAt = index;
    requestAnimationFrame(() => (band.scrollTop = band.scrollHeight));
  }
}
