// Acceptance statistics of servers that guess ahead: totals over many rounds, no steps.
//
// - vLLM's Prometheus counters `vllm:spec_decode_num_…_total`, summed over its engines, and its log
//   line "SpecDecoding metrics: …" (vLLM 0.11, vllm/v1/spec_decode/metrics.py), and the per-request
//   `metrics.speculative_decoding` (vLLM 0.32, features/speculative_decoding/acceptance_metrics).
// - llama.cpp's log line "draft acceptance = …" (tools/server/server-context.cpp; with rates per
//   position since pull request 24536).
// - SGLang's gauges `sglang:spec_accept_length` and `sglang:spec_accept_rate`.

import type { Aggregate } from "./imported.ts";

/** All that a text reports; nothing when it is no such report. */
export function aggregatesIn(text: string): Aggregate[] {
  return [...counters(text), ...gauges(text), ...vllmLines(text), ...llamaLines(text)];
}

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+([-+.\w]+)(?:[ \t]+-?\d+)?[ \t]*$/gm;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of Prometheus' text format whose names begin with `prefix`. */
function samples(text: string, prefix: string): Sample[] {
  const found: Sample[] = [];
  if (!text.includes(prefix)) return found;
  for (const [, name, labels = "", number] of text.matchAll(SAMPLE)) {
    if (!name!.startsWith(prefix)) continue;
    const pairs = [...labels.matchAll(LABEL)].map(([, key, value]) => [key!, value!] as const);
    found.push({ name: name!, labels: new Map(pairs), value: Number(number) });
  }
  return found.filter((it) => Number.isFinite(it.value));
}

const VLLM = "vllm:spec_decode_num_";

function counters(text: string): Aggregate[] {
  const all = samples(text, VLLM);
  return grouped(all, "model_name").flatMap(([model, group]) => {
    const total = (name: string): number | null => {
      const own = group.filter((it) => it.name.replace(/_total$/, "") === VLLM + name);
      return own.length > 0 ? own.reduce((sum, it) => sum + it.value, 0) : null;
    };
    const drafts = total("drafts");
    const [drafted, accepted] = [total("draft_tokens"), total("accepted_tokens")];
    if (drafts === null && drafted === null && accepted === null) return [];
    const kept: number[] = [];
    for (const { name, labels, value } of group)
      if (name.startsWith(`${VLLM}accepted_tokens_per_pos`)) {
        const place = Number(labels.get("position"));
        if (Number.isInteger(place) && place >= 0 && place < 1000)
          kept[place] = (kept[place] ?? 0) + value;
      }
    const byPosition = drafts ? Array.from(kept, (it) => (it ?? 0) / drafts) : [];
    return [aggregate("vLLM", model, { drafts, drafted, accepted, byPosition })];
  });
}

function gauges(text: string): Aggregate[] {
  return grouped(samples(text, "sglang:spec_accept_"), "model_name").map(([model, group]) => {
    const value = (name: string) =>
      group.find((it) => it.name === `sglang:spec_accept_${name}`)?.value ?? null;
    return aggregate("SGLang", model, { meanLength: value("length"), rate: value("rate") });
  });
}

function grouped(all: readonly Sample[], label: string): [string, Sample[]][] {
  const groups = new Map<string, Sample[]>();
  for (const it of all) {
    const key = it.labels.get(label) ?? "";
    groups.set(key, [...(groups.get(key) ?? []), it]);
  }
  return [...groups];
}

/** Most reports of one log that are shown: the last ones. */
const LAST = 8;

function vllmLines(text: string): Aggregate[] {
  const lines = text.split(/\r?\n/).filter((line) => line.includes("SpecDecoding metrics:"));
  return lines.slice(-LAST).map((line, at) => {
    const number = (pattern: RegExp) => numberIn(pattern, line);
    const places = /Per-position acceptance rate: ([\d., ]+?)(?:, [A-Z]|$)/.exec(line)?.[1] ?? "";
    const rate = number(/Avg Draft acceptance rate: ([\d.]+)%/);
    return aggregate("vLLM", lines.length > 1 ? `report ${at + 1} of the log` : "", {
      drafted: number(/Drafted: (\d+) tokens/),
      accepted: number(/Accepted: (\d+) tokens/),
      meanLength: number(/Mean acceptance length: ([\d.]+)/),
      byPosition: numbers(places),
      rate: rate === null ? null : rate / 100,
    });
  });
}

function llamaLines(text: string): Aggregate[] {
  const lines = text.split(/\r?\n/).filter((it) => /draft acceptance(?: rate)? = [\d.]+/.test(it));
  return lines.slice(-LAST).map((line) => {
    const number = (pattern: RegExp) => numberIn(pattern, line);
    const task = /task\s+(\d+)/.exec(line)?.[1];
    return aggregate("llama.cpp", task === undefined ? "" : `task ${task}`, {
      drafted: number(/\/\s*(\d+) generated/),
      accepted: number(/(\d+) accepted/),
      meanLength: number(/mean (?:acceptance length|len) =\s+([\d.]+)/),
      byPosition: numbers(/acceptance rate per position = \(([\d., ]*)\)/.exec(line)?.[1] ?? ""),
      rate: number(/draft acceptance(?: rate)? = ([\d.]+)/),
    });
  });
}

/** What vLLM says of one request beside its text. */
export function acceptanceOf(answer: unknown): Aggregate[] {
  const body = (answer as { response?: unknown } | null)?.response ?? answer;
  const given = (body as { metrics?: { speculative_decoding?: Record<string, unknown> } } | null)
    ?.metrics?.speculative_decoding;
  if (typeof given !== "object" || given === null) return [];
  const number = (name: string) => (typeof given[name] === "number" ? given[name] : null);
  const steps = number("num_spec_steps");
  const histogram = given["acceptance_histogram"];
  // Entry k counts the rounds with k kept guesses: place k was kept in all rounds with more.
  const counts = Array.isArray(histogram) ? histogram.map(Number) : [];
  const sum = counts.reduce((total, it) => total + it, 0);
  const byPosition = counts
    .slice(1)
    .map((_, i) => counts.slice(i + 1).reduce((total, it) => total + it, 0) / sum);
  return [
    aggregate("vLLM", "one request", {
      drafts: steps,
      drafted: number("num_draft_tokens"),
      accepted: number("num_accepted_draft_tokens"),
      meanLength: number("mean_acceptance_length"),
      rate: number("draft_acceptance_rate"),
      byPosition,
    }),
  ];
}

function aggregate(
  source: string,
  of: string,
  given: Partial<Omit<Aggregate, "source" | "of">>,
): Aggregate {
  const { drafts = null, drafted = null, accepted = null, byPosition = [] } = given;
  const ratio = (a: number | null, b: number | null) => (a === null || !b ? null : a / b);
  const extra = ratio(accepted, drafts);
  return {
    ...{ source, of, drafts, drafted, accepted, byPosition },
    meanLength: given.meanLength ?? (extra === null ? null : 1 + extra),
    rate: given.rate ?? ratio(accepted, drafted),
  };
}

const numberIn = (pattern: RegExp, line: string): number | null => {
  const found = pattern.exec(line)?.[1];
  return found === undefined ? null : Number(found);
};

const numbers = (list: string): number[] =>
  list
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== "")
    .map(Number);
