/**
 * The tokens of a round as a tree in TikZ: what was guessed, what became of it, and the
 * probabilities. The places are ours: a node stands one column after its parent, in the row of its
 * parent if it is the first child, else in a row of its own. Leaves out past rounds.
 */
import type { Trace } from "../generated/Trace.ts";
import { fold } from "../trace/fold.ts";
import type { NodeState, Round, State, Status } from "../trace/state.ts";
import { shortened } from "../trace/words.ts";
import { nodeName, proposed, targeted } from "../views/parts.ts";
import { NEEDS_T1, texText, withSigns } from "./tex.ts";

/** More than anyone reads on a page; TeX takes a minute over a thousand. */
const MOST = 400;

/** What became of a node: its look, and the words of the legend. */
const LOOKS: Record<Status, readonly [style: string, words: string]> = {
  prompt: ["draw=none, minimum width=0pt, inner sep=2pt", "the text before"],
  chosen: ["thick", "chosen by the model"],
  draft: ["dashed", "guess"],
  accepted: ["thick, fill=blue!15", "kept"],
  rejected: [
    "draw=red!70!black, path picture={\\draw[red!70!black] (path picture bounding box.south west) -- (path picture bounding box.north east);}",
    "rejected",
  ],
  recovered: ["thick, fill=orange!25, rounded corners=4pt", "put in its place"],
  bonus: ["thick, double", "bonus"],
  pruned: ["dotted, text=gray", "never tested"],
};

interface Placed {
  node: NodeState;
  column: number;
  row: number;
}

/** The round at a place, in events from the start; the one before where it has no nodes yet. */
export function tikz(trace: Pick<Trace, "events" | "vocabulary">, at: number): string {
  const state = fold(trace.events.slice(0, at));
  const round = state.rounds.findLast((it) => it.nodes.length > 0);
  const { placed, left } = places(state, round);
  const name = ({ node }: Placed) => texText(shortened(nodeName(trace, node), 24));
  const widest = Math.max(4, ...placed.map((it) => shortened(nodeName(trace, it.node), 24).length));
  const used = (Object.keys(LOOKS) as Status[]).filter((it) =>
    placed.some(({ node }) => node.status === it),
  );
  const lowest = Math.max(0, ...placed.map((it) => it.row));
  const ids = new Set(placed.map((it) => it.node.id));
  const lines = [
    NEEDS_T1,
    "% \\usepackage{tikz}",
    ...(left > 0 ? [`% ${left} more nodes are left out.`] : []),
    "\\begin{tikzpicture}[",
    // Wide enough for the longest token.
    `  x=${Math.max(2.6, 0.17 * widest + 1.2).toFixed(2)}cm, y=-1.15cm,`,
    "  token/.style={draw, rectangle, align=center, minimum width=1.8cm, inner sep=3pt, font=\\small},",
    ...used.map((it) => `  ${it}/.style={token, ${LOOKS[it][0]}},`),
    "]",
    ...placed.map((it) => {
      const { node, column, row } = it;
      const odds = probabilities(state, node);
      const below = odds ? ` \\\\ {\\tiny ${odds}}` : "";
      return `\\node[${node.status}] (n${node.id}) at (${column},${row}) {\\strut ${name(it)}${below}};`;
    }),
    ...placed
      .filter(({ node }) => node.parent !== null && ids.has(node.parent))
      .map(({ node }) => `\\draw (n${node.parent}.east) -- (n${node.id}.west);`),
    ...used
      .filter((it) => it !== "prompt")
      .map(
        (it, i) =>
          `\\node[${it}, font=\\scriptsize] at (${i},${lowest + 1.3}) {\\strut ${LOOKS[it][1]}};`,
      ),
    "\\end{tikzpicture}",
    "",
  ];
  return withSigns(lines.join("\n"));
}

/** q of the one who proposed it, p of the target, as far as they are known. */
function probabilities(state: State, node: NodeState): string {
  if (node.status === "prompt") return "";
  const number = (value: number) => (value < 0.005 ? "$<$.01" : value.toFixed(2));
  const [q, p] = [proposed(node), targeted(state, node)];
  return [q === null ? "" : `$q$ ${number(q)}`, p === null ? "" : `$p$ ${number(p)}`]
    .filter(Boolean)
    .join(" ~ ");
}

/** The trees of a round from left to right, each below the one before. */
function places(state: State, round: Round | undefined): { placed: Placed[]; left: number } {
  const own = (round?.nodes ?? []).map((id) => state.nodes[id]!);
  const nodes = new Map(own.slice(0, MOST).map((it) => [it.id, it]));
  // What the round grew out of: without a parent in the picture.
  for (const { parent } of [...nodes.values()])
    if (parent !== null && !nodes.has(parent)) nodes.set(parent, beginning(state.nodes[parent]!));
  const placed: Placed[] = [];
  let row = 0;
  const put = (node: NodeState, column: number): void => {
    placed.push({ node, column, row });
    const children = node.children.flatMap((id) => nodes.get(id) ?? []);
    children.forEach((child, i) => {
      if (i > 0) row++;
      put(child, column + 1);
    });
  };
  const roots = [...nodes.values()].filter((it) => it.parent === null || !nodes.has(it.parent));
  roots.forEach((root, i) => {
    if (i > 0) row++;
    put(root, 0);
  });
  return { placed, left: Math.max(0, own.length - MOST) };
}

/** What was there before the round is text, however it came to be. */
const beginning = (node: NodeState): NodeState => ({ ...node, status: "prompt" });
