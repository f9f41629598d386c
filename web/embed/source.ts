// Fetches a trace and refuses what is too large, in sentences for the author of the page.

import type { Trace } from "../generated/Trace.ts";
import { textUpTo, TooLarge } from "../trace/limited.ts";
import { loadTrace, TraceError } from "../trace/load.ts";
import { say } from "./strings.ts";

/** Longest trace in bytes, unpacked. A run of a hundred tokens takes about a hundred thousand. */
export const MAX_BYTES = 20_000_000;

/** Why a trace cannot be shown. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly code: "network" | "status" | "size" | "trace",
    message: string,
    /** Where in the file, for example `events[12].node`. */
    readonly path = "",
  ) {
    super(message);
  }
}

/** Throws a `Refusal`; or an `AbortError` when `signal` calls it off. */
export async function fetchTrace(
  src: string,
  base: string,
  signal: AbortSignal,
  lang: string,
): Promise<Trace> {
  let address: URL;
  try {
    address = new URL(src, base);
  } catch {
    throw new Refusal("network", say("noAddress", { src }, lang));
  }
  const answer = await fetch(address, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    const key = location.protocol === "file:" ? "noFiles" : "unreachable";
    throw new Refusal("network", say(key, { src }, lang));
  });
  if (!answer.ok) throw new Refusal("status", say("status", { src, status: answer.status }, lang));
  return parseTrace(await textOf(answer, src, signal, lang), lang);
}

/** Throws a `Refusal`. */
export function parseTrace(text: string, lang: string): Trace {
  if (text.length > MAX_BYTES) throw tooLarge(text.length, "", lang);
  try {
    return loadTrace(text);
  } catch (error) {
    if (error instanceof TraceError) throw new Refusal("trace", error.message, error.path);
    // Nesting deeper than the stack.
    throw new Refusal("trace", say("unreadable", { reason: String(error) }, lang));
  }
}

async function textOf(
  answer: Response,
  src: string,
  signal: AbortSignal,
  lang: string,
): Promise<string> {
  try {
    return await textUpTo(MAX_BYTES, answer);
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof TooLarge) throw tooLarge(error.bytes, src, lang);
    throw new Refusal("network", say("cutOff", { src }, lang));
  }
}

const tooLarge = (bytes: number, src: string, lang: string): Refusal =>
  new Refusal(
    "size",
    say("tooLarge", { src, bytes: megabytes(bytes), most: megabytes(MAX_BYTES) }, lang),
  );

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
