// Makes a trace of logged texts. The log says which tokens were likely at each place and which one
// was written; it says nothing of passes, so the trace has none.

import type { Event } from "../generated/Event.ts";
import type { FinishReason } from "../generated/FinishReason.ts";
import type { Output } from "../generated/Output.ts";
import type { TokenText } from "../generated/TokenText.ts";
import type { Trace } from "../generated/Trace.ts";
import { VERSION } from "../trace/load.ts";
import { LOGGED } from "../views/draw.ts";
import { UNKNOWN_PROMPT } from "./imported.ts";
import type { Logged } from "./logprobs.ts";
import type { Piece } from "./pieces.ts";

/** What the method of such a trace is called. */
export const LOG = "Log of a server";

/** Texts that are shown side by side; the rest of a long file is left out, and a note says so. */
export const MAX_TEXTS = 16;

export interface Text {
  /** Its tokens where they were echoed, else its text; `""` when the file does not have it. */
  readonly prompt: string | readonly Piece[];
  readonly tokens: readonly (Logged & { readonly logProb: number })[];
  readonly reason: string | null;
}

export interface Origin {
  readonly model: string;
  readonly server: string;
  /** Milliseconds of the answer, 0 where it was not told. */
  readonly ms: number;
}

export function traceOf(all: readonly Text[], origin: Origin): Trace {
  const texts = all.slice(0, MAX_TEXTS);
  const story = new Story();
  const lanes = texts.map((text, lane) => story.plant(text, lane));
  story.tell(all.length);
  const longest = Math.max(...texts.map((it) => it.tokens.length));
  for (let place = 0; place < longest; place++) {
    story.events.push({ kind: "step", index: place });
    texts.forEach((text, lane) => {
      const token = text.tokens[place];
      if (!token) return;
      story.draw(token, lane, lanes[lane]!);
      if (place === text.tokens.length - 1 && text.reason !== null)
        story.events.push(finishOf(lanes[lane]!.head, text.reason));
    });
  }
  const [answer, ...others] = texts.map((text, lane) => outputOf(text, lanes[lane]!));
  return {
    version: VERSION,
    models: { target: story.model(origin.model) },
    method: LOG,
    params: {},
    seed: 0,
    max_new_tokens: longest,
    prompt_tokens: lanes[0]!.prompt,
    tokens: answer!.tokens,
    outputs: others,
    vocabulary: story.vocabulary,
    events: story.events,
    recorded: {
      device: "",
      backend: origin.server,
      versions: {},
      pass_ms: [],
      total_ms: origin.ms,
      plain_ms_per_token: null,
    },
  };
}

interface Lane {
  head: number;
  readonly prompt: number[];
  readonly tokens: number[];
}

const reasonOf = (said: string | null): FinishReason => (said === "length" ? "length" : "stopped");

const finishOf = (node: number, said: string): Event => ({
  kind: "finish",
  ...{ node, reason: reasonOf(said), score: null, ranked: null },
});

const outputOf = ({ reason }: Text, { head, tokens }: Lane): Output => ({
  node: head,
  ...{ tokens, reason: reasonOf(reason), score: null, ranked: null },
});

class Story {
  readonly events: Event[] = [];
  readonly vocabulary: Record<number, TokenText> = {};
  /** Tokens by their bytes. They are numbered as they appear: a log has no numbers of its own that
   *  all servers give, and so every token that is not listed comes after all that are. */
  readonly #ids = new Map<string, number>();
  #nodes = 0;

  /** The prompt of a text. */
  plant({ prompt }: Text, lane: number): Lane {
    const whole: Piece = {
      token: "",
      bytes: new TextEncoder().encode(prompt === "" ? UNKNOWN_PROMPT : String(prompt)),
      lost: false,
    };
    const tokens = typeof prompt === "string" ? [whole] : prompt;
    const planted: Lane = { head: -1, prompt: [], tokens: [] };
    for (const piece of tokens) {
      const id = this.#idOf(piece);
      this.#grow(id, planted, lane, "prompt", null);
      planted.prompt.push(id);
    }
    return planted;
  }

  tell(found: number): void {
    const left = found > MAX_TEXTS ? ` The first ${MAX_TEXTS} of ${found} texts are shown.` : "";
    const text = `A log of tokens and log-probabilities: how the server came by them, pass by pass, is not in the file.${left}`;
    this.events.push({ kind: "note", id: "log", text, values: { texts: found } });
  }

  /** A token with the likely ones at its place. */
  draw(it: Logged & { readonly logProb: number }, lane: number, at: Lane): void {
    const id = this.#idOf(it);
    const listed = new Map<number, number>();
    for (const other of it.top) {
      const token = this.#idOf(other);
      if (!listed.has(token)) listed.set(token, Math.fround(Math.exp(other.logProb)));
    }
    const prob = listed.get(id) ?? Math.fround(Math.exp(it.logProb));
    listed.set(id, prob);
    const sorted = [...listed].sort(([a, p], [b, q]) => q - p || a - b);
    // Rounded logs of near-certain tokens sum to a little more than all.
    const sum = sorted.reduce((total, [, p]) => total + p, 0);
    const scale = sum > 1 ? 1 / sum : 1;
    const shown = sorted.map(([, p]) => Math.fround(p * scale));
    const rest = Math.max(0, 1 - shown.reduce((total, p) => total + p, 0));
    const own = Math.fround(prob * scale);
    let before = 0;
    sorted.forEach(([token], i) => {
      if (token < id) before += shown[i]!;
    });
    // Servers write -9999 where a token had no mass left: nobody drew it from these.
    if (own > 0)
      this.events.push({
        kind: "sample",
        node: at.head,
        purpose: "target",
        tokens: sorted.map(([token]) => token),
        stages: [
          {
            name: LOGGED,
            ...{ value: null, cutoff: null, kept: sorted.length, probs: shown, rest },
          },
        ],
        u: null,
        token: id,
        prob: own,
        span: [before, before + own],
      });
    this.#grow(id, at, lane, "target", it.logProb);
    at.tokens.push(id);
    this.events.push({ kind: "commit", lane, head: at.head, nodes: [at.head] });
  }

  /** The file names a model and says nothing else of it. */
  model(name: string): Trace["models"][string] {
    const vocab_size = this.#ids.size;
    const unknown = { context_len: 0, layers: 0, width: 0, parameters: 0, vectors: 0 };
    return { name: name || "unknown model", hash: "", vocab_size, end_tokens: [], ...unknown };
  }

  #idOf({ bytes }: Piece): number {
    const key = bytes.join();
    let id = this.#ids.get(key);
    if (id === undefined) {
      this.#ids.set(key, (id = this.#ids.size));
      this.vocabulary[id] = entryOf(bytes);
    }
    return id;
  }

  #grow(token: number, at: Lane, lane: number, by: string, log_prob: number | null): void {
    const node = this.#nodes++;
    const parent = at.head < 0 ? null : at.head;
    this.events.push({
      kind: "grow",
      ...{ node, parent, lane, input: { token }, by, log_prob, row: null },
    });
    at.head = node;
  }
}

/** Text, or bytes where they are no text by themselves. */
function entryOf(bytes: Uint8Array): TokenText {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [...bytes];
  }
}
