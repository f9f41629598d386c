// The one sentence that says why: generated from the events of a node, never stored. Shows `judge`,
// `sample`, `prune`, `finish` and `merge`. Also says what a run's failures mean.

import type { FinishReason } from "../generated/FinishReason.ts";
import type { EventOf, NodeState, Round, State } from "../trace/state.ts";
import { childWith, currentRound } from "../trace/state.ts";
import { tokenName, type Vocabulary } from "../trace/words.ts";
import { acceptance } from "./coin-numbers.ts";
import { chosenBy } from "./draw.ts";
import { fixed, trimmed } from "./part/number.ts";
import { equals, percent, probability, proposed, targeted, UNPROVED } from "./parts.ts";
import { t } from "../language/t.ts";

const quoted = (vocabulary: Vocabulary, token: number | null): string =>
  token === null ? t`this guess` : t`“${tokenName(vocabulary, token)}”`;

/** Why `node` is what it is. */
export function whyNode(state: State, node: NodeState, vocabulary: Vocabulary): string {
  const name = quoted(vocabulary, node.token);
  const parts = [reading(node) ?? fate(state, node, name, vocabulary)];
  if (node.mergedInto !== null)
    parts.push(t`Another text of the search ends in the same words and goes on in its place.`);
  if (node.finish) parts.push(ending(node.finish.event.reason));
  return parts.join(" ");
}

/** What a node that is no token stands for. */
function reading(node: NodeState): string | null {
  if (node.by === "padding")
    return t`A row of padding: it fills the batch up to a rectangle, is computed like the others and thrown away.`;
  if ("blend" in node.input)
    return t`The model reads a weighted blend of ${node.input.blend.length} tokens here, so that one pass serves all of them.`;
  return "vector" in node.input ? t`The model reads a learned vector here, not a token.` : null;
}

function fate(state: State, node: NodeState, name: string, vocabulary: Vocabulary): string {
  const verdict = node.judges.at(-1)?.event;
  if (verdict) return judged(state, node, verdict, name, vocabulary);
  const unproved = UNPROVED[node.by];
  if (unproved !== undefined) return t`${name} is ${t(unproved)}.`;
  switch (node.status) {
    case "prompt":
      return t`${name} is part of the prompt.`;
    case "recovered":
      return node.draw?.event.purpose === "residual"
        ? t`The guesses here were rejected, so ${name} comes from what the target had left over: ${drawn(node.draw.event)}.`
        : t`No guess here was right; ${name} is the target's own token${chance(node)}.`;
    case "bonus":
      return t`Every guess on this path was kept, and the same pass of the target gives ${name} on top${chance(node)}.`;
    case "pruned":
      return node.by === "target"
        ? t`The candidate ${name}${share(state, node)} was dropped (${t(node.pruned!)}).`
        : t`${name} was dropped without a test (${t(node.pruned!)}).`;
    case "draft":
    case "accepted":
    case "rejected": {
      const q = proposed(node);
      const sure = q === null ? "" : t` with ${equals("q", q)}`;
      return t`${name} was proposed by ${t(node.by)}${sure}; nothing has judged it yet.`;
    }
    case "chosen":
      return node.draw
        ? `${name}: ${drawn(node.draw.event)}.${node.by === "draft" ? t` The draft model wrote it, and nothing has tested it.` : ""}`
        : node.committed
          ? t`${name} became text, proposed by ${t(node.by)}.`
          : t`${name}${share(state, node)} is a candidate.`;
  }
}

/** What the target thinks of a node, where that is known. */
function share(state: State, node: NodeState): string {
  const p = targeted(state, node);
  return p === null ? "" : t`, to which the target gives ${equals("p", p)},`;
}

const chance = (node: NodeState): string => (node.draw ? `, ${drawn(node.draw.event)}` : "");

/** How a draw came out. */
function drawn(draw: EventOf<"sample">): string {
  const p = probability(draw.prob);
  const by = chosenBy(draw);
  if (by === "unknown") return t`written with probability ${p}; how it was chosen is not recorded`;
  if (draw.u === null && by === "draw") return t`drawn with probability ${p}`;
  if (draw.u === null)
    return draw.prob >= 1 && draw.stages.length < 2
      ? t`the only token it leaves`
      : t`the most probable token, ${probability(draw.stages[0]?.probs[draw.tokens.indexOf(draw.token)] ?? draw.prob)}`;
  const [from, to] = draw.span;
  return t`drawn with probability ${p}, for u = ${fixed(draw.u, 3)} fell between ${fixed(from, 3)} and ${fixed(to, 3)}`;
}

/** How a sentence begins that tells what a model said. */
const SAYS: Readonly<Record<string, string>> = {
  draft: "The draft",
  middle: "The middle model",
};

function judged(
  state: State,
  node: NodeState,
  verdict: EventOf<"judge">,
  name: string,
  vocabulary: Vocabulary,
): string {
  const { p, q, u, accepted, rule } = verdict;
  const scale = verdict.scale ?? 1;
  switch (rule) {
    case "greedy":
    case "sample_match": {
      const does = rule === "greedy" ? t`best token here is` : t`draw here gave`;
      if (accepted) return t`The target's ${does} ${name} as well: kept.`;
      const other = replacement(state, node);
      return other
        ? t`The target's ${does} ${quoted(vocabulary, other.token)}, not ${name}: rejected.`
        : t`The target's ${does} another token (${name} has ${equals("p", p)}): rejected.`;
    }
    default: {
      const keep = acceptance(verdict);
      const said =
        q === null
          ? t`${name} was looked up, not drawn; the target gives it ${equals("p", p)}`
          : t`${guessed(node, name, q)}; the target gives ${equals("p", p)}`;
      if (u === null) return `${said}: ${accepted ? t`kept` : t`rejected`}.`;
      const times = scale === 1 ? "" : t` (q counts ${trimmed(scale)} times)`;
      if (keep >= 1 && accepted) return t`${said}${times}, which is no less → keep for certain.`;
      if (keep <= 0) return t`${said} → never keep: rejected.`;
      return t`${said}${times} → keep with ${percent(keep)}. The coin was ${fixed(u, 3)}: ${accepted ? t`kept` : t`rejected`}.`;
    }
  }
}

/** Who guessed, and how surely. A guess of its own kind that nobody drew has all the mass. */
function guessed(node: NodeState, name: string, q: number): string {
  if (node.by === "jacobi")
    return q === 1
      ? t`${name} stood there to begin with (q = 1)`
      : t`An earlier pass drew ${name} with ${equals("q", q)}`;
  return t`${t(SAYS[node.by] ?? node.by)} said ${name} with ${equals("q", q)}`;
}

/** The sibling that became text instead. */
function replacement(state: State, node: NodeState): NodeState | undefined {
  const siblings = node.parent === null ? [] : (state.nodes[node.parent]?.children ?? []);
  return siblings
    .map((id) => state.nodes[id]!)
    .find((it) => it.id !== node.id && (it.status === "accepted" || it.status === "recovered"));
}

/** Why a possible continuation of `after` was or was not taken. */
export function whyToken(
  state: State,
  after: number,
  token: number,
  vocabulary: Vocabulary,
): string {
  const name = quoted(vocabulary, token);
  const draw = state.nodes[after]?.samples.findLast((it) => it.event.tokens.includes(token));
  if (!draw) return t`${name} was possible here.`;
  const { event } = draw;
  const at = event.tokens.indexOf(token);
  if (event.token === token) return `${name}: ${drawn(event)}.`;
  const cut = event.stages.find((stage) => (stage.probs[at] ?? 0) <= 0);
  if (cut)
    return t`${name} was cut by ${cut.name}${cut.value === null ? "" : ` = ${trimmed(cut.value, 4)}`}: ${cut.kept} tokens were left.`;
  const last = event.stages.at(-1)?.probs[at] ?? 0;
  return t`${name} could have been drawn, with probability ${probability(last)}; the needle fell elsewhere.`;
}

function ending(reason: FinishReason): string {
  switch (reason) {
    case "end_token":
      return t`The model ended its text here by itself.`;
    case "length":
      return t`The text ends here: as many tokens as were asked for.`;
    case "context":
      return t`The text ends here: the model's context is full.`;
    case "budget":
      return t`The search ends here: its budget is spent.`;
    case "stopped":
      return t`The text ends here: the method's own criterion is met.`;
  }
}

/** What went wrong, or ended early, in words; `null` when nothing did. */
export function trouble(state: State, maxNewTokens: number | null): string | null {
  const finish = state.finishes.at(-1);
  const last = finish && state.nodes[finish.event.node];
  const done = finish !== undefined && finish.index >= state.index - 2;
  if (done && last && finish.event.reason === "end_token" && maxNewTokens !== null) {
    const length = last.depth + 1 - (state.lanes[last.lane]?.promptLen ?? 0);
    if (length < maxNewTokens)
      return t`Early stop: the model wrote its end token after ${length} of ${maxNewTokens} tokens.`;
  }
  const over = state.rounds.filter((it) => it.emitted > 0 && testedIn(state, it) > 0);
  if (over.length >= 3 && over.every((it) => it.accepted === 0))
    return t`No guess has been kept in ${over.length} rounds: already the first one is wrong each time, so a round pays for its guesses and gives one token, as plain decoding does.`;
  const round = currentRound(state);
  if (round && round.emitted > 0 && round.accepted === 0 && testedIn(state, round) > 0)
    return t`Full rejection: none of ${round.drafted} guesses survived. The pass was not wasted: it still gives one token.`;
  return null;
}

const testedIn = (state: State, round: Round): number =>
  round.nodes.filter((id) => state.nodes[id]!.judges.length > 0).length;

/** The sentence for what the reader points at, or for what happens now. */
export function why(
  state: State,
  at: { readonly node: number | null; readonly token: number | null },
  vocabulary: Vocabulary,
): string {
  if (at.node === null || !state.nodes[at.node]) return "";
  if (at.token === null) return whyNode(state, state.nodes[at.node]!, vocabulary);
  const grown = childWith(state, at.node, at.token);
  return grown ? whyNode(state, grown, vocabulary) : whyToken(state, at.node, at.token, vocabulary);
}
