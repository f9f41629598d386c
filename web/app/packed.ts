/** A whole trace in the hash of an address: `#t=`, deflate-raw, base64url. */

/** Longest packed trace that goes into an address; beyond it, links break in mail and chat. */
export const MAX_PACKED = 8_000;
const NAME = "t=";

/** The hash that holds `json`, however long it gets. */
export async function pack(json: string): Promise<string> {
  const bytes = await pipe(new TextEncoder().encode(json), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const text = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `#${NAME}${text}`;
}

/** The JSON in a hash, or nothing when the hash holds none. Errors: a hash that was cut off. */
export async function unpack(hash: string): Promise<string | undefined> {
  const text = hash.replace(/^#/, "");
  if (!text.startsWith(NAME)) return undefined;
  const base64 = text.slice(NAME.length).replaceAll("-", "+").replaceAll("_", "/");
  try {
    const bytes = Uint8Array.from(atob(base64), (it) => it.charCodeAt(0));
    const json = await pipe(bytes, new DecompressionStream("deflate-raw"));
    return new TextDecoder("utf-8", { fatal: true }).decode(json);
  } catch {
    throw new Error("The trace in this address is damaged: the link was probably cut off.");
  }
}

async function pipe(
  bytes: Uint8Array,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(through);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
