/** Recorded runs: they play without a model. */
import type { Trace } from "../generated/Trace.ts";

/** What the gallery says about a recorded run. */
export interface Example {
  id: string;
  method: string;
  prompt: string;
}

/** A recorded run. The build took it from the checked golden traces. */
export async function fetchExample(id: string): Promise<Trace> {
  const address = `traces/${encodeURIComponent(id)}.json`;
  const response = await fetch(address).catch(() => undefined);
  if (!response?.ok) throw new Error(`The recorded example “${id}” could not be fetched.`);
  return (await response.json()) as Trace;
}
