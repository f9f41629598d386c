// Text of an answer of a server, up to so many bytes. The body is read in pieces, so that a file
// without a stated size cannot fill the memory.

export class TooLarge extends Error {
  override readonly name = "TooLarge";
  constructor(
    /** Bytes that the server stated, or that had come when reading ended. */
    readonly bytes: number,
  ) {
    super(`it has ${Math.ceil(bytes / 1e6)} MB or more`);
  }
}

/** Throws `TooLarge`, or what the stream fails with. */
export async function textUpTo(most: number, answer: Response): Promise<string> {
  const stated = Number(answer.headers.get("content-length"));
  if (stated > most) {
    await answer.body?.cancel();
    throw new TooLarge(stated);
  }
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return parts.join("") + decoder.decode();
    bytes += value.length;
    if (bytes > most) {
      await reader.cancel();
      throw new TooLarge(bytes);
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
}
