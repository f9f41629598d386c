/**
 * Passes on one clock: as they were measured, one after another, and as they would lie with a
 * device for each role. The second is a model: it takes the measured times and lets the passes of
 * a group overlap. Leaves out: pixels, and what the passes gave.
 */

/** What is laid out of a pass. */
export interface Timed {
  role: string;
  round: number;
  /** Passes of one group in different roles do not wait for one another. */
  group: number | null;
}

/** A stretch of time in one lane. */
export interface Stretch {
  from: number;
  to: number;
}

/** A pass in its lane. */
export interface Block extends Stretch {
  /** Index among the passes. */
  pass: number;
}

export interface Lane {
  role: string;
  blocks: Block[];
  /** Gaps between its blocks, and before the end of the clock. */
  idle: Stretch[];
}

/** A round on the clock. */
export interface Turn extends Stretch {
  round: number;
}

export interface Clock {
  /** All passes, in their order. */
  blocks: readonly Block[];
  lanes: Lane[];
  turns: Turn[];
  length: number;
}

/** Lets the passes of a group overlap across roles; all else runs one after another. */
export function overlapped(passes: readonly Timed[], ms: readonly number[]): Clock {
  const blocks: Block[] = [];
  let group: number | null = null;
  /** When the group began, and where each role stands in it. */
  let began = 0;
  let ends = new Map<string, number>();
  let now = 0;
  passes.forEach((pass, index) => {
    if (pass.group === null || pass.group !== group) {
      group = pass.group;
      began = now;
      ends = new Map();
    }
    const from = ends.get(pass.role) ?? began;
    const to = from + ms[index]!;
    ends.set(pass.role, to);
    blocks.push({ pass: index, from, to });
    now = Math.max(now, to);
  });
  return clockOf(passes, blocks, now);
}

/** As they were measured: every pass waits for the one before it. */
export const inTurn = (passes: readonly Timed[], ms: readonly number[]): Clock =>
  overlapped(
    passes.map((it) => ({ ...it, group: null })),
    ms,
  );

function clockOf(passes: readonly Timed[], blocks: readonly Block[], length: number): Clock {
  const roles = [...new Set(passes.map((it) => it.role))];
  const lanes = roles.map((role) => {
    const own = blocks.filter((it) => passes[it.pass]!.role === role);
    return { role, blocks: own, idle: gaps(own, length) };
  });
  const turns: Turn[] = [];
  for (const { pass, from, to } of blocks) {
    const { round } = passes[pass]!;
    const last = turns.at(-1);
    if (last?.round === round) last.to = Math.max(last.to, to);
    else turns.push({ round, from, to });
  }
  return { blocks, lanes, turns, length };
}

function gaps(blocks: readonly Stretch[], length: number): Stretch[] {
  const edges = [0, ...blocks.flatMap((it) => [it.from, it.to]), length];
  const idle: Stretch[] = [];
  for (let i = 0; i + 1 < edges.length; i += 2) {
    const [from, to] = [edges[i]!, edges[i + 1]!];
    if (to - from > 1e-9) idle.push({ from, to });
  }
  return idle;
}

/** How long some blocks last together. */
export const lasting = (blocks: readonly Stretch[]): number =>
  blocks.reduce((sum, it) => sum + it.to - it.from, 0);

/** The middle value; 0 of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
