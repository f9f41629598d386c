// Replays events: `fold(events, n)` is the state after the first n of them, and `Fold` gives any
// of those states after applying a few events only. No rule of any method is known here.

import type { Event } from "../generated/Event.ts";
import type { NodeId } from "../generated/NodeId.ts";
import type {
  At,
  EventOf,
  LaneState,
  NodeState,
  Pass,
  Round,
  State,
  Status,
  TableRow,
  TableState,
} from "./state.ts";

/** Events between two kept states: a jump applies at most this many. */
const CHECKPOINT = 64;

export const EMPTY: State = {
  index: 0,
  event: null,
  touched: [],
  focus: null,
  sample: null,
  nodes: [],
  lanes: [],
  rounds: [],
  passes: [],
  tables: new Map(),
  notes: [],
  merges: [],
  finishes: [],
  prune: null,
  line: null,
};

/** The state after the first `count` events. */
export function fold(events: readonly Event[], count = events.length): State {
  return advance(EMPTY, events, Math.min(count, events.length));
}

/** Any state of a trace that may still be growing. */
export class Fold {
  readonly #events: Event[];
  /** `#kept[k]` is the state after k × CHECKPOINT events. */
  readonly #kept: State[] = [EMPTY];
  #last: State = EMPTY;
  /** The newest state: the same object until events are added, so that views may know it again. */
  #head: State = EMPTY;

  constructor(events: readonly Event[] = []) {
    this.#events = [...events];
  }

  get events(): readonly Event[] {
    return this.#events;
  }

  get length(): number {
    return this.#events.length;
  }

  append(events: readonly Event[]): void {
    for (const event of events) this.#events.push(event);
  }

  /** The state after `count` events, counted from the start and held to the events there are. */
  at(count: number): State {
    const goal = Math.max(0, Math.min(Math.trunc(count), this.#events.length));
    if (goal === this.#head.index) return this.#head;
    while (this.#kept.length * CHECKPOINT <= goal) {
      const from = this.#kept.at(-1)!;
      this.#kept.push(advance(from, this.#events, from.index + CHECKPOINT));
    }
    const kept = this.#kept[Math.floor(goal / CHECKPOINT)]!;
    const near = this.#last.index <= goal && this.#last.index > kept.index ? this.#last : kept;
    this.#last = near.index === goal ? near : advance(near, this.#events, goal);
    return this.#last;
  }

  /** The newest state. */
  head(): State {
    if (this.#head.index !== this.#events.length) this.#head = this.at(this.#events.length);
    return this.#head;
  }
}

/** A state under construction: its own lists, whose items are shared until replaced. */
type Draft = {
  -readonly [K in keyof State]: State[K] extends readonly (infer T)[]
    ? T[]
    : State[K] extends ReadonlyMap<infer A, infer B>
      ? Map<A, B>
      : State[K];
};

function advance(from: State, events: readonly Event[], to: number): State {
  const draft: Draft = {
    ...from,
    touched: [...from.touched],
    nodes: [...from.nodes],
    lanes: [...from.lanes],
    rounds: [...from.rounds],
    passes: [...from.passes],
    tables: new Map(from.tables),
    notes: [...from.notes],
    merges: [...from.merges],
    finishes: [...from.finishes],
  };
  for (let index = from.index; index < to; index++) apply(draft, index, events[index]!);
  return draft;
}

function apply(draft: Draft, index: number, event: Event): void {
  draft.index = index + 1;
  draft.event = event;
  draft.touched = [];
  const round = draft.rounds.length - 1;
  switch (event.kind) {
    case "step":
      startRound(draft, index, event.index);
      break;
    case "line":
      draft.line = event.line;
      break;
    case "grow":
      grow(draft, index, event);
      break;
    case "score":
      score(draft, index, event);
      break;
    case "sample": {
      const sample: At<"sample"> = { index, round, event };
      draft.touched = [event.node];
      draft.sample = sample;
      draft.focus = { node: event.node, token: event.token };
      change(draft, event.node, (it) => ({ samples: [...it.samples, sample] }));
      break;
    }
    case "judge":
      judge(draft, index, event);
      break;
    case "commit":
      commit(draft, event);
      break;
    case "finish": {
      const finish: At<"finish"> = { index, round, event };
      draft.touched = [event.node];
      draft.finishes.push(finish);
      change(draft, event.node, () => ({ finish }));
      break;
    }
    case "prune":
      draft.touched = event.nodes;
      draft.prune = { index, round, event };
      for (const node of event.nodes)
        change(draft, node, (it) => ({
          pruned: event.reason,
          status: isOpen(it) ? "pruned" : it.status,
        }));
      break;
    case "merge":
      draft.touched = [event.from, event.into];
      draft.merges.push({ index, round, event });
      change(draft, event.from, () => ({ mergedInto: event.into }));
      break;
    case "table":
      draft.tables.set(event.name, table(draft.tables.get(event.name), index, round, event));
      break;
    case "note":
      draft.notes.push({ index, round, event });
      break;
  }
  changeRound(draft, () => ({ last: index }));
}

function change(draft: Draft, id: NodeId, with_: (it: NodeState) => Partial<NodeState>): void {
  const node = draft.nodes[id];
  if (node) draft.nodes[id] = { ...node, ...with_(node) };
}

/** Neither tested nor part of the text: a guess, or a text that a search still follows. */
const isOpen = (node: NodeState): boolean =>
  node.status === "draft" || (node.status === "chosen" && !node.committed);

function changeRound(draft: Draft, with_: (it: Round) => Partial<Round>): void {
  const round = draft.rounds.at(-1);
  if (round) draft.rounds[draft.rounds.length - 1] = { ...round, ...with_(round) };
}

function startRound(draft: Draft, first: number, index: number): void {
  const head = draft.lanes[0]?.head ?? null;
  const counts = { drafted: 0, accepted: 0, emitted: 0 };
  draft.rounds.push({ index, first, last: first, head, nodes: [], passes: [], ...counts });
}

/** What a newcomer is, told from who proposed it. */
function statusAtBirth(by: string): Status {
  switch (by) {
    case "prompt":
    case "recovered":
    case "bonus":
      return by;
    case "target":
      return "chosen";
    case "padding":
      return "pruned";
    default:
      return "draft";
  }
}

function grow(draft: Draft, index: number, event: EventOf<"grow">): void {
  const { node: id, parent, lane, input, by } = event;
  if (id !== draft.nodes.length)
    throw new Error(`event ${index} grows node ${id}, but node ${draft.nodes.length} comes next`);
  const token = "token" in input ? input.token : null;
  const above = parent === null ? undefined : draft.nodes[parent];
  const status = statusAtBirth(by);
  const depth = above ? above.depth + 1 : 0;
  const headDepth = draft.nodes[draft.lanes[lane]?.head ?? -1]?.depth ?? -1;
  const draw = above?.samples.findLast((it) => it.event.token === token) ?? null;
  draft.nodes[id] = {
    id,
    parent,
    children: [],
    lane,
    depth,
    ahead: depth - headDepth,
    input,
    token,
    by,
    status,
    committed: status === "prompt",
    pruned: null,
    finish: null,
    mergedInto: null,
    logProb: event.log_prob,
    row: event.row,
    born: index,
    round: draft.rounds.length - 1,
    draw,
    samples: [],
    judges: [],
    scored: [],
  };
  draft.touched = [id];
  draft.focus = { node: id, token: null };
  if (above) change(draft, above.id, (it) => ({ children: [...it.children, id] }));
  if (status === "prompt") plant(draft, lane, id);
  changeRound(draft, (it) => ({
    nodes: [...it.nodes, id],
    drafted: it.drafted + (status === "draft" ? 1 : 0),
  }));
}

function plant(draft: Draft, lane: number, node: NodeId): void {
  const old: LaneState = draft.lanes[lane] ?? {
    id: lane,
    root: node,
    head: node,
    promptLen: 0,
    path: [],
  };
  const path = [...old.path, node];
  draft.lanes[lane] = { ...old, head: node, promptLen: path.length, path };
}

function score(draft: Draft, index: number, event: EventOf<"score">): void {
  const { role, pass: number, variant, nodes, ancestors, group } = event;
  const ordinal = draft.passes.length;
  const round = draft.rounds.length - 1;
  const pass: Pass = {
    ...{ ordinal, index, round, role, pass: number },
    ...{ variant, nodes, ancestors, group },
  };
  draft.passes.push(pass);
  draft.touched = nodes;
  nodes.forEach((node, i) => {
    const row = event.rows[i];
    if (!row) return;
    change(draft, node, (it) => ({
      scored: [...it.scored, { pass: ordinal, role, variant, row }],
    }));
  });
  changeRound(draft, (it) => ({ passes: [...it.passes, ordinal] }));
}

function judge(draft: Draft, index: number, event: EventOf<"judge">): void {
  const verdict: At<"judge"> = { index, round: draft.rounds.length - 1, event };
  draft.touched = [event.node];
  draft.focus = { node: event.node, token: null };
  const before = draft.nodes[event.node]?.status;
  const status: Status = event.accepted ? "accepted" : "rejected";
  change(draft, event.node, (it) => ({ status, judges: [...it.judges, verdict] }));
  if (before === undefined || before === status) return;
  const gained = (event.accepted ? 1 : 0) - (before === "accepted" ? 1 : 0);
  changeRound(draft, (it) => ({ accepted: it.accepted + gained }));
}

function commit(draft: Draft, event: EventOf<"commit">): void {
  const lane = draft.lanes[event.lane];
  draft.touched = event.nodes;
  draft.focus = { node: event.head, token: null };
  if (lane)
    draft.lanes[event.lane] = {
      ...lane,
      head: event.head,
      path: [...lane.path, ...event.nodes],
    };
  for (const node of event.nodes)
    change(draft, node, (it) => ({
      committed: true,
      status: it.status === "draft" ? "chosen" : it.status,
    }));
  changeRound(draft, (it) => ({ emitted: it.emitted + event.nodes.length }));
}

function table(
  old: TableState | undefined,
  index: number,
  round: number,
  event: EventOf<"table">,
): TableState {
  const rows = new Map(event.change === "set" ? [] : old?.rows);
  const wrote: string[] = [];
  const dropped: TableRow[] = [];
  for (const [key, cells] of keyed(event.rows)) {
    const before = old?.rows.get(key);
    if (event.change === "drop") {
      if (before) dropped.push(before);
      rows.delete(key);
    } else if (before && JSON.stringify(before.cells) === JSON.stringify(cells)) {
      rows.set(key, before);
    } else {
      rows.set(key, { key, cells, since: index, round, before: before ?? null });
      wrote.push(key);
    }
  }
  if (event.change === "set")
    for (const row of old?.rows.values() ?? []) if (!rows.has(row.key)) dropped.push(row);
  // Rows that leave are named by their first cell alone.
  const says = event.columns.length > 0 && (event.change !== "drop" || !old);
  const columns = says ? event.columns : (old?.columns ?? []);
  const evicted = [...(old?.round === round ? old.evicted : []), ...dropped];
  const replaced = event.change === "set" ? (old ?? null) : (old?.replaced ?? null);
  return { name: event.name, columns, rows, index, round, wrote, dropped, evicted, replaced };
}

/** The first cell names a row; where one event repeats it, the repetitions are numbered. */
function keyed(rows: EventOf<"table">["rows"]): [string, EventOf<"table">["rows"][number]][] {
  const seen = new Map<string, number>();
  return rows.map((cells) => {
    const name = JSON.stringify(cells[0] ?? null);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return [count === 0 ? name : `${name}#${count}`, cells];
  });
}
