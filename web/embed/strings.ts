// What the player says in its own words, by id. A language that has no catalogue, and a sentence
// that a catalogue lacks, are given in English; the sentences about a step are English so far.

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
export type Catalogue = Partial<Record<Message, string>>;

const catalogues = new Map<string, Catalogue>();

/** Adds or replaces the catalogue of a language, for example `"de"`. */
export function addCatalogue(lang: string, catalogue: Catalogue): void {
  catalogues.set(lang.toLowerCase(), catalogue);
}

/** The sentence with its values filled in. `lang` is a tag such as `"de-CH"`. */
export function say(
  id: Message,
  values: Readonly<Record<string, string | number>> = {},
  lang = document.documentElement.lang,
): string {
  const tag = lang.toLowerCase();
  const own = catalogues.get(tag) ?? catalogues.get(tag.split("-")[0]!);
  return (own?.[id] ?? ENGLISH[id])
    .replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""))
    .replaceAll("  ", " ");
}
