// Which draw a picture of a draw is about.

import type { At, EventOf } from "../trace/state.ts";
import type { Scene } from "./view.ts";

/** The draw that chose the selected node, else the last that continues it, else the latest. */
export function selectedSample(scene: Scene): At<"sample"> | null {
  const { selection, state } = scene;
  const node = selection.node === null ? undefined : state.nodes[selection.node];
  if (!node) return state.sample;
  const own = selection.token === null ? node.draw : null;
  return own ?? node.samples.at(-1) ?? state.sample;
}

/** The one stage of a draw that a server logged: likely tokens, and nothing of how one was chosen. */
export const LOGGED = "recorded";

/**
 * How a token came to be chosen. A trace of another library may leave out the uniform of a draw:
 * then the last stage leaves the token less than all mass.
 */
export function chosenBy({ u, prob, stages }: EventOf<"sample">): "draw" | "rank" | "unknown" {
  if (stages.at(-1)?.name === LOGGED) return "unknown";
  return u !== null || prob < 1 ? "draw" : "rank";
}
