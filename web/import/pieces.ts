// The bytes of logged tokens. A token may hold part of a character: servers then write its bytes,
// or an escape, or only the sign � that stands for what cannot be shown.

const encoder = new TextEncoder();

export interface Piece {
  /** As the server wrote it. */
  readonly token: string;
  readonly bytes: Uint8Array;
  /** The bytes are not known: the server wrote � for them. */
  readonly lost: boolean;
}

const LOST = "\uFFFD";
const lostBytes = encoder.encode(LOST).join();

export function bytesOfPiece(token: string, bytes: readonly number[] | null): Piece {
  // Some servers encode the replaced text: those bytes say no more than the text.
  const known = bytes !== null && bytes.length > 0 && !bytes.join().includes(lostBytes);
  if (known) return { token, bytes: Uint8Array.from(bytes), lost: false };
  return { token, bytes: escaped(token) ?? encoder.encode(token), lost: token.includes(LOST) };
}

/** `<0xE2>` of SentencePiece, `bytes:\xe2\x80` of OpenAI's completions. */
function escaped(token: string): Uint8Array | null {
  const one = /^<0x([0-9a-f]{2})>$/i.exec(token);
  if (one) return Uint8Array.of(parseInt(one[1]!, 16));
  if (!/^bytes:(\\x[0-9a-f]{2}|[\x20-\x7e])+$/i.test(token)) return null;
  const parts = token.slice("bytes:".length).match(/\\x[0-9a-f]{2}|[\x20-\x7e]/gi) ?? [];
  return Uint8Array.from(
    parts.map((it) => (it.length > 1 ? parseInt(it.slice(2), 16) : it.charCodeAt(0))),
  );
}

/**
 * Gives tokens whose bytes were lost the text that stands in their place in the whole answer: the
 * first of several in a row gets it, the others continue it.
 */
export function repaired<T extends Piece>(tokens: readonly T[], text: string): T[] {
  const whole = [...tokens];
  let at = 0;
  for (let i = 0; i < whole.length; i++) {
    if (!whole[i]!.lost) {
      const shown = new TextDecoder().decode(whole[i]!.bytes);
      if (text.startsWith(shown, at)) at += shown.length;
      continue;
    }
    let end = i;
    while (end < whole.length && whole[end]!.lost) end++;
    const next = whole[end];
    const after = next ? text.indexOf(new TextDecoder().decode(next.bytes), at) : text.length;
    const found = after < 0 ? "" : text.slice(at, after);
    // Where the answer has no better text, � stays.
    if (found !== "" && !found.includes(LOST))
      for (let k = i; k < end; k++)
        whole[k] = { ...whole[k]!, bytes: encoder.encode(k === i ? found : ""), lost: false };
    if (after > at) at = after;
    i = end - 1;
  }
  return whole;
}
