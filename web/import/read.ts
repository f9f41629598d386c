// Tells by its content what a file is, and reads it. Knows traces, answers of OpenAI-style servers
// with log-probabilities, and reports of acceptance; everything else gets a sentence.

import { checkTrace, loadTrace, TraceError } from "../trace/load.ts";
import type { Imported } from "./imported.ts";
import { isAnswer, runOf } from "./logprobs.ts";
import { acceptanceOf, aggregatesIn } from "./metrics.ts";

const ELSE =
  "This is neither a trace nor a log that can be read here. A trace, the answer of an OpenAI-style server with log-probabilities (JSON, JSON lines or a stream), or the metrics of a server that guesses ahead can be opened.";

/** Throws a `TraceError` with the place of what is wrong. */
export function read(text: string): Imported {
  const body = text.replace(/^\uFEFF/, "").trim();
  if (body === "") throw new TraceError("", "This file is empty.");
  const whole = parsed(body);
  if (whole.value !== undefined) return ofJson(whole.value);
  const lines = streamed(body) ?? listed(body);
  if (lines) return ofAnswers(lines);
  const aggregates = aggregatesIn(body);
  if (aggregates.length > 0) return { kind: "aggregates", aggregates };
  // It looks like JSON: say where it breaks off.
  if (/^[{[]/.test(body)) loadTrace(body);
  throw new TraceError("", ELSE);
}

function parsed(text: string): { value?: unknown } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return {};
  }
}

/** Something that was written down, with the line it stands in; `null` where the whole file is it. */
export interface Found {
  readonly value: unknown;
  readonly line: number | null;
}

function ofJson(value: unknown): Imported {
  if (Array.isArray(value) && value.length > 0 && value.every(isAnswer))
    return ofAnswers(value.map((it: unknown) => ({ value: it, line: null })));
  if (isAnswer(value)) return ofAnswers([{ value, line: null }]);
  if (isTrace(value)) return { kind: "trace", trace: checkTrace(value), from: "" };
  throw new TraceError("", ELSE);
}

const isTrace = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  ["version", "events"].some((name) => Object.hasOwn(value, name));

function ofAnswers(found: readonly Found[]): Imported {
  const acceptance = found.flatMap(({ value }) => acceptanceOf(value));
  try {
    return { kind: "trace", ...runOf(found) };
  } catch (thrown) {
    // An answer may tell how many guesses were kept and nothing of its tokens.
    if (acceptance.length > 0) return { kind: "aggregates", aggregates: acceptance };
    throw thrown;
  }
}

/** The messages of a stream: `data: {…}` lines, up to `[DONE]`. */
function streamed(text: string): Found[] | null {
  if (!/^(data:|event:|id:|:)/.test(text)) return null;
  const found: Found[] = [];
  text.split(/\r?\n/).forEach((content, at) => {
    const data = /^data:\s?(.*)$/.exec(content)?.[1];
    if (data === undefined || data.trim() === "[DONE]" || data.trim() === "") return;
    found.push({ value: lineOf(data, at + 1), line: at + 1 });
  });
  return found.length > 0 ? found : null;
}

/** JSON lines. */
function listed(text: string): Found[] | null {
  const lines = text.split(/\r?\n/);
  if (lines.length < 2 || !lines[0]!.startsWith("{") || parsed(lines[0]!).value === undefined)
    return null;
  return lines.flatMap((content, at) =>
    content.trim() === "" ? [] : [{ value: lineOf(content, at + 1), line: at + 1 }],
  );
}

function lineOf(content: string, line: number): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw new TraceError(`line ${line}`, `is not JSON: ${(error as Error).message}.`);
  }
}
