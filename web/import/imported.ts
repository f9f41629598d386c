// What a dropped file turns out to be: a run to play, or figures about many runs.

import type { Trace } from "../generated/Trace.ts";

/** Acceptance over many rounds and requests, as servers report it: no steps can be played. */
export interface Aggregate {
  /** Who reported: `vLLM`, `llama.cpp`, `SGLang`. */
  readonly source: string;
  /** Which server, model or request the figures are of, as the file names it; may be empty. */
  readonly of: string;
  /** Rounds in which guesses were made; `null` where the report leaves it out. */
  readonly drafts: number | null;
  readonly drafted: number | null;
  readonly accepted: number | null;
  /** Share of rounds in which the guess at each place was kept, nearest first; may be empty. */
  readonly byPosition: readonly number[];
  /** Tokens a pass of the target gives, its own one included. */
  readonly meanLength: number | null;
  /** Share of all guesses that were kept. */
  readonly rate: number | null;
}

export type Imported =
  | { readonly kind: "trace"; readonly trace: Trace; readonly from: string }
  | { readonly kind: "aggregates"; readonly aggregates: readonly Aggregate[] };

/** Stands where the prompt would, in a run whose file does not have it. */
export const UNKNOWN_PROMPT = "⟨the prompt is not in the file⟩";

/** Larger files are refused before they fill the page's memory. */
export const MAX_BYTES = 200_000_000;
