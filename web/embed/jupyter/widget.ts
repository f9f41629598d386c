// The figure as a Jupyter widget (anywidget): the trace comes with the notebook, and the reader's
// place is the widget's `step`.

import { partsFrom } from "../npm/player.ts";

interface Model {
  get(name: "trace"): string;
  get(name: "attributes"): Record<string, string>;
  get(name: "method_text"): Record<string, unknown> | null;
  get(name: "step"): number;
  set(name: "step", value: number): void;
  save_changes(): void;
  on(name: string, act: () => void): void;
  off(name: string, act: () => void): void;
}

/** Each widget loads this module anew, but the first one defines the element for all. */
const shared = globalThis as { decodescopeMethodTexts?: Map<string, unknown> };
const texts = (shared.decodescopeMethodTexts ??= new Map());
partsFrom({
  text: async (id) => texts.get(id) ?? null,
  module: async (name, base) => {
    if (name === "decodescope-cost.js") return import("../../cost/panel/panel.ts");
    if (name === "decodescope-export.js") return import("../exporters.ts");
    if (base) return import(/* @vite-ignore */ `${base}embed/${name}`);
    throw {
      said: 'This notebook holds no model: “base” has to name the folder of a Decodescope site, as in Player(…, live=True, base="https://…/"). The recorded run still plays.',
    };
  },
  language: async (tag) =>
    (tag === "de" ? await import("../../language/de.json") : await import("../../language/fr.json"))
      .default,
});

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const player = document.createElement("decodescope-player");
  const trace = document.createElement("script");
  trace.type = "application/json";
  trace.textContent = model.get("trace");
  player.append(trace);
  for (const [name, value] of Object.entries(model.get("attributes")))
    player.setAttribute(name, value);
  const text = model.get("method_text");
  if (text) texts.set(String(text["id"]), text);

  const moved = () => {
    const { step } = player.getState();
    if (step === model.get("step")) return;
    model.set("step", step);
    model.save_changes();
  };
  const asked = () => {
    const step = model.get("step");
    if (step !== player.getState().step) void player.seek(step);
  };
  const stands = () => {
    player.addEventListener("step", moved);
    // Python may have named a place before, or another view of this widget stands somewhere.
    if (model.get("step") > 0) asked();
    else moved();
  };
  player.addEventListener("ready", stands, { once: true });
  model.on("change:step", asked);
  el.append(player);
  return () => {
    model.off("change:step", asked);
    player.remove();
  };
}

export default { render };
