// The stage: a tab for each view that has something to show, and the open one below.

import { html, nothing, type TemplateResult } from "lit";
import type { Scene, View } from "../views/view.ts";
import { inline } from "../views/part/inline.ts";
import { t } from "../language/t.ts";

/** `below` stands under the picture; `open` shows another view. */
export function renderStage(
  views: readonly View[],
  view: View | undefined,
  scene: Scene,
  open: (id: string) => void,
  below: unknown,
): TemplateResult {
  const tabs = views.map(
    (it) =>
      html`<button
        role="tab"
        id="tab-${it.id}"
        aria-selected=${it === view}
        aria-controls="stage"
        tabindex=${it === view ? 0 : -1}
        @click=${() => open(it.id)}
      >
        ${t(it.title)}
      </button>`,
  );
  return html`<div class="stage">
    ${
      views.length > 0
        ? html`<div role="tablist" class="tabs" aria-label=${t`Pictures of this run`}>${tabs}</div>`
        : nothing
    }
    <div
      class="stage-body"
      id="stage"
      role=${view ? "tabpanel" : "presentation"}
      aria-labelledby=${view ? `tab-${view.id}` : nothing}
      tabindex=${view ? 0 : nothing}
      style=${inline(`min-height: ${view ? view.height(scene) : 0}px`)}
    >
      ${view ? view.render(scene) : nothing}
    </div>
    ${below}
  </div>`;
}
