// What a reader sees of a live figure beside the figure itself: badge, sentence, buttons.

import { html, nothing, render, type TemplateResult } from "lit";
import type { Progress } from "../../engine/protocol.ts";
import type { LiveFigure } from "./live-figure.ts";
import { sheet } from "./bar-styles.ts";

export function drawBar(live: LiveFigure, bar: HTMLElement): void {
  const root = bar.getRootNode() as ShadowRoot;
  if (!root.adoptedStyleSheets.includes(sheet))
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const focused = bar.contains(root.activeElement);
  render(template(live), bar);
  // The button that was pressed is gone: what follows it takes the focus.
  if (focused && !bar.contains(root.activeElement))
    bar.querySelector<HTMLElement>("button, textarea")?.focus();
}

function template(live: LiveFigure): TemplateResult {
  const back = live.live && live.state.is !== "running" && live.state.is !== "queued";
  return html`<div class="live-bar" data-state=${live.state.is}>
    <span class="live-badge" ?data-live=${live.live}>${live.live ? "Live" : "Recorded"}</span>
    ${content(live)}
    ${back ? html`<button @click=${() => live.back()}>Back to the recorded run</button>` : nothing}
  </div>`;
}

function content(live: LiveFigure): TemplateResult {
  const { state } = live;
  switch (state.is) {
    case "opening":
      return html`<p role="status">Looking at what this browser can do …</p>`;
    case "asking": {
      const { bytes, kept, keeps, why } = state.bill;
      const size = megabytes(bytes);
      const rest = keeps
        ? kept > 0
          ? ` ${megabytes(kept)} are in this browser already.`
          : " The model stays in this browser for later."
        : " This browser keeps nothing for this page, so that another visit fetches it again.";
      return html`
        <p role="status">
          To run here, the model and its engine have to come: ${size} at most.${rest} ${why}
        </p>
        <button class="first" @click=${() => void live.load()}>Download ${size}</button>
      `;
    }
    case "loading":
      return html`
        <p>${state.why}</p>
        ${progress(state.progress)}
        <button @click=${() => live.cancelLoad()}>Cancel</button>
      `;
    case "ready":
      return html`
        <form
          @submit=${(event: Event) => {
            event.preventDefault();
            void live.run();
          }}
        >
          <label class="wide">
            Beginning
            <textarea
              name="prompt"
              rows="2"
              .value=${live.prompt}
              @input=${(event: Event) => (live.prompt = (event.target as HTMLTextAreaElement).value)}
            ></textarea>
          </label>
          <label>
            Seed
            <input
              name="seed"
              type="number"
              min="0"
              max="4294967295"
              required
              .value=${String(live.seed)}
              @change=${(event: Event) => {
                const input = event.target as HTMLInputElement;
                // With another value the browser says what may stand there, and Run does not run.
                if (input.validity.valid) live.seed = input.valueAsNumber;
              }}
            />
          </label>
          <button class="first" type="submit">Run</button>
        </form>
        <p role="status">${state.why}</p>
      `;
    case "queued":
      return html`
        <p role="status">Another figure is running; this one is next.</p>
        <button @click=${() => live.stop()}>Leave it</button>
      `;
    case "running":
      return html`
        <p role="status">The model is writing.</p>
        <button @click=${() => live.stop()}>Stop</button>
      `;
    case "broken":
      return html`
        <p role="alert">${state.message} The run is kept as far as it came.</p>
        <button class="first" @click=${() => void live.goOnOnCpu()}>Go on with the CPU</button>
      `;
    case "failed":
      return html`
        <p role="alert">${state.message} The recorded run still plays.</p>
        ${
          state.retry === null
            ? nothing
            : html`<button @click=${() => void live.ask()}>Try again</button>`
        }
      `;
  }
}

function progress(it: Progress | null): TemplateResult {
  if (!it) return html`<p role="status">Opening the engine …</p>`;
  const words =
    it.loaded < it.total
      ? `Loading ${it.what}: ${megabytes(it.loaded)} of ${megabytes(it.total)}`
      : "The model is here; timing a few plain tokens …";
  return html`<progress max=${it.total} .value=${it.loaded} aria-label=${words}></progress>
    <p>${words}</p>`;
}

/** Bytes as a reader counts them. */
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
