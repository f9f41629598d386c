/** Recorded runs: they play without a model. */
import type { Trace } from "../generated/Trace.ts";

/** What the gallery says about a recorded run. */
export interface Example {
  id: string;
  method: string;
  prompt: string;
  answer: string;
}

export async function fetchExamples(): Promise<Example[]> {
  return (await json("traces/manifest.json")) as Example[];
}

/** The file's content, which still has to be checked. */
export async function fetchExample(id: string): Promise<unknown> {
  return json(`traces/${encodeURIComponent(id)}.json`);
}

async function json(address: string): Promise<unknown> {
  const response = await fetch(address).catch(() => undefined);
  if (!response?.ok) throw new Error(`The recorded example at ${address} could not be fetched.`);
  return response.json();
}

/** The request that a trace answers. */
export function requestOf(trace: Trace, prompt: string) {
  const { method, params, seed, max_new_tokens: length } = trace;
  return { method, params, seed, length, prompt };
}
