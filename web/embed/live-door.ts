// The door from a recorded run to the running model: what runs it is another script beside this one,
// fetched when a reader asks for it.

import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Trace } from "../generated/Trace.ts";
import { beside, SITE } from "./method-text.ts";

/** What a live run is given of the player that shows it. */
export interface LiveStage {
  /** Where the controls are drawn. */
  readonly bar: HTMLElement;
  /** The folder that holds `wasm/` and `models/`. */
  readonly base: string;
  /** The author's own beginning and seed; `null`: those of the recorded run. */
  readonly prompt: string | null;
  readonly seed: number | null;
  figure(): DecodescopeFigure | null;
  /** The run that is shown. */
  trace(): Trace;
  /** Takes note that the figure shows another run. */
  keep(trace: Trace): void;
}

/** Ends what goes on, when the player shows another run or leaves the page. */
export type Close = () => void;

/** Throws when the script cannot be had; `said` is then what a package says to that. */
export async function openLive(stage: LiveStage): Promise<Close> {
  const named = stage.base === SITE ? undefined : stage.base;
  const { upgrade } = (await beside("decodescope-live.js", named)) as {
    upgrade(stage: LiveStage): Close;
  };
  return upgrade(stage);
}

/** The folder that holds `wasm/` and `models/`: the one above the script's, or what `base` says. */
export const liveBase = (base: string | null): string =>
  base ? new URL(base.replace(/\/?$/, "/"), document.baseURI).href : SITE;
