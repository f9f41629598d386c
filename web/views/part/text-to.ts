// Texts of a search that keeps several: the tokens down to a node, and what a finished one was ranked by.

import { ancestors, type NodeState } from "../../trace/state.ts";
import { tokenName } from "../../trace/words.ts";
import type { Scene } from "../view.ts";

/** The generated tokens down to a node. */
export const textTo = ({ state, vocabulary }: Scene, node: number): string =>
  ancestors(state, node)
    .filter((it) => it.status !== "prompt" && it.token !== null)
    .reverse()
    .map((it) => tokenName(vocabulary, it.token!))
    .join("")
    .replaceAll("␣", " ");

/** `null` of a text that has not ended, or was not ranked. */
export const rankOf = ({ finish }: NodeState): number | null =>
  finish?.event.ranked ?? finish?.event.score ?? null;
