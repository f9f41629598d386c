/**
 * Pictures as a WebM video: the browser's own encoder, and the few elements of Matroska that one
 * track of video needs. Source: RFC 9559; webmproject.org/docs/container.
 */
import type { Frame } from "./film.ts";

interface Chunk {
  /** Milliseconds from the start. */
  at: number;
  key: boolean;
  bytes: Uint8Array;
}

const CODECS = [
  { codec: "vp09.00.31.08", id: "V_VP9" },
  { codec: "vp8", id: "V_VP8" },
] as const;

/** Milliseconds between pictures that can be jumped to. */
const KEY_MS = 2000;

/** Errors: a browser that encodes no such video. */
export async function webm(frames: readonly Frame[], signal?: AbortSignal): Promise<Blob> {
  const [first] = frames;
  if (!first) throw new Error("A film needs at least one picture.");
  const { width, height } = first.pixels;
  const format = await supported(width, height);
  const chunks: Chunk[] = [];
  const failed: Error[] = [];
  const encoder = new VideoEncoder({
    output(chunk) {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      chunks.push({ at: Math.round(chunk.timestamp / 1000), key: chunk.type === "key", bytes });
    },
    error: (error) => failed.push(error),
  });
  encoder.configure(format.config);
  let [at, keyAt] = [0, -Infinity];
  const encode = (pixels: ImageData) => {
    const picture = new VideoFrame(pixels.data, {
      format: "RGBA",
      codedWidth: width,
      codedHeight: height,
      timestamp: at * 1000,
    });
    const keyFrame = at - keyAt >= KEY_MS;
    if (keyFrame) keyAt = at;
    encoder.encode(picture, { keyFrame });
    picture.close();
  };
  for (const { pixels, ms } of frames) {
    signal?.throwIfAborted();
    encode(pixels);
    at += ms;
    // Pictures wait for the encoder rather than fill the memory.
    while (encoder.encodeQueueSize > 8) await new Promise((done) => setTimeout(done, 4));
    if (failed[0]) throw failed[0];
  }
  // The last picture once more at the very end: else it would be gone as soon as it is there.
  encode(frames.at(-1)!.pixels);
  await encoder.flush();
  encoder.close();
  return new Blob([written(chunks, at, width, height, format.id)], { type: "video/webm" });
}

async function supported(width: number, height: number) {
  if (typeof VideoEncoder !== "undefined") {
    for (const { codec, id } of CODECS) {
      const bitrate = 6 * width * height;
      const config: VideoEncoderConfig = { codec, width, height, bitrate, framerate: 10 };
      const answer = await VideoEncoder.isConfigSupported(config).catch(() => null);
      if (answer?.supported) return { config, id };
    }
  }
  throw new Error("This browser encodes no WebM video: save a GIF instead.");
}

// ── Matroska ───────────────────────────────────────────────────────────────────────────────────

type Part = Uint8Array | number[];

const joined = (parts: Part[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** Big-endian, in `size` bytes. */
const whole = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);

/** An element: its id, its length in eight bytes, what it holds. */
const element = (id: number, ...parts: Part[]): Uint8Array => {
  const body = joined(parts);
  const name = whole(id, id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1);
  return joined([name, [1, ...whole(body.length, 7)], body]);
};
const uint = (id: number, value: number) => element(id, whole(value, 8));
const text = (id: number, value: string) => element(id, new TextEncoder().encode(value));
const float = (id: number, value: number) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return element(id, new Uint8Array(view.buffer));
};

function written(
  chunks: readonly Chunk[],
  ms: number,
  width: number,
  height: number,
  codec: string,
): Uint8Array<ArrayBuffer> {
  const header = element(
    0x1a45dfa3,
    uint(0x4286, 1), // version of EBML
    uint(0x42f7, 1), // version to read it
    uint(0x42f2, 4), // bytes of an id, at most
    uint(0x42f3, 8), // bytes of a length, at most
    text(0x4282, "webm"),
    uint(0x4287, 4), // version of the format
    uint(0x4285, 2), // version to read it
  );
  const info = element(
    0x1549a966,
    uint(0x2ad7b1, 1_000_000), // nanoseconds of a tick
    float(0x4489, ms),
    text(0x4d80, "Decodescope"),
    text(0x5741, "Decodescope"),
  );
  const video = element(0xe0, uint(0xb0, width), uint(0xba, height));
  const track = element(
    0xae,
    uint(0xd7, 1), // number
    uint(0x73c5, 1), // id
    uint(0x83, 1), // video
    uint(0x9c, 0), // no lacing
    text(0x86, codec),
    video,
  );
  const tracks = element(0x1654ae6b, track);
  const clusters = clustered(chunks).map((group) =>
    element(
      0x1f43b675,
      uint(0xe7, group[0]!.at),
      ...group.map(({ at, key, bytes }) =>
        element(0xa3, [0x81, ...whole(at - group[0]!.at, 2), key ? 0x80 : 0], bytes),
      ),
    ),
  );
  const cuesFrom = (start: number) => {
    let at = start;
    return element(
      0x1c53bb6b,
      ...clusters.map((cluster, i) => {
        const first = clustered(chunks)[i]![0]!.at;
        const point = element(
          0xbb,
          uint(0xb3, first),
          element(0xb7, uint(0xf7, 1), uint(0xf1, at)),
        );
        at += cluster.length;
        return point;
      }),
    );
  };
  // Every number takes eight bytes: the cues are as long wherever they point.
  const start = info.length + tracks.length + cuesFrom(0).length;
  const segment = element(0x18538067, info, tracks, cuesFrom(start), ...clusters);
  return joined([header, segment]) as Uint8Array<ArrayBuffer>;
}

/** A cluster begins at every picture that stands alone. */
function clustered(chunks: readonly Chunk[]): Chunk[][] {
  const groups: Chunk[][] = [];
  for (const chunk of chunks) {
    const last = groups.at(-1);
    // Times inside a cluster have sixteen bits, one of them the sign.
    if (!last || chunk.key || chunk.at - last[0]!.at > 32_000) groups.push([chunk]);
    else last.push(chunk);
  }
  return groups;
}
