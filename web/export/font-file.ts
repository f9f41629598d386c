/**
 * Reads and writes font files: TrueType outlines in an OpenType or WOFF file. Leaves out what our
 * fonts do not have (CFF outlines, variations) and drops kerning, ligatures and hints, so that a
 * part of a font sets the same text in the same widths as the whole.
 * Source: OpenType 1.9, chapters `cmap`, `glyf`, `loca`, `hmtx`; WOFF File Format 1.0.
 */

/** Tables by their four letters. */
export type Font = ReadonlyMap<string, Uint8Array>;

/** What a font must hold, in the order of a file. */
const TABLES = ["OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"];

const WOFF = 0x774f4646;
const TRUETYPE = 0x00010000;

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const tableOf = (font: Font, name: string): Uint8Array => {
  const table = font.get(name);
  if (!table) throw new Error(`This font has no table "${name}".`);
  return table;
};

/** Errors: a file of another kind, or one that is cut off. */
export async function readFont(file: Uint8Array): Promise<Font> {
  const data = view(file);
  const packed = data.getUint32(0) === WOFF;
  if (!packed && data.getUint32(0) !== TRUETYPE)
    throw new Error("This is no font file with TrueType outlines.");
  const count = data.getUint16(packed ? 12 : 4);
  const tables = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    const entry = packed ? 44 + 20 * i : 12 + 16 * i;
    const name = String.fromCharCode(...file.subarray(entry, entry + 4));
    if (!TABLES.includes(name)) continue;
    const from = data.getUint32(entry + (packed ? 4 : 8));
    const stored = data.getUint32(entry + (packed ? 8 : 12));
    const length = packed ? data.getUint32(entry + 12) : stored;
    const bytes = file.subarray(from, from + stored);
    tables.set(name, stored < length ? await through(bytes, new DecompressionStream("deflate")) : bytes); // prettier-ignore
  }
  return tables;
}

async function through(bytes: Uint8Array, stream: GenericTransformStream): Promise<Uint8Array> {
  const read = new Response(new Blob([bytes as BlobPart]).stream().pipeThrough(stream));
  return new Uint8Array(await read.arrayBuffer());
}

/** Code points, each with the number of its glyph. */
export function glyphsOf(font: Font): Map<number, number> {
  const cmap = tableOf(font, "cmap");
  const data = view(cmap);
  const found = new Map<number, number>();
  for (let i = 0; i < data.getUint16(2); i++) {
    const platform = data.getUint16(4 + 8 * i);
    const at = data.getUint32(8 + 8 * i);
    // Unicode, or Windows; what stands in both is the same.
    if (platform === 1) continue;
    const format = data.getUint16(at);
    if (format === 4) segments(data, at, found);
    if (format === 12) groups(data, at, found);
  }
  return found;
}

function segments(data: DataView, at: number, found: Map<number, number>): void {
  const bytes = data.getUint16(at + 6);
  for (let i = 0; i < bytes; i += 2) {
    const end = data.getUint16(at + 14 + i);
    const start = data.getUint16(at + 16 + bytes + i);
    const delta = data.getUint16(at + 16 + 2 * bytes + i);
    const place = at + 16 + 3 * bytes + i;
    const offset = data.getUint16(place);
    for (let code = start; code <= end && code < 0xffff; code++) {
      const listed = offset === 0 ? code : data.getUint16(place + offset + 2 * (code - start));
      const glyph = offset !== 0 && listed === 0 ? 0 : (listed + delta) & 0xffff;
      if (glyph !== 0) found.set(code, glyph);
    }
  }
}

function groups(data: DataView, at: number, found: Map<number, number>): void {
  for (let i = 0; i < data.getUint32(at + 12); i++) {
    const [start, end, glyph] = [0, 4, 8].map((it) => data.getUint32(at + 16 + 12 * i + it));
    for (let code = start!; code <= end!; code++) found.set(code, glyph! + code - start!);
  }
}

/** The outline of each glyph, empty for a space. */
function outlinesOf(font: Font): Uint8Array[] {
  const glyf = tableOf(font, "glyf");
  const loca = view(tableOf(font, "loca"));
  const long = view(tableOf(font, "head")).getInt16(50) === 1;
  const count = view(tableOf(font, "maxp")).getUint16(4);
  const at = (i: number) => (long ? loca.getUint32(4 * i) : 2 * loca.getUint16(2 * i));
  return Array.from({ length: count }, (_, i) => glyf.subarray(at(i), at(i + 1)));
}

/** Flags of a part of a glyph that is put together from others. */
const [WORDS, SCALE, MORE, TWO_SCALES, MATRIX, HINTS] = [0x1, 0x8, 0x20, 0x40, 0x80, 0x100];

/** Where the numbers of the parts stand in such a glyph, and where its parts end. */
function partsOf(outline: Uint8Array): { places: number[]; end: number } {
  const places: number[] = [];
  if (outline.length === 0 || view(outline).getInt16(0) >= 0) return { places, end: 0 };
  let [at, flags] = [10, MORE];
  while (flags & MORE) {
    flags = view(outline).getUint16(at);
    places.push(at + 2);
    at += flags & WORDS ? 8 : 6;
    at += flags & SCALE ? 2 : flags & TWO_SCALES ? 4 : flags & MATRIX ? 8 : 0;
  }
  return { places, end: at };
}

/** An outline without its hints, its parts renamed. */
function plain(outline: Uint8Array, renamed: ReadonlyMap<number, number>): Uint8Array {
  if (outline.length === 0) return outline;
  const contours = view(outline).getInt16(0);
  if (contours < 0) {
    const { places, end } = partsOf(outline);
    const copy = outline.slice(0, end);
    for (const place of places) {
      const data = view(copy);
      data.setUint16(place - 2, data.getUint16(place - 2) & ~HINTS);
      data.setUint16(place, renamed.get(data.getUint16(place))!);
    }
    return copy;
  }
  const head = 10 + 2 * contours;
  const hints = view(outline).getUint16(head);
  return joined([outline.subarray(0, head), new Uint8Array(2), outline.subarray(head + 2 + hints)]);
}

function joined(parts: readonly Uint8Array[], step = 1): Uint8Array {
  const padded = (it: Uint8Array) => Math.ceil(it.length / step) * step;
  const all = new Uint8Array(parts.reduce((sum, it) => sum + padded(it), 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += padded(part);
  }
  return all;
}

/** The font with the glyphs of these code points alone; those it lacks are left out. */
export function subset(font: Font, codes: Iterable<number>): Font {
  const known = glyphsOf(font);
  const outlines = outlinesOf(font);
  const wanted = [...new Set(codes)].filter((it) => known.has(it)).sort((a, b) => a - b);
  // Glyph 0 stands for what is missing.
  const kept = new Set([0, ...wanted.map((it) => known.get(it)!)]);
  // A set grows while it is walked.
  for (const glyph of kept) {
    const outline = outlines[glyph]!;
    for (const place of partsOf(outline).places) kept.add(view(outline).getUint16(place));
  }
  const order = [...kept].sort((a, b) => a - b);
  const renamed = new Map(order.map((glyph, i) => [glyph, i]));
  const made = new Map(font);
  const written = order.map((it) => plain(outlines[it]!, renamed));
  made.set("glyf", joined(written, 4));
  made.set("loca", locations(written));
  made.set("hmtx", metrics(font, order));
  made.set("cmap", charactersMap(wanted.map((it) => [it, renamed.get(known.get(it)!)!] as const)));
  const changed = (name: string, change: (data: DataView) => void) => {
    const copy = tableOf(font, name).slice();
    change(view(copy));
    made.set(name, copy);
  };
  changed("head", (it) => it.setInt16(50, 1));
  changed("hhea", (it) => it.setUint16(34, order.length));
  changed("maxp", (it) => {
    it.setUint16(4, order.length);
    // No hints: neither storage nor functions nor stack.
    for (let at = 14; at < 28; at += 2) it.setUint16(at, at === 14 ? 2 : 0);
  });
  changed("OS/2", (it) => {
    it.setUint16(64, Math.min(0xffff, wanted[0] ?? 0));
    it.setUint16(66, Math.min(0xffff, wanted.at(-1) ?? 0));
  });
  // Version 3: glyphs have no names.
  made.set("post", tableOf(font, "post").slice(0, 32));
  view(made.get("post")!).setUint32(0, 0x00030000);
  return made;
}

/** Long offsets, each outline padded to four bytes. */
function locations(outlines: readonly Uint8Array[]): Uint8Array {
  const table = new Uint8Array(4 * (outlines.length + 1));
  let at = 0;
  outlines.forEach((it, i) => {
    at += Math.ceil(it.length / 4) * 4;
    view(table).setUint32(4 * (i + 1), at);
  });
  return table;
}

/** Advance and left bearing of each glyph. */
function metrics(font: Font, order: readonly number[]): Uint8Array {
  const old = view(tableOf(font, "hmtx"));
  const full = view(tableOf(font, "hhea")).getUint16(34);
  const table = new Uint8Array(4 * order.length);
  order.forEach((glyph, i) => {
    // The last advance holds for all glyphs after it.
    const bearing = glyph < full ? 4 * glyph + 2 : 4 * full + 2 * (glyph - full);
    view(table).setUint16(4 * i, old.getUint16(4 * Math.min(glyph, full - 1)));
    view(table).setInt16(4 * i + 2, old.getInt16(bearing));
  });
  return table;
}

/** A `cmap` of format 4: our fonts hold no character beyond U+FFFF. */
function charactersMap(pairs: readonly (readonly [number, number])[]): Uint8Array {
  const runs: { start: number; end: number; delta: number }[] = [];
  for (const [code, glyph] of pairs) {
    const last = runs.at(-1);
    if (last && code === last.end + 1 && glyph - code === last.delta) last.end = code;
    else runs.push({ start: code, end: code, delta: glyph - code });
  }
  runs.push({ start: 0xffff, end: 0xffff, delta: 1 });
  const count = runs.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const words = [
    // The header names one map: Windows, Unicode.
    ...[0, 1, 3, 1, 0, 12],
    ...[4, 16 + 8 * count, 0, 2 * count, 2 * power, Math.log2(power), 2 * (count - power)],
    ...runs.map((it) => it.end),
    0,
    ...runs.map((it) => it.start),
    ...runs.map((it) => it.delta & 0xffff),
    ...runs.map(() => 0),
  ];
  const table = new Uint8Array(2 * words.length);
  words.forEach((it, i) => view(table).setUint16(2 * i, it));
  return table;
}

/** What a font says of itself, by the numbers of the chapter `name`. */
export function withNames(font: Font, names: Readonly<Record<number, string>>): Font {
  const all = Object.entries(names).map(([id, text]) => [Number(id), text] as const);
  const head = new Uint8Array(6 + 12 * all.length);
  const texts = all.map(([, text]) => {
    const bytes = new Uint8Array(2 * text.length);
    [...text].forEach((it, i) => view(bytes).setUint16(2 * i, it.charCodeAt(0)));
    return bytes;
  });
  const words = [0, all.length, head.length];
  let at = 0;
  all.forEach(([id], i) => {
    // Windows, Unicode, English.
    words.push(3, 1, 0x409, id, texts[i]!.length, at);
    at += texts[i]!.length;
  });
  words.forEach((it, i) => view(head).setUint16(2 * i, it));
  return new Map(font).set("name", joined([head, ...texts]));
}

/** Sum of a table's words, as the file's directory wants it. */
function checksum(bytes: Uint8Array): number {
  const padded = joined([bytes], 4);
  let sum = 0;
  for (let i = 0; i < padded.length; i += 4) sum = (sum + view(padded).getUint32(i)) >>> 0;
  return sum;
}

/** A WOFF file. The same font gives the same bytes in the same browser. */
export async function writeWoff(font: Font): Promise<Uint8Array> {
  const head = tableOf(font, "head").slice();
  view(head).setUint32(8, 0);
  const tables = TABLES.map((name) => ({ name, bytes: name === "head" ? head : tableOf(font, name) })); // prettier-ignore
  const count = tables.length;
  const directory = new Uint8Array(12 + 16 * count);
  const power = Math.floor(Math.log2(count));
  const start = view(directory);
  start.setUint32(0, TRUETYPE);
  [count, 16 * 2 ** power, power, 16 * (count - 2 ** power)].forEach((it, i) =>
    start.setUint16(4 + 2 * i, it),
  );
  let place = directory.length;
  const sums = tables.map(({ bytes }) => checksum(bytes));
  tables.forEach(({ name, bytes }, i) => {
    const at = 12 + 16 * i;
    [...name].forEach((it, i) => start.setUint8(at + i, it.charCodeAt(0)));
    [sums[i]!, place, bytes.length].forEach((it, i) => start.setUint32(at + 4 + 4 * i, it));
    place += Math.ceil(bytes.length / 4) * 4;
  });
  const whole = sums.reduce((sum, it) => (sum + it) >>> 0, checksum(directory));
  view(head).setUint32(8, (0xb1b0afba - whole) >>> 0);

  const header = new Uint8Array(44 + 20 * count);
  const data = view(header);
  const packed = await Promise.all(
    tables.map(async ({ bytes }) => {
      const small = await through(bytes, new CompressionStream("deflate"));
      return small.length < bytes.length ? small : bytes;
    }),
  );
  let at = header.length;
  tables.forEach(({ name, bytes }, i) => {
    const entry = 44 + 20 * i;
    [...name].forEach((it, i) => data.setUint8(entry + i, it.charCodeAt(0)));
    [at, packed[i]!.length, bytes.length, sums[i]!].forEach((it, i) =>
      data.setUint32(entry + 4 + 4 * i, it),
    );
    at += Math.ceil(packed[i]!.length / 4) * 4;
  });
  data.setUint32(0, WOFF);
  data.setUint32(4, TRUETYPE);
  data.setUint32(8, at);
  data.setUint16(12, count);
  data.setUint32(16, place);
  data.setUint16(20, 1);
  return joined([header, ...packed], 4);
}
