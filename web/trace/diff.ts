/**
 * Where two runs part: the first token that differs in their texts, with what each run had to choose
 * from, and what differs in their settings. Texts are compared by their bytes, so that runs of
 * models with other vocabularies can be compared. Leaves out what comes after the parting.
 */
import type { Trace } from "../generated/Trace.ts";
import { fold } from "./fold.ts";
import type { NodeState } from "./state.ts";
import { promptOf } from "./text-of.ts";
import { bytesOf, tokenName } from "./words.ts";

export interface Difference {
  settings: { name: string; values: readonly [string, string] }[];
  /** The text that both runs write, from the prompt on. */
  shared: string;
  /** Where each run goes on differently; `null` when both texts are the same to the end. */
  parting: readonly [Side, Side] | null;
  /** Of runs with one text: the first event that differs, `null` when all are the same. */
  event: number | null;
}

/** One run at the parting. */
export interface Side {
  /** Tokens of the answer before it. */
  place: number;
  /** What it writes there; `null` when its text ends. */
  token: string | null;
  /** Events that have happened once that is text. */
  step: number;
  /** How it came to be, for example "recovered". */
  status: string;
  /** The uniform of the draw or of the test, where one was drawn. */
  u: number | null;
  /** The likeliest tokens under the model, best first, and whether it is the one written. */
  choices: { token: string; p: number; chosen: boolean }[];
}

export function diff(a: Trace, b: Trace): Difference {
  const both = [a, b] as const;
  const [one, two] = both.map(answerOf) as [Answer, Answer];
  let at = 0;
  while (at < one.bytes.length && at < two.bytes.length && one.bytes[at] === two.bytes[at]) at++;
  const same = at === one.bytes.length && at === two.bytes.length;
  const parting = same ? null : ([sideOf(a, one, at), sideOf(b, two, at)] as const);
  // Words that begin alike differ as a whole.
  const begin = (it: Answer, side: Side) => it.starts[side.place] ?? it.bytes.length;
  const end = parting ? Math.min(begin(one, parting[0]), begin(two, parting[1])) : at;
  const shared = new TextDecoder().decode(Uint8Array.from(one.bytes.slice(0, end)));
  return {
    settings: settingsThatDiffer(a, b),
    shared,
    parting,
    event: same ? firstEvent(a, b) : null,
  };
}

interface Answer {
  nodes: readonly NodeState[];
  /** Of the text, and for each node where its own begin. */
  bytes: number[];
  starts: number[];
}

function answerOf(trace: Trace): Answer {
  const state = fold(trace.events);
  const lane = state.lanes[0];
  const nodes = (lane?.path ?? []).slice(lane?.promptLen).map((id) => state.nodes[id]!);
  const bytes: number[] = [];
  const starts = nodes.map(({ token }) => {
    const from = bytes.length;
    if (token !== null) bytes.push(...bytesOf(trace.vocabulary, token));
    return from;
  });
  return { nodes, bytes, starts };
}

/** The run where the byte `at` of its text is written. */
function sideOf(trace: Trace, { nodes, starts }: Answer, at: number): Side {
  const next = starts.findIndex((it) => it > at);
  const place = at >= (starts.at(-1) ?? 0) && next < 0 ? starts.length - 1 : next - 1;
  const last = nodes[place];
  const ends = !last || at >= starts[place]! + bytesOf(trace.vocabulary, last.token!).length;
  const { length } = trace.events;
  if (ends)
    return { place: nodes.length, token: null, step: length, status: "", u: null, choices: [] };
  const written = trace.events.findLastIndex(
    (it) => it.kind === "commit" && it.nodes.includes(last.id),
  );
  const state = fold(trace.events);
  const row = last.parent === null ? undefined : state.nodes[last.parent]!.scored;
  const target = row?.findLast((it) => it.role === "target" && it.variant === null)?.row;
  const test = last.judges.at(-1)?.event;
  return {
    place,
    token: tokenName(trace.vocabulary, last.token!),
    step: (written < 0 ? last.born : written) + 1,
    status: last.status,
    u: test?.u ?? last.draw?.event.u ?? null,
    choices: (target?.top ?? []).slice(0, 5).map(([token, logProb]) => ({
      token: tokenName(trace.vocabulary, token),
      p: Math.exp(logProb),
      chosen: token === last.token,
    })),
  };
}

function settingsThatDiffer(a: Trace, b: Trace): Difference["settings"] {
  const of = (it: Trace): Record<string, string> => ({
    Method: it.method,
    Prompt: promptOf(it),
    Seed: String(it.seed),
    "Most new tokens": String(it.max_new_tokens),
    ...Object.fromEntries(
      Object.entries(it.models).map(([role, { name, hash }]) => [
        `Model: ${role}`,
        `${name} ${hash.slice(0, 12)}`,
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(it.params).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
  });
  const [one, two] = [new Map(Object.entries(of(a))), new Map(Object.entries(of(b)))];
  return [...new Set([...one.keys(), ...two.keys()])]
    .map((name) => ({ name, values: [one.get(name) ?? "–", two.get(name) ?? "–"] as const }))
    .filter(({ values: [a, b] }) => a !== b);
}

function firstEvent(a: Trace, b: Trace): number | null {
  const length = Math.max(a.events.length, b.events.length);
  for (let i = 0; i < length; i++)
    if (JSON.stringify(a.events[i]) !== JSON.stringify(b.events[i])) return i;
  return null;
}
