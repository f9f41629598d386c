/** BibTeX of the papers that a method comes from, and of Decodescope itself. */
import papers from "./papers.json";

interface Paper {
  title: string;
  /** Given name first; `others` for those not named. */
  authors: readonly string[];
  year: number;
}

const PAPERS: Readonly<Record<string, Paper>> = papers;
const ARXIV = /arXiv:(\d{4}\.\d{4,5})/g;

/** What a method's page says of its sources, in one line. */
function sourceOf(page: string): string {
  const part = /^## Source[^\n]*\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(page)?.[1] ?? "";
  return part.replace(/\s+/g, " ").trim();
}

/** arXiv numbers of those sources, in order. */
export const sources = (page: string): string[] => [
  ...new Set([...sourceOf(page).matchAll(ARXIV)].map(([, id]) => id!)),
];

/**
 * A paper: from the list, else as the page writes it, "Names 2024, *Title*, arXiv:2401.00001".
 * Nothing where neither says what it is called.
 */
export function paper(id: string, page: string): Paper | null {
  if (Object.hasOwn(PAPERS, id)) return PAPERS[id]!;
  const [before = ""] = sourceOf(page).split(`arXiv:${id}`);
  const said = /^(.*) (\d{4}), \*([^*]+)\*, $/.exec(before);
  if (!said) return null;
  const [, text = "", year, title = ""] = said;
  // Names follow a colon or the end of a sentence, which "et al." is not.
  const names = text.split(/(?<!al)\. |[;:] /).at(-1)!;
  const authors = names
    .split(/, | and /)
    .flatMap((it) => (it.endsWith(" et al.") ? [it.slice(0, -7), "others"] : [it]));
  return { title, authors, year: Number(year) };
}

/** Signs that BibTeX or LaTeX would read. */
const SPECIAL: Record<string, string> = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}" };
const plain = (text: string): string =>
  text.replace(/[\\{}~#$%&_^]/g, (it) => SPECIAL[it] ?? `\\${it}`);

function entry(kind: string, key: string, fields: Record<string, string | undefined>): string {
  const lines = Object.entries(fields)
    .filter((it): it is [string, string] => it[1] !== undefined)
    .map(([name, value]) => `  ${name.padEnd(13)} = {${value}},`);
  return [`@${kind}{${key},`, ...lines, "}", ""].join("\n");
}

/** Last name and year, in letters that every BibTeX takes for a key. */
function keyOf({ authors, year, title }: Paper): string {
  const name = (authors[0] ?? "").split(" ").at(-1) ?? "";
  const word = title.split(/[^\p{L}\p{N}]+/u).find((it) => it.length > 3) ?? "";
  const letters = (name + year + word).normalize("NFKD").replace(/[^A-Za-z0-9]/g, "");
  return letters.toLowerCase();
}

export function paperBibtex(id: string, page: string): string {
  const known = paper(id, page);
  if (!known) return entry("misc", `arxiv${id.replace(".", "")}`, preprint(id));
  // Double braces keep the capital letters of names such as GliDe.
  return entry("misc", keyOf(known), {
    author: plain(known.authors.join(" and ")),
    title: `{${plain(known.title)}}`,
    year: String(known.year),
    ...preprint(id),
  });
}

const preprint = (id: string) => ({
  eprint: id,
  archiveprefix: "arXiv",
  url: `https://arxiv.org/abs/${id}`,
});

export interface Software {
  version: string;
  /** Where the reader uses it. */
  address: string;
}

export const softwareBibtex = ({ version, address }: Software): string =>
  entry("software", "decodescope", {
    author: "{The Decodescope developers}",
    title: "{Decodescope: watch a language model choose its words}",
    year: "2026",
    version,
    url: plain(address),
  });

/** All that a figure of a method should name. */
export const bibtex = (page: string, software: Software): string =>
  [...sources(page).map((id) => paperBibtex(id, page)), softwareBibtex(software)].join("\n");
