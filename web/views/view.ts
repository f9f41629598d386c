// What a picture is: a pure function from what the reader sees now to a template. A view decides
// from the data whether it applies, and knows the name of no method.

import type { CSSResultGroup, TemplateResult } from "lit";
import type { ModelInfo } from "../generated/ModelInfo.ts";
import type { Recorded } from "../generated/Recorded.ts";
import type { State } from "../trace/state.ts";
import type { Vocabulary } from "../trace/words.ts";

/** What one picture is drawn from. */
export interface Scene {
  /** The state at the reader's place. */
  readonly state: State;
  /** The newest state of the trace: reserve room by it, never draw the future from it. */
  readonly end: State;
  readonly vocabulary: Vocabulary;
  readonly recorded: Recorded | null;
  /** By role; what is not known of a run that has no models is absent. */
  readonly models: Readonly<Record<string, ModelInfo | undefined>>;
  /** The method's settings; a view may read one that several methods share. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Width of the stage in CSS pixels. */
  readonly width: number;
  readonly selection: Selection;
  /** Switches of the view (log scale, wall time …), kept by the figure under the view's id. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly setOption: (name: string, value: string | number | boolean) => void;
  /** False under reduced motion, while scrubbing and in print: draw the end of every transition. */
  readonly motion: boolean;
}

/**
 * What the reader points at. Linked highlighting needs no code in a view: a mark that carries
 * `data-node="7"`, or `data-after="7" data-token="42"` (the token 42 as a continuation of node 7),
 * or `data-round="3"`, is found by the figure, which selects it on hover, focus and click, and sets
 * the attribute `marked` on every mark of the same thing in all bands. Style `[marked]`.
 */
export interface Selection {
  readonly node: number | null;
  /** A possible continuation of `node`, whether or not it was grown. */
  readonly token: number | null;
  readonly round: number | null;
}

export interface View {
  /** Also the name of its tab in addresses. */
  readonly id: string;
  readonly title: string;
  /** Whether the trace has what this view shows; asked of the newest state. */
  readonly applies: (end: State) => boolean;
  /** How well it fits, among views that apply: the highest opens first. */
  readonly rank: (end: State) => number;
  /** Height in CSS pixels that the stage keeps free for it, so that nothing below ever moves. */
  readonly height: (scene: Scene) => number;
  readonly render: (scene: Scene) => TemplateResult;
  readonly styles?: CSSResultGroup;
}
