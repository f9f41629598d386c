/** What the marks of a picture mean: each with its words, in a line above it. */
import { html, type SVGTemplateResult, type TemplateResult } from "lit";

/** A mark of 14 pixels in height, and its words. */
export type Key = readonly [mark: SVGTemplateResult, words: string];

/** `name`: the class below which the styles of the marks stand; `width` of each in pixels. */
export const renderKeys = (name: string, width: number, keys: readonly Key[]): TemplateResult =>
  html`<ul class="keys ${name}">
    ${keys.map(
      ([mark, words]) =>
        html`<li><svg width=${width} height="14" aria-hidden="true">${mark}</svg>${words}</li>`,
    )}
  </ul>`;
