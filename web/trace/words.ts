// Token text for the eye: white space made visible, and characters whose bytes are spread over
// several tokens put together again. Knows no tokenizer: only the bytes a trace brings.

import type { TokenText } from "../generated/TokenText.ts";

export type Vocabulary = Readonly<Record<number, TokenText>>;

/** One token of a text. */
export interface Piece {
  readonly token: number | null;
  /** The characters that begin in this token; `""` when it only continues one. */
  readonly text: string;
  /** The token ends, or adds to, a character that began in an earlier one. */
  readonly continues: boolean;
  /** A character that begins here ends in a later token. */
  readonly open: boolean;
}

const encoder = new TextEncoder();
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** What each vocabulary was asked before: a picture asks for hundreds of tokens at every step. */
class Asked<T> {
  readonly #of = new WeakMap<Vocabulary, Map<number, T>>();

  get(vocabulary: Vocabulary, token: number, make: () => T): T {
    let known = this.#of.get(vocabulary);
    if (!known) this.#of.set(vocabulary, (known = new Map()));
    const old = known.get(token);
    if (old !== undefined) return old;
    const made = make();
    // A token without an entry may get one while a run goes on.
    if (token in vocabulary) known.set(token, made);
    return made;
  }
}

const bytes = new Asked<Uint8Array>();
const names = new Asked<string>();

export function bytesOf(vocabulary: Vocabulary, token: number): Uint8Array {
  return bytes.get(vocabulary, token, () => {
    const text = vocabulary[token] ?? `⟨${token}⟩`;
    return typeof text === "string" ? encoder.encode(text) : Uint8Array.from(text);
  });
}

/**
 * Cuts a text into its tokens so that each visible character (emoji, CJK, letters with combining
 * marks) stands whole in the token where it begins. Bytes that form no character are shown as ⟨E2⟩.
 */
export function pieces(vocabulary: Vocabulary, tokens: readonly (number | null)[]): Piece[] {
  const parts = tokens.map((it) => (it === null ? new Uint8Array() : bytesOf(vocabulary, it)));
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.length;
  }
  const whole = new Uint8Array(length);
  parts.forEach((part, i) => whole.set(part, starts[i]!));

  const texts = tokens.map(() => "");
  const continues = tokens.map(() => false);
  const open = tokens.map(() => false);
  let owner = 0;
  for (const { text, from, to } of clusters(whole)) {
    while (owner + 1 < starts.length && starts[owner + 1]! <= from) owner++;
    texts[owner] += text;
    for (let next = owner + 1; next < starts.length && starts[next]! < to; next++) {
      if (parts[next]!.length === 0) continue;
      open[owner] = true;
      continues[next] = true;
    }
  }
  return tokens.map((token, i) => ({
    token,
    text: texts[i]!,
    continues: continues[i]!,
    open: open[i]!,
  }));
}

/** Bytes of a well-formed text, without making them. */
function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair stands for two of the four bytes.
    const half = unit >= 0xd800 && unit <= 0xdfff;
    length += unit < 0x80 ? 1 : unit < 0x800 || half ? 2 : 3;
  }
  return length;
}

interface Cluster {
  text: string;
  from: number;
  to: number;
}

/** Visible characters with the bytes they cover. */
function* clusters(bytes: Uint8Array): Generator<Cluster> {
  let at = 0;
  for (const run of validRuns(bytes)) {
    if (run.text === null) {
      for (let i = at; i < run.to; i++) yield { text: `⟨${hex(bytes[i]!)}⟩`, from: i, to: i + 1 };
    } else {
      let from = at;
      for (const { segment } of graphemes.segment(run.text)) {
        const to = from + utf8Length(segment);
        yield { text: segment, from, to };
        from = to;
      }
    }
    at = run.to;
  }
}

/** Stretches of well-formed UTF-8, and stretches that are not (`text` is null). */
function* validRuns(bytes: Uint8Array): Generator<{ text: string | null; to: number }> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const size = characterLength(bytes, at);
    if (size > 0) {
      at += size;
      continue;
    }
    if (at > from) yield { text: decoder.decode(bytes.subarray(from, at)), to: at };
    at += 1;
    yield { text: null, to: at };
    from = at;
  }
  if (at > from) yield { text: decoder.decode(bytes.subarray(from, at)), to: at };
}

/** Bytes of the well-formed character at `at`; 0 when there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > bytes.length) return 0;
  // The second byte's range shuts out overlong forms, surrogates and what lies above U+10FFFF.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (bytes[at + 1]! < low || bytes[at + 1]! > high) return 0;
  for (let i = 2; i < size; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return size;
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");

/** One token on its own, as chips and tables name it: white space visible, bytes as ⟨E2⟩. */
export function tokenName(vocabulary: Vocabulary, token: number): string {
  return names.get(vocabulary, token, () => {
    const text = pieces(vocabulary, [token])[0]!.text;
    return text === "" ? "∅" : visible(text);
  });
}

/** White space and control characters as signs. */
export function visible(text: string): string {
  return text
    .replace(/ /g, "␣")
    .replace(/\r?\n/g, "↵")
    .replace(/\t/g, "⇥")
    .replace(/[\p{Cc}\p{Cf}]/gu, (it) =>
      // The joiner inside an emoji and the variation selectors belong to what they join.
      it === "\u200d" ? it : `⟨${it.codePointAt(0)!.toString(16).toUpperCase()}⟩`,
    );
}

/** At most `most` characters, the middle left out. */
export function shortened(text: string, most = 12): string {
  // A character takes one unit or more.
  if (text.length <= most) return text;
  const all = [...graphemes.segment(text)].map((it) => it.segment);
  if (all.length <= most) return text;
  const tail = Math.floor((most - 1) / 2);
  const front = most - 1 - tail;
  return `${all.slice(0, front).join("")}…${all.slice(all.length - tail).join("")}`;
}
