/**
 * A recorded run on an imaginary machine: every pass that the run made is priced, with its rows
 * and the keys it read. Plain decoding of the same texts is priced beside it. Leaves out: rules,
 * tables and everything else around the passes.
 */
import type { ModelInfo } from "../generated/ModelInfo.ts";
import type { NodeId } from "../generated/NodeId.ts";
import type { Pass, State } from "../trace/state.ts";
import { isTargetPass, TARGET } from "../trace/stats.ts";
import { inTurn, overlapped } from "../views/layout/clock.ts";
import type { Machine } from "./machine.ts";
import { networkOf, type Network } from "./network.ts";
import { passCost, type Cost, type Work } from "./roofline.ts";

export type Models = Readonly<Record<string, ModelInfo | undefined>>;

/** A pass, and what it costs. */
export interface Priced {
  pass: Pass;
  network: Network;
  work: Work;
  cost: Cost;
}

export interface Price {
  /** Seconds of everything. */
  seconds: number;
  /** Seconds of the whole target's passes; the sum, whether or not they overlap with others. */
  verifying: number;
  /** Seconds of all other passes, likewise. */
  guessing: number;
  /** Idle power included. */
  joules: number;
}

/** The rows of a pass, and the keys that it reads from the cache. */
export function workOf(state: State, pass: Pass): Work & { pairs: number } {
  const fed = new Set<NodeId>([...pass.nodes, ...pass.ancestors]);
  const cached = new Set<NodeId>();
  /** By root: texts that share a pass do not attend to each other. */
  const texts = new Map<NodeId, { rows: number; cached: number }>();
  const rootOf = new Map<NodeId, NodeId>();
  for (const id of fed) {
    const way: NodeId[] = [];
    const fresh: NodeId[] = [];
    let at: NodeId | null = id;
    let root = id;
    while (at !== null) {
      const known = rootOf.get(at);
      if (known !== undefined) {
        root = known;
        break;
      }
      way.push(at);
      if (!fed.has(at)) fresh.push(at);
      root = at;
      at = state.nodes[at]?.parent ?? null;
    }
    for (const it of way) rootOf.set(it, root);
    const text = texts.get(root) ?? { rows: 0, cached: 0 };
    texts.set(root, { rows: text.rows + 1, cached: text.cached + fresh.length });
    for (const it of fresh) cached.add(it);
  }
  const pairs = [...texts.values()].reduce(
    (sum, text) => sum + text.rows * (text.cached + text.rows),
    0,
  );
  return { rows: fed.size, cached: cached.size, pairs };
}

/** Nodes keep their parents, so the work of a pass never changes. */
const works = new WeakMap<Pass, Work & { pairs: number }>();

function workOnce(state: State, pass: Pass): Work & { pairs: number } {
  const known = works.get(pass) ?? workOf(state, pass);
  works.set(pass, known);
  return known;
}

/** Every pass so far with its price; `null` when the size of one of the models is not known. */
export function priced(state: State, models: Models, machine: Machine): Priced[] | null {
  const networks = new Map<string, Network | null>();
  const all: Priced[] = [];
  for (const pass of state.passes) {
    const key = JSON.stringify([pass.role, pass.variant]);
    const info = models[pass.role];
    const network =
      networks.get(key) ?? (info === undefined ? null : networkOf(info, pass.variant));
    networks.set(key, network);
    if (network === null) return null;
    const work = workOnce(state, pass);
    all.push({ pass, network, work, cost: passCost(network, machine, work) });
  }
  return all;
}

/** Roles that work at the same time somewhere in the run; fewer than two where none do. */
export function together(passes: readonly Pass[]): string[] {
  const groups = new Map<number, Set<string>>();
  for (const { group, role } of passes)
    if (group !== null) groups.set(group, (groups.get(group) ?? new Set()).add(role));
  const largest = [...groups.values()].reduce((a, b) => (b.size > a.size ? b : a), new Set());
  return [...largest] as string[];
}

/**
 * The sum over passes; those of one group in different roles take the longest where `apart` gives
 * each role a machine of its own, which then draws its idle power as well.
 */
export function priceOf(all: readonly Priced[], machine: Machine, apart: boolean): Price {
  const timed = all.map(({ pass: { role, round, group } }) => ({ role, round, group }));
  const each = all.map((it) => it.cost.seconds);
  const { length } = apart ? overlapped(timed, each) : inTurn(timed, each);
  const sum = (list: readonly Priced[], of: (it: Priced) => number) =>
    list.reduce((total, it) => total + of(it), 0);
  const target = all.filter((it) => isTargetPass(it.pass));
  const verifying = sum(target, (it) => it.cost.seconds);
  const machines = apart ? Math.max(1, together(all.map((it) => it.pass)).length) : 1;
  return {
    seconds: length,
    verifying,
    guessing: sum(all, (it) => it.cost.seconds) - verifying,
    joules: sum(all, (it) => it.cost.joules) + machines * machine.idleWatts * length,
  };
}

/**
 * Plain decoding of as many tokens after the same prompts, one text after another: a pass over the
 * prompt gives the first token, a pass over one token each of the others. `null` before the first.
 */
export function plainPrice(state: State, models: Models, machine: Machine): Price | null {
  const info = models[TARGET];
  const network = info === undefined ? null : networkOf(info);
  if (network === null) return null;
  let seconds = 0;
  let joules = 0;
  let tokens = 0;
  for (const { path, promptLen } of state.lanes) {
    for (let i = 0; i < path.length - promptLen; i++) {
      const work =
        i === 0 ? { rows: promptLen, cached: 0 } : { rows: 1, cached: promptLen + i - 1 };
      const cost = passCost(network, machine, work);
      seconds += cost.seconds;
      joules += cost.joules + machine.idleWatts * cost.seconds;
      tokens += 1;
    }
  }
  return tokens === 0 ? null : { seconds, verifying: seconds, guessing: 0, joules };
}

/** What a run costs on a machine, and what plain decoding would. */
export interface Verdict {
  machine: Machine;
  run: Price;
  plain: Price | null;
  /** Times faster than plain decoding; `null` before the first token. */
  speedUp: number | null;
}

export function judge(
  state: State,
  models: Models,
  machine: Machine,
  apart: boolean,
): Verdict | null {
  const all = priced(state, models, machine);
  if (all === null) return null;
  const run = priceOf(all, machine, apart);
  const plain = plainPrice(state, models, machine);
  const speedUp = plain !== null && run.seconds > 0 ? plain.seconds / run.seconds : null;
  return { machine, run, plain, speedUp };
}
