/**
 * What a run says of itself: how many of its guesses were kept, how many tokens a round gave, how
 * long its passes took. Counted and timed, never modelled.
 */
import type { Recorded } from "../generated/Recorded.ts";
import type { NodeState, Pass, State } from "../trace/state.ts";
import { isTargetPass, passTimes, stats, TARGET } from "../trace/stats.ts";
import { median } from "../views/layout/clock.ts";
import type { Timed } from "./draft-latency.ts";
import { networkOf } from "./network.ts";
import type { Models } from "./replay.ts";

export interface Alpha {
  /** Places where guesses were tested, and where one of them was kept. */
  tested: number;
  kept: number;
  /** kept / tested: guesses after a rejection were not tested and do not count. */
  share: number;
  /**
   * Mean over the tests of the probability to pass them. A guess drawn from q passes with
   * min(1, p/q), whose mean over q is Σ min(p, q); it varies less than the outcomes. `null` where
   * several guesses compete for a place, or a rule has no such probability.
   */
  expected: number | null;
}

/** `null` before the first test. */
export function alphaOf(state: State): Alpha | null {
  const { positions } = stats(state, null, false);
  const tested = positions.reduce((sum, it) => sum + it.tried, 0);
  const kept = positions.reduce((sum, it) => sum + it.accepted, 0);
  if (tested === 0) return null;
  const chances = state.nodes.flatMap((it) => it.judges).map(({ event }) => chance(event));
  const known = chances.length === tested && chances.every((it) => it !== null);
  const expected = known ? chances.reduce((sum, it) => sum + it, 0) / tested : null;
  return { tested, kept, share: kept / tested, expected };
}

function chance(event: NodeState["judges"][number]["event"]): number | null {
  const { rule, p, q, scale, accepted } = event;
  if (rule === "greedy") return accepted ? 1 : 0;
  if (rule === "one_hot" || rule === "sample_match") return p;
  if (rule === "ratio" && q !== null && q > 0) return Math.min(1, p / (q * (scale ?? 1)));
  return null;
}

/** How many guesses in a row were kept, over all drafts that were long enough. */
export interface Reach {
  /** 1 is the next token. */
  position: number;
  /** Drafts with a guess there, of which one was tested somewhere. */
  drafts: number;
  /** Drafts kept up to there. */
  kept: number;
}

export function reachOf(state: State): Reach[] {
  const drafts = new Map<number, { depth: number; kept: number }>();
  for (const node of state.nodes) {
    if (!isGuess(node)) continue;
    const key = node.round * state.lanes.length + node.lane;
    const draft = drafts.get(key) ?? { depth: 0, kept: -1 };
    draft.depth = Math.max(draft.depth, node.ahead);
    if (node.judges.length > 0) draft.kept = Math.max(draft.kept, 0);
    if (node.status === "accepted") draft.kept = Math.max(draft.kept, node.ahead);
    drafts.set(key, draft);
  }
  const judged = [...drafts.values()].filter((it) => it.kept >= 0);
  const deepest = judged.reduce((most, it) => Math.max(most, it.depth), 0);
  return Array.from({ length: deepest }, (_, i) => ({
    position: i + 1,
    drafts: judged.filter((it) => it.depth > i).length,
    kept: judged.filter((it) => it.kept > i).length,
  }));
}

const OWN = new Set(["prompt", "target", "recovered", "bonus", "padding"]);
const isGuess = (node: NodeState): boolean => !OWN.has(node.by);

export interface Rounds {
  /** Rounds in which guesses were judged. */
  count: number;
  /** Σ tokens / Σ rounds; not the mean of ratios. */
  tokens: number;
  /** Positions that a draft covers, on average. */
  length: number;
}

/** `null` before the first round with a tested guess. */
export function roundsOf(state: State): Rounds | null {
  const judged = new Set(
    state.nodes.filter((it) => it.judges.length > 0).map((it) => it.judges[0]!.round),
  );
  const rounds = state.rounds.filter((it) => judged.has(it.index));
  if (rounds.length === 0) return null;
  const reach = reachOf(state);
  const drafts = reach[0]?.drafts ?? 0;
  return {
    count: rounds.length,
    tokens: rounds.reduce((sum, it) => sum + it.emitted, 0) / rounds.length,
    length: drafts === 0 ? 0 : reach.reduce((sum, it) => sum + it.drafts, 0) / drafts,
  };
}

/** A kind of pass: one model with one set of layers. */
export interface Kind {
  role: string;
  /** Layers that run; halves where one block of a layer is skipped. */
  layers: number;
  whole: boolean;
  passes: readonly Pass[];
}

export function kindsOf(state: State, models: Models): Kind[] {
  const kinds = new Map<string, Kind & { passes: Pass[] }>();
  for (const pass of state.passes) {
    const info = models[pass.role];
    if (!info) continue;
    const skipped = pass.variant;
    const layers = networkOf(info, skipped)?.layers ?? info.layers;
    const key = `${pass.role} ${layers}`;
    const kind = kinds.get(key) ?? { role: pass.role, layers, whole: skipped === null, passes: [] };
    kind.passes.push(pass);
    kinds.set(key, kind);
  }
  return [...kinds.values()];
}

/** Passes of one row that were timed, the median of each kind. */
export interface TimedKind extends Timed {
  role: string;
  whole: boolean;
  /** 0: not a pass of this run, but a token of plain decoding, timed beside it. */
  passes: number;
}

/** A kind with fewer single passes than this is not timed well. */
const ENOUGH = 3;

export function timedKinds(state: State, models: Models, recorded: Recorded | null): TimedKind[] {
  const ms = passTimes(state.passes, recorded);
  if (!ms) return [];
  const kinds = kindsOf(state, models).flatMap(({ role, layers, whole, passes }) => {
    const single = passes.filter((it) => it.nodes.length + it.ancestors.length === 1);
    const times = single.map((it) => ms[state.passes.indexOf(it)]!);
    if (single.length < ENOUGH) return [];
    return [{ role, layers, whole, passes: single.length, ms: median(times) }];
  });
  const info = models[TARGET];
  const plain = recorded?.plain_ms_per_token ?? null;
  if (info && plain !== null && !kinds.some((it) => it.role === TARGET && it.whole))
    kinds.push({ role: TARGET, layers: info.layers, whole: true, passes: 0, ms: plain });
  return kinds;
}

/** Time of a draft pass over that of a plain token, both as measured; `null` where one is not. */
export function measuredC(state: State, recorded: Recorded | null): number | null {
  const ms = passTimes(state.passes, recorded);
  const plain = recorded?.plain_ms_per_token ?? null;
  if (!ms || plain === null || plain <= 0) return null;
  const drafts = ms.filter((_, i) => !isTargetPass(state.passes[i]!));
  return drafts.length === 0 ? 0 : median(drafts) / plain;
}
