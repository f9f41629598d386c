/** The figures of the page, one for each method that is shown, and the scrubber they share. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import methods from "virtual:methods";
import "../components/decodescope-figure.ts";
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Trace } from "../generated/Trace.ts";
import { UNKNOWN_PROMPT } from "../import/imported.ts";
import { marksOf, type Mark } from "../player/place.ts";
import { inline } from "../views/part/inline.ts";
import "./compare-bar.ts";
import type { PageState } from "./page-state.ts";
import type { Panel } from "./panel.ts";
import { promptOf } from "../trace/text-of.ts";
import { spokenNow, t } from "../language/t.ts";

/** `figures` gives those on the page, in the order of the panels. */
export function pictures(page: PageState, figures: () => DecodescopeFigure[]): TemplateResult {
  const { panels, comparing, running } = page;
  const traces = panels.map((it) => it.trace);
  const whole = traces.every((it) => it !== null) && !running;
  return html`
    ${page.aggregates ? aggregates(page) : nothing}
    ${
      comparing && whole
        ? html`<decodescope-compare-bar
            .traces=${sameList(page, traces as Trace[])}
            @places=${(event: CustomEvent<number[]>) =>
              figures().forEach((figure, i) => figure.seek(event.detail[i] ?? 0))}
          ></decodescope-compare-bar>`
        : nothing
    }
    <div class="panels" data-count=${panels.length}>
      ${repeat(
        panels,
        (panel) => panel,
        (panel, index) => picture(page, panel, index),
      )}
    </div>
  `;
}

/** The figure itself comes with the reader that made its numbers. */
function aggregates(page: PageState): TemplateResult {
  return html`<decodescope-aggregates
    data-testid="aggregates"
    .name=${page.aggregates!.name}
    .list=${page.aggregates!.list}
    @close=${() => page.set({ aggregates: null })}
  ></decodescope-aggregates>`;
}

const lists = new WeakMap<PageState, Trace[]>();

/** The same array while its items are the same, so that the scrubber keeps its place. */
function sameList(page: PageState, next: Trace[]): Trace[] {
  const last = lists.get(page);
  if (last?.length === next.length && last.every((it, i) => it === next[i])) return last;
  lists.set(page, next);
  return next;
}

function picture(page: PageState, panel: Panel, index: number): TemplateResult {
  const method = methods.find((it) => it.id === panel.method);
  const { hide, view, speed, loop, large, halt, teach, height } = page.shown;
  return html`<article class="panel" aria-labelledby="panel-${index}">
    <div class="heading">
      <h2 id="panel-${index}">${method?.title ?? panel.method}</h2>
      ${caption(page, panel)}
    </div>
    ${
      panel.given
        ? html`<decodescope-figure
            data-testid="figure"
            data-panel=${index}
            .trace=${panel.given}
            .live=${panel.live}
            .method=${method ?? null}
            .hide=${hide}
            .view=${view}
            .speed=${speed}
            .loop=${loop}
            .marks=${marks(page, panel)}
            .large=${large}
            .halting=${halt}
            .words=${spokenNow()}
            .leads=${teach && index === 0}
            ?boxed=${height !== null || (teach && !page.comparing)}
            style=${inline(height === null ? "" : `height: ${height}px`)}
          ></decodescope-figure>`
        : html`<p class="empty">${t`Press Run to see this method write.`}</p>`
    }
  </article>`;
}

/** What a file says of itself: who recorded it, and of which model. */
function whence({ models, recorded }: Trace): string {
  const { transformers } = recorded.versions;
  const by = transformers ? `transformers ${transformers}` : recorded.backend;
  const model = models.target?.name;
  const said = [model, by].filter((it) => it).join(", ");
  return said === "" ? t`From a file` : t`From a file: ${said}`;
}

const marked = new WeakMap<Panel, { length: number; marks: Mark[] }>();

/** The address's markers in the run of a panel. */
function marks({ presentation }: PageState, panel: Panel): Mark[] {
  const length = panel.trace?.events.length ?? 0;
  let known = marked.get(panel);
  if (known?.length !== length)
    marked.set(panel, (known = { length, marks: marksOf(presentation.markers, length) }));
  return known.marks;
}

/** Where the run comes from. */
function caption(page: PageState, panel: Panel): TemplateResult | typeof nothing {
  const { trace, origin } = panel;
  if (!trace) return nothing;
  const where = trace.recorded.device === "webgpu" ? t`on WebGPU` : t`on the CPU`;
  const words = {
    example: t`A recorded example`,
    run: t`A run ${where}, seed ${trace.seed}`,
    file: whence(trace),
    link: t`From a link`,
    address: t`From ${panel.from!}`,
  }[origin];
  const prompt = promptOf(trace);
  const other = ![page.settings.prompt, UNKNOWN_PROMPT].includes(prompt) && origin !== "run";
  return html`<p class="caption" data-testid="caption">
    ${words}${
      other
        ? html`${t`, with another beginning:`}
            <button
              type="button"
              class="link"
              @click=${() => {
                page.typed = false;
                page.choose({ prompt });
              }}
            >
              ${t`use it`}
            </button>`
        : nothing
    }
  </p>`;
}
