// Counts over a state: passes, acceptance, and where the time went. Times come from `recorded`;
// nothing here is estimated without saying so.

import type { Recorded } from "../generated/Recorded.ts";
import type { Pass, State } from "./state.ts";

export const TARGET = "target";

/** Guesses at one distance from the head. */
export interface Position {
  /** 1 is the next token. */
  readonly position: number;
  /** Rounds in which a guess was tested there. */
  readonly tried: number;
  /** Rounds in which a guess was kept there. */
  readonly accepted: number;
}

export interface Times {
  readonly draft: number;
  readonly verify: number;
  /** What neither took: filters, rules, tables, waiting. Known when the run is complete. */
  readonly other: number;
  readonly total: number;
}

export interface Stats {
  /** Generated tokens so far, of all prompts. */
  readonly tokens: number;
  /** Passes by role. */
  readonly passes: Readonly<Record<string, number>>;
  /** Passes of the whole target network. */
  readonly targetPasses: number;
  /** Passes that only help to guess: other models, and the target with layers left out. */
  readonly draftPasses: number;
  /** Tokens a target pass gives; `null` before the first pass. */
  readonly tokensPerPass: number | null;
  readonly drafted: number;
  /** Guesses that were tested. */
  readonly judged: number;
  readonly accepted: number;
  readonly positions: readonly Position[];
  /** Milliseconds; `null` when the trace has none. */
  readonly times: Times | null;
  /** Milliseconds plain decoding takes for as many tokens; `null` when it was not measured. */
  readonly plainMs: number | null;
  /** How many times faster than plain decoding in wall time; below 1 is slower. */
  readonly speedup: number | null;
}

export const isTargetPass = (pass: Pass): boolean => pass.role === TARGET && pass.variant === null;

/** `complete`: `state` is the last of a run that has ended, so its total time is known. */
export function stats(state: State, recorded: Recorded | null, complete: boolean): Stats {
  const tokens = state.lanes.reduce((sum, it) => sum + it.path.length - it.promptLen, 0);
  const passes: Record<string, number> = {};
  for (const pass of state.passes) passes[pass.role] = (passes[pass.role] ?? 0) + 1;
  const targetPasses = state.passes.filter(isTargetPass).length;
  const tested = state.nodes.filter((it) => it.judges.length > 0);
  const times = timesOf(state, recorded, complete);
  const each = recorded?.plain_ms_per_token ?? null;
  const plainMs = each === null ? null : each * tokens;
  return {
    tokens,
    passes,
    targetPasses,
    draftPasses: state.passes.length - targetPasses,
    tokensPerPass: targetPasses > 0 ? tokens / targetPasses : null,
    drafted: state.rounds.reduce((sum, it) => sum + it.drafted, 0),
    judged: tested.length,
    accepted: tested.filter((it) => it.status === "accepted").length,
    positions: positionsOf(state),
    times,
    plainMs,
    speedup: plainMs !== null && times !== null && times.total > 0 ? plainMs / times.total : null,
  };
}

function positionsOf(state: State): Position[] {
  const tried = new Map<number, Set<number>>();
  const accepted = new Map<number, Set<number>>();
  const note = (at: Map<number, Set<number>>, position: number, draft: number) => {
    at.set(position, (at.get(position) ?? new Set()).add(draft));
  };
  for (const node of state.nodes) {
    const verdict = node.judges.at(-1);
    if (!verdict) continue;
    // Each prompt of a batch has its own draft in a round; a guess may wait for a later one.
    const draft = node.round * state.lanes.length + node.lane;
    note(tried, node.ahead, draft);
    if (node.status === "accepted") note(accepted, node.ahead, draft);
  }
  return [...tried.keys()]
    .sort((a, b) => a - b)
    .map((position) => ({
      position,
      tried: tried.get(position)!.size,
      accepted: accepted.get(position)?.size ?? 0,
    }));
}

/** Milliseconds of each pass: all of them ran one after another, those of a group too. */
export function passTimes(passes: readonly Pass[], recorded: Recorded | null): number[] | null {
  const measured = recorded?.pass_ms ?? [];
  if (measured.length < passes.length || passes.length === 0) return null;
  return passes.map(({ ordinal }) => measured[ordinal] ?? 0);
}

function timesOf(state: State, recorded: Recorded | null, complete: boolean): Times | null {
  const each = passTimes(state.passes, recorded);
  if (!recorded || !each) return null;
  let draft = 0;
  let verify = 0;
  state.passes.forEach((pass, i) => {
    if (isTargetPass(pass)) verify += each[i]!;
    else draft += each[i]!;
  });
  const other = complete ? Math.max(0, recorded.total_ms - draft - verify) : 0;
  return { draft, verify, other, total: draft + verify + other };
}
