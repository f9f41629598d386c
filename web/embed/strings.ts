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
  noCost:
    "What a run costs is not part of this copy of the player: cost.js does not lie beside its script.",
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
