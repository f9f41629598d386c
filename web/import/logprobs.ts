// Answers of OpenAI-style servers with log-probabilities, as vLLM, llama.cpp, SGLang and OpenAI
// give them: chat (`logprobs.content`), completions (`logprobs.tokens`), llama.cpp's own
// `completion_probabilities`, whole or as the chunks of a stream. Leaves out tool calls.
// Sources: OpenAI API reference, "Chat completion object" and "Completion object (legacy)";
// llama.cpp tools/server/README.md; vLLM 0.11 vllm/entrypoints/openai/serving_completion.py.

import type { Trace } from "../generated/Trace.ts";
import { TraceError } from "../trace/load.ts";
import { bytesOfPiece, repaired, type Piece } from "./pieces.ts";
import type { Found } from "./read.ts";
import { traceOf, type Text } from "./trace-of.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether this looks like an answer of a server, or one with the request it answers. */
export function isAnswer(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (isObject(value["response"])) return isAnswer(value["response"]);
  return Array.isArray(value["choices"]) || Array.isArray(value["completion_probabilities"]);
}

/** A token of a log: what it says, how probable it was, and what else was. */
export interface Logged extends Piece {
  /** Natural-log probability; `null` for a first token of a prompt. */
  readonly logProb: number | null;
  readonly top: readonly (Piece & { readonly logProb: number })[];
}

/** One text while its chunks come in. */
interface Draft {
  readonly tokens: Logged[];
  text: string;
  reason: string | null;
  readonly place: string;
}

/** Where something stands in the file, for complaints. */
class Place {
  constructor(
    readonly line: number | null,
    readonly path: string,
  ) {}

  in(step: string | number): Place {
    const dot = typeof step === "number" ? `[${step}]` : this.path === "" ? step : `.${step}`;
    return new Place(this.line, this.path + dot);
  }

  complain(sentence: string): TraceError {
    const path = [this.line === null ? "" : `line ${this.line}`, this.path];
    return new TraceError(path.filter((it) => it !== "").join(": "), sentence);
  }
}

/** The run that the answers tell of. Errors: `TraceError` with line and path. */
export function runOf(found: readonly Found[]): { trace: Trace; from: string } {
  const drafts = new Map<string, Draft>();
  let head: Json = {};
  let prompt = "";
  let promptTokens = 0;
  let ms = 0;
  found.forEach(({ value, line }, at) => {
    const start = new Place(line, found.length > 1 && line === null ? `[${at}]` : "");
    if (!isObject(value))
      throw start.complain("is no object: the answer of a server belongs there.");
    const paired = isObject(value["response"]);
    const answer = (paired ? value["response"] : value) as Json;
    const place = paired ? start.in("response") : start;
    const error = answer["error"];
    if (error !== undefined && error !== null)
      throw place.in("error").complain(`says that the server refused: ${said(error)}.`);
    if (isObject(value["request"])) prompt ||= askedOf(value["request"]);
    if (typeof answer["prompt"] === "string") prompt ||= answer["prompt"];
    if (typeof answer["model"] === "string" || Object.keys(head).length === 0)
      head = { ...head, ...answer };
    const usage = answer["usage"];
    if (isObject(usage)) promptTokens ||= Number(usage["prompt_tokens"]) || 0;
    const timings = answer["timings"];
    if (isObject(timings)) ms += Number(timings["predicted_ms"]) || 0;
    collect(answer, place, at, drafts);
  });
  const texts = [...drafts.values()].filter((it) => it.tokens.length > 0);
  if (texts.length === 0) throw nothingIn([...drafts.values()][0]);
  const model = typeof head["model"] === "string" ? head["model"] : "";
  const server = serverOf(head);
  const trace = traceOf(
    texts.map((it) => textOf(it, prompt, promptTokens)),
    { model, server, ms },
  );
  return { trace, from: server };
}

function nothingIn(draft: Draft | undefined): TraceError {
  const path = draft?.place ?? "choices";
  return new TraceError(
    path,
    "holds no log-probabilities. Ask the server for them: `logprobs: true` with `top_logprobs: 5` in a chat, `logprobs: 5` in a completion.",
  );
}

/** Adds what one answer, or one chunk, tells to the texts. */
function collect(answer: Json, place: Place, at: number, drafts: Map<string, Draft>): void {
  const own = answer["completion_probabilities"];
  if (Array.isArray(own)) {
    const draft = draftOf(drafts, "native", place.in("completion_probabilities"));
    own.forEach((it, i) =>
      draft.tokens.push(logged(it, place.in("completion_probabilities").in(i))),
    );
    draft.text += typeof answer["content"] === "string" ? answer["content"] : "";
    if (answer["stop"] === true) draft.reason = answer["stop_type"] === "limit" ? "length" : "stop";
    return;
  }
  const choices = answer["choices"];
  if (!Array.isArray(choices))
    throw place.in("choices").complain("is missing: the texts of an answer stand there.");
  // Chunks of one answer share its id; answers without one are told apart by their place.
  const id = typeof answer["id"] === "string" ? answer["id"] : `#${at}`;
  choices.forEach((choice: unknown, i) => {
    const here = place.in("choices").in(i);
    if (!isObject(choice)) throw here.complain("is no object.");
    const index = typeof choice["index"] === "number" ? choice["index"] : i;
    const draft = draftOf(drafts, `${id}/${index}`, here.in("logprobs"));
    const message = choice["message"] ?? choice["delta"];
    const text = isObject(message) ? message["content"] : choice["text"];
    if (typeof text === "string") draft.text += text;
    if (typeof choice["finish_reason"] === "string") draft.reason = choice["finish_reason"];
    const logprobs = choice["logprobs"];
    if (isObject(logprobs)) draft.tokens.push(...tokensOf(logprobs, here.in("logprobs")));
  });
}

function draftOf(drafts: Map<string, Draft>, key: string, place: Place): Draft {
  let draft = drafts.get(key);
  if (!draft) {
    const path = place.complain("").path;
    drafts.set(key, (draft = { tokens: [], text: "", reason: null, place: path }));
  }
  return draft;
}

function tokensOf(logprobs: Json, place: Place): Logged[] {
  const { content, tokens } = logprobs;
  if (Array.isArray(content)) return content.map((it, i) => logged(it, place.in("content").in(i)));
  if (!Array.isArray(tokens)) return [];
  return tokens.map((token: unknown, i) => {
    const here = place.in("tokens").in(i);
    if (typeof token !== "string") throw here.complain(`is ${said(token)}; a text belongs there.`);
    const at = place.in("token_logprobs").in(i);
    const given = (logprobs["token_logprobs"] as unknown[] | undefined)?.[i] ?? null;
    const others = (logprobs["top_logprobs"] as unknown[] | null | undefined)?.[i] ?? {};
    const top = place.in("top_logprobs").in(i);
    if (!isObject(others)) throw top.complain(`is ${said(others)}; an object belongs there.`);
    return {
      ...bytesOfPiece(token, null),
      logProb: given === null ? null : probable(given, at),
      top: Object.entries(others).map(([name, value]) => ({
        ...bytesOfPiece(name, null),
        logProb: probable(value, top.in(name)),
      })),
    };
  });
}

/** A token as chat answers give it. */
function logged(value: unknown, place: Place): Logged {
  if (!isObject(value)) throw place.complain(`is ${said(value)}; a token belongs there.`);
  const top = value["top_logprobs"] ?? value["top_probs"] ?? [];
  if (!Array.isArray(top)) throw place.in("top_logprobs").complain("is no list.");
  return {
    ...pieceOf(value, place),
    logProb: logProbOf(value, place),
    top: top.map((it: unknown, i) => {
      const here = place.in("top_logprobs").in(i);
      if (!isObject(it)) throw here.complain(`is ${said(it)}; a token belongs there.`);
      return { ...pieceOf(it, here), logProb: logProbOf(it, here) };
    }),
  };
}

function pieceOf(value: Json, place: Place): Piece {
  const { token, bytes } = value;
  if (typeof token !== "string")
    throw place.in("token").complain(`is ${said(token)}; a text belongs there.`);
  const list = bytes ?? null;
  const byte = (it: unknown) => Number.isInteger(it) && Number(it) >= 0 && Number(it) <= 255;
  if (list !== null && !(Array.isArray(list) && list.every(byte)))
    throw place.in("bytes").complain(`is ${said(list)}; bytes from 0 to 255 belong there.`);
  return bytesOfPiece(token, list as number[] | null);
}

/** llama.cpp gives plain probabilities where it is asked for those after its filters. */
function logProbOf(value: Json, place: Place): number {
  const { prob } = value;
  if (value["logprob"] === undefined && typeof prob === "number")
    return probable(prob > 0 ? Math.log(prob) : -9999, place.in("prob"));
  return probable(value["logprob"], place.in("logprob"));
}

function probable(value: unknown, place: Place): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw place.complain(`is ${said(value)}; a log-probability belongs there.`);
  // Sums in half precision come out a little above certainty.
  if (value > 1e-2) throw place.complain(`is ${value}; a log-probability is at most 0.`);
  return Math.min(0, value);
}

function textOf(draft: Draft, prompt: string, promptTokens: number): Text {
  const tokens = repaired(draft.tokens, draft.text);
  // With `echo` the prompt comes first; its first token follows nothing.
  const echoed = tokens[0]?.logProb === null ? Math.max(1, promptTokens) : 0;
  return {
    prompt: echoed > 0 ? tokens.slice(0, echoed) : prompt,
    tokens: tokens.slice(echoed).map((it) => ({ ...it, logProb: it.logProb ?? -9999 })),
    reason: draft.reason,
  };
}

/** What a request asked: the prompt, or the messages of a chat. */
function askedOf(request: Json): string {
  const { prompt, messages } = request;
  if (typeof prompt === "string") return prompt;
  if (!Array.isArray(messages)) return "";
  return messages
    .filter(isObject)
    .map(({ role, content }) => `${said(role, false)}: ${said(content, false)}\n`)
    .join("");
}

function serverOf(answer: Json): string {
  const print = said(answer["system_fingerprint"] ?? "", false);
  if (print.startsWith("vllm")) return print;
  if (isObject(answer["timings"]) || Array.isArray(answer["completion_probabilities"]))
    return "llama.cpp server";
  return print.startsWith("fp_") ? "OpenAI" : "OpenAI-style server";
}

function said(value: unknown, quoted = true): string {
  if (typeof value === "string" && !quoted) return value;
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
