/**
 * Files of a model: fetched with progress in bytes, checked by SHA-256, kept in the Cache API.
 * Knows no engine.
 */
import { EngineError } from "./failure.ts";
import type { AssetFile } from "./protocol.ts";

const CACHE = "decodescope-models-1";

/** What fetching needs from its surroundings; tests bring their own. */
export interface Surroundings {
  fetch: typeof fetch;
  /** Absent on addresses that are not secure. */
  caches: Pick<CacheStorage, "open"> | undefined;
  subtle: Pick<SubtleCrypto, "digest"> | undefined;
}

function browser(): Surroundings {
  return {
    fetch: globalThis.fetch.bind(globalThis),
    caches: storage(),
    subtle: globalThis.crypto?.subtle,
  };
}

/**
 * The bytes of `file` under the address `folder`, from the cache or the network.
 * `onBytes` hears how many bytes have arrived since it was last called (negative before a second
 * try). Errors: `cancelled`, `network`, `checksum`. A file that arrives cut short or altered is
 * fetched once more before that is an error.
 */
export async function fetchFile(
  folder: string,
  file: AssetFile,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
  around: Surroundings = browser(),
): Promise<Uint8Array> {
  // The checksum is part of the key, so that a new version of a model is never taken for the old.
  const address = `${folder}/${file.name}?${keyOf(file)}`;
  const cache = await around.caches?.open(CACHE).catch(() => undefined);
  const kept = await cache?.match(address);
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if (await isWhole(bytes, file, around)) {
      onBytes(bytes.length);
      return bytes;
    }
    await cache?.delete(address);
  }
  const bytes = await fetchWhole(address, file, onBytes, signal, around);
  // A full disk must not stop the reader: the file is then fetched again next time.
  await cache?.put(address, new Response(bytes as BlobPart)).catch(() => undefined);
  return bytes;
}

const keyOf = (file: AssetFile): string => `sha256=${file.sha256.slice(0, 16)}`;

async function fetchWhole(
  address: string,
  file: AssetFile,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
  around: Surroundings,
): Promise<Uint8Array> {
  const TRIES = 2;
  const part: Part = { bytes: new Uint8Array(file.bytes), filled: 0 };
  const restart = () => {
    onBytes(-part.filled);
    part.filled = 0;
  };
  let resumed = false;
  for (let left = TRIES; ; left--) {
    try {
      await download(address, file, part, onBytes, restart, signal, around.fetch);
      if (await isWhole(part.bytes, file, around)) return part.bytes;
      restart();
      throw new EngineError({
        code: "checksum",
        message: `${file.name} did not arrive as it was published (its checksum differs); try again`,
      });
    } catch (thrown) {
      if (!signal.aborted && part.filled > 0 && !resumed) {
        // What has come is kept, once: only the rest is asked for.
        resumed = true;
        left++;
        continue;
      }
      restart();
      if (signal.aborted) {
        throw new EngineError({ code: "cancelled", message: "Loading the model was cancelled." });
      }
      if (left <= 1) throw thrown;
    }
  }
}

/** A buffer of the stated size, so that the file is never in memory twice, and how full it is. */
interface Part {
  bytes: Uint8Array;
  filled: number;
}

/** Reads the body into `part`, from where that ends if the server can. */
async function download(
  address: string,
  file: AssetFile,
  part: Part,
  onBytes: (bytes: number) => void,
  restart: () => void,
  signal: AbortSignal,
  fetch: Surroundings["fetch"],
): Promise<void> {
  const lost = (reason: string) =>
    new EngineError({
      code: "network",
      message: `${file.name} could not be fetched: ${reason}; check the connection and try again`,
    });
  const from = part.filled;
  const headers: HeadersInit = from > 0 ? { range: `bytes=${from}-` } : {};
  const response = await fetch(address, { signal, headers }).catch((error: unknown) => {
    throw lost(error instanceof Error ? error.message : String(error));
  });
  if (!response.ok || !response.body) throw lost(`the server answered ${response.status}`);
  // A server that knows no ranges sends the whole file again.
  if (from > 0 && response.status !== 206) restart();
  const { bytes } = part;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw lost(error instanceof Error ? error.message : String(error));
    });
    if (done) break;
    if (part.filled + value.length > bytes.length) {
      restart();
      throw lost("it is longer than it should be");
    }
    bytes.set(value, part.filled);
    part.filled += value.length;
    onBytes(value.length);
  }
  if (part.filled < bytes.length)
    throw lost(`it ended after ${part.filled} of ${bytes.length} bytes`);
}

async function isWhole(
  bytes: Uint8Array,
  file: AssetFile,
  { subtle }: Surroundings,
): Promise<boolean> {
  if (bytes.length !== file.bytes) return false;
  // Without a secure address there is no digest; the length is then all that can be checked.
  if (!subtle) return true;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === file.sha256;
}

/** Absent where the address is not secure, or the browser lets this frame keep nothing. */
function storage(): CacheStorage | undefined {
  try {
    return globalThis.caches;
  } catch {
    return undefined;
  }
}

/** Bytes of those of `files` that this browser keeps; `null` where it lets us keep nothing. */
export async function keptBytes(files: readonly AssetFile[]): Promise<number | null> {
  const caches = storage();
  try {
    // Opening a cache that is not there would make one.
    if (caches && !(await caches.has(CACHE))) return 0;
  } catch {
    return null;
  }
  const cache = await caches?.open(CACHE);
  if (!cache) return null;
  const kept = new Set((await cache.keys()).map((it) => new URL(it.url).search));
  return files.filter((it) => kept.has(`?${keyOf(it)}`)).reduce((sum, it) => sum + it.bytes, 0);
}

/** Deletes all kept models. */
export async function forgetModels(): Promise<void> {
  await storage()?.delete(CACHE);
}
