/** Fetches the fonts of pictures, lets the page set text in them, and cuts out what a picture needs. */
import { FACES, type Face } from "./faces.ts";
import { glyphsOf, readFont, subset, writeWoff, type Font } from "./font-file.ts";
import code400 from "./fonts/code-400.woff?url";
import code600 from "./fonts/code-600.woff?url";
import label400 from "./fonts/label-400.woff?url";
import label600 from "./fonts/label-600.woff?url";
import signs from "./fonts/signs.woff?url";
import textItalic from "./fonts/text-400-italic.woff?url";
import text400 from "./fonts/text-400.woff?url";
import text600 from "./fonts/text-600.woff?url";

const ADDRESSES: Readonly<Record<string, string>> = {
  "code-400": code400,
  "code-600": code600,
  "label-400": label400,
  "label-600": label600,
  signs,
  "text-400": text400,
  "text-400-italic": textItalic,
  "text-600": text600,
};

export interface Loaded {
  face: Face;
  font: Font;
  /** Code points that it can set. */
  known: ReadonlySet<number>;
}

let loading: Promise<Loaded[]> | null = null;

/**
 * All faces, known to the page's layout from now on; none where the build brings no files along.
 * Errors: files that cannot be fetched.
 */
export function loadFonts(): Promise<Loaded[]> {
  if (!ADDRESSES["signs"]) return Promise.resolve([]);
  loading ??= Promise.all(FACES.map(load)).catch((error: unknown) => {
    loading = null;
    throw new Error("The fonts of the picture could not be loaded.", { cause: error });
  });
  return loading;
}

async function load(face: Face): Promise<Loaded> {
  const bytes = await bytesOf(ADDRESSES[face.id]!);
  const { family, weight, style } = face;
  const own = new FontFace(family, bytes as BufferSource, { weight, style });
  document.fonts.add(await own.load());
  const font = await readFont(bytes);
  return { face, font, known: new Set(glyphsOf(font).keys()) };
}

/** Fetching an address that is itself the data is refused by strict policies. */
async function bytesOf(address: string): Promise<Uint8Array> {
  const inside = /^data:[^,]*;base64,(.*)$/s.exec(address)?.[1];
  if (inside) return Uint8Array.from(atob(inside), (it) => it.charCodeAt(0));
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answers with status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

const cut = new Map<string, Promise<string>>();

/** A style sheet's rule that holds the glyphs of these code points. */
export function rule({ face, font }: Loaded, codes: readonly number[]): Promise<string> {
  const key = `${face.id} ${codes.join()}`;
  const made = cut.get(key) ?? ruleOf(face, font, codes);
  // Pictures of a film want the same again and again; other runs want others.
  if (cut.size > 200) cut.clear();
  cut.set(key, made);
  return made;
}

async function ruleOf(face: Face, font: Font, codes: readonly number[]): Promise<string> {
  const bytes = await writeWoff(subset(font, codes));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const { family, weight, style } = face;
  const looks = `font-family:"${family}";font-weight:${weight};font-style:${style}`;
  // Then a browser asks for every font that a picture needs at its first layout.
  const range = codes.map((it) => `U+${it.toString(16)}`).join();
  return `@font-face{${looks};unicode-range:${range};src:url(data:font/woff;base64,${btoa(binary)})format("woff")}`;
}
