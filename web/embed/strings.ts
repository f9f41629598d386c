// What the player says in its own words, and where the words of other languages come from: one file
// a language, fetched when a figure speaks it. What a language lacks is said in English.

import { LANGUAGES } from "../language/languages.ts";
import type { Catalogue } from "../language/t.ts";
import { languageFile } from "./method-text.ts";

const ENGLISH = {
  noAddress: "“{src}” is no address of a trace.",
  unreachable:
    "The trace {src} did not come: the server cannot be reached, or it does not let pages of other sites read the file (CORS).",
  noFiles:
    "The trace {src} did not come: browsers do not let a page opened as a file read other files. Put the trace into the page, or serve the folder.",
  status: "The trace {src} did not come: the server answered {status}.",
  cutOff: "The trace {src} broke off while it was read.",
  tooLarge: "The trace {src} has {bytes} or more; figures show at most {most}.",
  unreadable: "This trace cannot be read: {reason}",
  undrawn: "This trace cannot be drawn: {reason}",
  odd: "{name} cannot be “{value}”: it may be {allowed}.",
  nothing: "This figure names no trace: give it a src, or a method that lies beside its script.",
  loading: "The figure is being loaded.",
  kept: "The picture below is the one from before.",
  about: "About this method",
  runHere: "Run it here",
  asksFirst: "Nothing is loaded before its size is stated and you agree.",
  notLive: "The script that runs the model did not come. The recorded run still plays.",
  boxed:
    "This frame is sandboxed without allow-same-origin: browsers then refuse it the files and the storage of its own site, so that no model can run in it. The recorded run still plays.",
  notExported: "This player cannot export {kind}.",
};

export type Message = keyof typeof ENGLISH;

/** What pages have added, and what has come, by language. */
const catalogues = new Map<string, Catalogue>();
const coming = new Map<string, Promise<void>>();

/** Adds to the words of a language, for example `"de"`: English texts and what stands for them. */
export function addCatalogue(lang: string, catalogue: Catalogue): void {
  const tag = lang.toLowerCase();
  catalogues.set(tag, { ...catalogues.get(tag), ...catalogue });
}

/** The first part of a tag: `"de"` of `"de-CH"`. */
const base = (lang: string): string => lang.toLowerCase().split("-")[0]!;

/** The words for a tag such as `"de-CH"`; `null` where English is spoken. */
export const catalogueOf = (lang: string): Catalogue | null =>
  catalogues.get(lang.toLowerCase()) ?? catalogues.get(base(lang)) ?? null;

/** Settles when the words of a language are here, if there are any. */
export function learn(lang: string): Promise<void> {
  const tag = base(lang);
  if (!LANGUAGES.includes(tag)) return Promise.resolve();
  let way = coming.get(tag);
  if (!way) coming.set(tag, (way = fetchWords(tag)));
  return way;
}

/** Without its file a figure speaks English. */
async function fetchWords(tag: string): Promise<void> {
  const words = await languageFile(tag).catch(() => null);
  // What the page has added goes first.
  catalogues.set(tag, { ...(words as Catalogue | null), ...catalogues.get(tag) });
}

/** The sentence with its values filled in, in a language whose words are here. */
export function say(
  id: Message,
  values: Readonly<Record<string, string | number>> = {},
  lang = document.documentElement.lang,
): string {
  const text = ENGLISH[id];
  return (catalogueOf(lang)?.[text] ?? text)
    .replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""))
    .replaceAll("  ", " ");
}
