// What a reader knows after the first n events of a trace: the value that every view draws.
// A state never changes once made; two states may share parts that did not change between them.

import type { Cell } from "../generated/Cell.ts";
import type { Column } from "../generated/Column.ts";
import type { Event } from "../generated/Event.ts";
import type { Input } from "../generated/Input.ts";
import type { LaneId } from "../generated/LaneId.ts";
import type { NodeId } from "../generated/NodeId.ts";
import type { TopRow } from "../generated/TopRow.ts";
import type { Variant } from "../generated/Variant.ts";

/** One kind of event. */
export type EventOf<K extends Event["kind"]> = Extract<Event, { kind: K }>;

/** An event and its place in the trace. */
export interface At<K extends Event["kind"]> {
  /** Index among the events. */
  readonly index: number;
  /** Index of the round it belongs to; −1 before the first. */
  readonly round: number;
  readonly event: EventOf<K>;
}

/**
 * What has become of a node.
 * `prompt`    given by the reader.
 * `chosen`    the target's own choice, or a guess that became text without a test.
 * `draft`     proposed and not decided yet.
 * `accepted`  a guess that the rule kept.
 * `rejected`  a guess that the rule refused.
 * `recovered` the target's token in the place of refused guesses.
 * `bonus`     the target's token after the last accepted guess.
 * `pruned`    left the forest and was never judged.
 */
export type Status =
  "prompt" | "chosen" | "draft" | "accepted" | "rejected" | "recovered" | "bonus" | "pruned";

/** A row that a forward pass gave at a node. */
export interface ScoredRow {
  /** Index of the pass in `State.passes`. */
  readonly pass: number;
  readonly role: string;
  readonly variant: Variant | null;
  readonly row: TopRow;
}

export interface NodeState {
  readonly id: NodeId;
  readonly parent: NodeId | null;
  /** Oldest first; pruned ones stay. */
  readonly children: readonly NodeId[];
  readonly lane: LaneId;
  /** Position in the sequence, from 0 at the root. */
  readonly depth: number;
  /** Distance from the lane's head when the node was born: 1 is the next token. */
  readonly ahead: number;
  readonly input: Input;
  /** The token, when the input is one. */
  readonly token: number | null;
  readonly by: string;
  readonly status: Status;
  /** Part of the text: `commit` has named it, or it is a prompt node. */
  readonly committed: boolean;
  /** Why it left the forest; `null` while it is in. A rejected node is usually pruned as well. */
  readonly pruned: string | null;
  readonly finish: At<"finish"> | null;
  /** The node whose futures stand for this one's. */
  readonly mergedInto: NodeId | null;
  /** Natural log of its probability under the proposer. */
  readonly logProb: number | null;
  /** The distribution it was drawn from. */
  readonly row: TopRow | null;
  /** Index of the event that grew it. */
  readonly born: number;
  readonly round: number;
  /** The draw that chose this node's token. */
  readonly draw: At<"sample"> | null;
  /** Draws that continue this node, in order. */
  readonly samples: readonly At<"sample">[];
  /** Tests of this node, in order. */
  readonly judges: readonly At<"judge">[];
  /** Rows given at this node, i.e. distributions over what follows it. */
  readonly scored: readonly ScoredRow[];
}

export interface LaneState {
  readonly id: LaneId;
  readonly root: NodeId;
  readonly head: NodeId;
  readonly promptLen: number;
  /** The committed text, prompt first. */
  readonly path: readonly NodeId[];
}

export interface Pass {
  /** Index among all passes: the index into `recorded.pass_ms`. */
  readonly ordinal: number;
  /** Index of the `score` event. */
  readonly index: number;
  readonly round: number;
  readonly role: string;
  /** Number among the passes of its role, from 0. */
  readonly pass: number;
  readonly variant: Variant | null;
  readonly nodes: readonly NodeId[];
  readonly ancestors: readonly NodeId[];
  readonly group: number | null;
}

export interface Round {
  readonly index: number;
  /** Index of its `step` event. */
  readonly first: number;
  /** Index of its last event so far. */
  readonly last: number;
  /** Head of the main lane as the round began. */
  readonly head: NodeId | null;
  /** Nodes born in this round, in order. */
  readonly nodes: readonly NodeId[];
  /** Guesses: nodes that neither the target chose nor the prompt gave. */
  readonly drafted: number;
  /** Guesses that the rule kept. */
  readonly accepted: number;
  /** Nodes committed in this round. */
  readonly emitted: number;
  /** Indices into `State.passes`. */
  readonly passes: readonly number[];
}

export interface TableRow {
  /** The first cell as JSON: what `put` and `drop` go by. */
  readonly key: string;
  readonly cells: readonly Cell[];
  /** Index of the event that wrote it last. */
  readonly since: number;
  /** Index of that event's round; −1 before the first. */
  readonly round: number;
  /** The row that this one took the place of, with its own `before` in turn. */
  readonly before: TableRow | null;
}

export interface TableState {
  readonly name: string;
  readonly columns: readonly Column[];
  /** By key, in order of arrival. */
  readonly rows: ReadonlyMap<string, TableRow>;
  /** Index of the last event that touched the table. */
  readonly index: number;
  /** Keys that event wrote with other cells than before, or for the first time. */
  readonly wrote: readonly string[];
  /** Index of that event's round; −1 before the first. */
  readonly round: number;
  /** Rows that event took away. */
  readonly dropped: readonly TableRow[];
  /** Rows that left in that event's round. */
  readonly evicted: readonly TableRow[];
  /** The table as it was before it was last set as a whole. */
  readonly replaced: TableState | null;
}

export interface State {
  /** Number of events applied. */
  readonly index: number;
  /** The last one. */
  readonly event: Event | null;
  /** Nodes that the last event names. */
  readonly touched: readonly NodeId[];
  /** What the story is about: the node, or the continuation of it, that was last acted on. */
  readonly focus: { readonly node: NodeId; readonly token: number | null } | null;
  /** The latest draw. */
  readonly sample: At<"sample"> | null;
  /** By node id. Ids are given in order of growth, so the list has no holes. */
  readonly nodes: readonly NodeState[];
  /** By lane id; lane 0 is the text of the answer. */
  readonly lanes: readonly LaneState[];
  readonly rounds: readonly Round[];
  readonly passes: readonly Pass[];
  readonly tables: ReadonlyMap<string, TableState>;
  readonly notes: readonly At<"note">[];
  readonly merges: readonly At<"merge">[];
  readonly finishes: readonly At<"finish">[];
  /** The last `prune`. */
  readonly prune: At<"prune"> | null;
  /** The line (from 1) of the pseudo-code that runs now. */
  readonly line: number | null;
}

/** The committed text of the main lane, prompt first. */
export const mainPath = (state: State): readonly NodeId[] => state.lanes[0]?.path ?? [];

/** The round that runs now. */
export const currentRound = (state: State): Round | undefined => state.rounds.at(-1);

/** The latest forward pass. */
export const currentPass = (state: State): Pass | undefined => state.passes.at(-1);

/** The nodes with these ids. */
export const nodesOf = (state: State, ids: readonly NodeId[]): NodeState[] =>
  ids.map((id) => state.nodes[id]!);

/** Walks from `node` up to its root, `node` first. */
export function ancestors(state: State, node: NodeId): NodeState[] {
  const path: NodeState[] = [];
  let at = state.nodes[node];
  while (at) {
    path.push(at);
    at = at.parent === null ? undefined : state.nodes[at.parent];
  }
  return path;
}

/** The child of `node` that reads `token`, the newest if there are several. */
export function childWith(state: State, node: NodeId, token: number): NodeState | undefined {
  const children = state.nodes[node]?.children ?? [];
  return children
    .map((id) => state.nodes[id])
    .filter((it) => it?.token === token)
    .at(-1);
}
