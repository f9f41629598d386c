// Draws a view of a small recorded run at any place, for tests.

import { render } from "lit";
import type { Event } from "../generated/Event.ts";
import type { Trace } from "../generated/Trace.ts";
import { Fold } from "../trace/fold.ts";
import type { Scene, View } from "./view.ts";

const FILES = import.meta.glob<string>("./fixtures/*.json", {
  eager: true,
  query: "?raw",
  import: "default",
});

const load = (name: string): Trace => JSON.parse(FILES[`./fixtures/${name}.json`]!) as Trace;

/** A stage that draws one view of one run at any place; `change` makes it another run. */
export function stage(view: View, name: string, change = (event: Event): Event => event) {
  const whole = load(name);
  const trace = { ...whole, events: whole.events.map(change) };
  const fold = new Fold(trace.events);
  const box = document.body.appendChild(document.createElement("div"));
  const at = (index: number, more: Partial<Scene> = {}): Scene => {
    const scene: Scene = {
      state: fold.at(index),
      end: fold.head(),
      vocabulary: trace.vocabulary,
      recorded: null,
      models: trace.models,
      params: {},
      width: 800,
      selection: { node: null, token: null, round: null },
      options: {},
      setOption: () => {},
      motion: false,
      ...more,
    };
    render(view.render(scene), box);
    return scene;
  };
  const texts = (selector: string) =>
    [...box.querySelectorAll(selector)].map((it) => it.textContent!.trim());
  return { trace, fold, box, at, texts, length: trace.events.length };
}
