import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { read } from "./read.ts";
import { aggregatesIn } from "./metrics.ts";

const answer = (name: string) =>
  readFileSync(new URL(`../../tests/import/answers/${name}`, import.meta.url), "utf8");

test("the counters of vLLM, summed over its engines", () => {
  const found = read(answer("vllm-metrics.txt"));
  expect(found).toEqual({
    kind: "aggregates",
    aggregates: [
      {
        source: "vLLM",
        of: "Qwen/Qwen3-8B",
        drafts: 200,
        drafted: 600,
        accepted: 300,
        byPosition: [0.75, 0.5, 0.25],
        meanLength: 2.5,
        rate: 0.5,
      },
    ],
  });
});

test("the log line of vLLM", () => {
  const line =
    "INFO 11-20 10:00:00 [metrics.py:96] SpecDecoding metrics: Mean acceptance length: 2.41, Accepted throughput: 51.20 tokens/s, Drafted throughput: 108.90 tokens/s, Accepted: 512 tokens, Drafted: 1089 tokens, Per-position acceptance rate: 0.711, 0.445, 0.254, Avg Draft acceptance rate: 47.0%";
  expect(aggregatesIn(`INFO something else\n${line}\n`)).toEqual([
    {
      source: "vLLM",
      of: "",
      drafts: null,
      drafted: 1089,
      accepted: 512,
      byPosition: [0.711, 0.445, 0.254],
      meanLength: 2.41,
      rate: 0.47,
    },
  ]);
});

test("of a long log the last reports, and no place that is none", () => {
  const line = (n: number) =>
    `SpecDecoding metrics: Mean acceptance length: 2.5, Accepted: ${n} tokens, Drafted: 100 tokens`;
  const log = Array.from({ length: 30 }, (_, i) => line(i)).join("\n");
  expect(aggregatesIn(log).map((it) => it.accepted)).toEqual([22, 23, 24, 25, 26, 27, 28, 29]);
  const place = (at: string) =>
    `vllm:spec_decode_num_accepted_tokens_per_pos_total{position="${at}"} 3`;
  const counters = ["vllm:spec_decode_num_drafts_total 4", ...["0", "-1", "0.5", "4e9"].map(place)];
  expect(aggregatesIn(counters.join("\n"))[0]!.byPosition).toEqual([0.75]);
});

test("what vLLM says of one request", () => {
  const speculative_decoding = {
    mean_acceptance_length: 1.2325581395348837,
    draft_acceptance_rate: 0.07751937984496124,
    acceptance_histogram: [39, 1, 0, 3],
    num_spec_steps: 43,
    num_accepted_draft_tokens: 10,
    num_draft_tokens: 129,
    num_spec_tokens: 3,
  };
  const text = JSON.stringify({ choices: [], metrics: { speculative_decoding } });
  expect(read(text)).toMatchObject({
    kind: "aggregates",
    aggregates: [{ drafts: 43, accepted: 10, byPosition: [4 / 43, 3 / 43, 3 / 43] }],
  });
});

test("the log of a real llama.cpp server", () => {
  const found = read(answer("llama.cpp-log.txt"));
  const given = /= ([\d.]+) \( *(\d+) accepted \/ +(\d+) generated\), mean len = +([\d.]+)/.exec(
    answer("llama.cpp-log.txt"),
  )!;
  expect(found).toMatchObject({
    kind: "aggregates",
    aggregates: [
      {
        source: "llama.cpp",
        rate: Number(given[1]),
        accepted: Number(given[2]),
        drafted: Number(given[3]),
        meanLength: Number(given[4]),
      },
    ],
  });
});

test("rates by place in a newer llama.cpp", () => {
  const line =
    "I slot print_timing: id  1 | task 7 | draft acceptance = 0.64479 (  167 accepted /   259 generated), mean acceptance length =  2.92, acceptance rate per position = (0.805, 0.632, 0.483)";
  expect(aggregatesIn(line)).toMatchObject([
    { of: "task 7", meanLength: 2.92, byPosition: [0.805, 0.632, 0.483] },
  ]);
});

test("the gauges of SGLang", () => {
  const text =
    'sglang:spec_accept_length{model_name="m"} 3.1\nsglang:spec_accept_rate{model_name="m"} 0.7\n';
  expect(aggregatesIn(text)).toMatchObject([{ source: "SGLang", meanLength: 3.1, rate: 0.7 }]);
});
