import { expect, test } from "vitest";
import pages from "virtual:pages";
import { bibtex, paper, paperBibtex, sources } from "./cite.ts";
import papers from "./papers.json";

test.each(Object.entries(pages))("%s names a paper, with title, authors and year", (_, page) => {
  const ids = sources(page);
  expect(ids.length).toBeGreaterThan(0);
  for (const id of ids) {
    const found = paper(id, page);
    expect(found, `${id}: the page names no title, and papers.json lacks it`).not.toBeNull();
    expect(found!.authors.length).toBeGreaterThan(0);
    expect(found!.year).toBeGreaterThan(2000);
  }
});

test("the list agrees with the pages on titles and first authors", () => {
  const list = papers as Record<string, { title: string; authors: string[] }>;
  const plain = (text: string) => text.replace(/\s+/g, " ").toLowerCase();
  let compared = 0;
  for (const page of Object.values(pages)) {
    for (const [, title, id] of page.matchAll(/\*([^*]+)\*,\s+arXiv:(\d{4}\.\d{4,5})/g)) {
      const known = list[id!];
      if (!known) continue;
      // A page may shorten a title to the name that begins it.
      expect(plain(known.title).startsWith(plain(title!)), `${id}: ${title}`).toBe(true);
      const surname = known.authors[0]!.split(" ").at(-1)!;
      expect(page, `${id} is by ${surname}`).toMatch(new RegExp(`\\b${surname}\\b`));
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(20);
});

test("a page's own words do where the list has nothing", () => {
  const page = "# X\n\n## Source\n\nRoe et al. 2025, *A Title:\nof 100 %*, arXiv:2512.99999.\n";
  expect(sources(page)).toEqual(["2512.99999"]);
  const text = paperBibtex("2512.99999", page);
  expect(text).toContain("@misc{roe2025title,");
  expect(text).toContain("author        = {Roe and others}");
  expect(text).toContain("title         = {{A Title: of 100 \\%}}");
  expect(text).toContain("eprint        = {2512.99999}");
});

test("every entry is closed, and keys differ", () => {
  const software = { version: "0.1.0", address: "https://decodescope.example/" };
  for (const page of Object.values(pages)) {
    const text = bibtex(page, software);
    const bare = text.replace(/\\[{}%#&_$]/g, "");
    expect(bare.split("{").length).toBe(bare.split("}").length);
    const keys = [...text.matchAll(/^@\w+\{([^,]+),$/gm)].map(([, key]) => key!);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.at(-1)).toBe("decodescope");
  }
});

/** A reader of BibTeX's grammar, as strict as BibTeX itself about braces and commas. */
function parsed(text: string): { kind: string; key: string; fields: Record<string, string> }[] {
  let at = 0;
  const take = (pattern: RegExp): string => {
    const found = new RegExp(pattern.source, "uy");
    found.lastIndex = at;
    const [all, part] = found.exec(text) ?? [];
    if (all === undefined) throw new Error(`at ${at}: ${text.slice(at, at + 60)}`);
    at += all.length;
    return part ?? all;
  };
  const braced = (): string => {
    const from = at;
    let depth = 0;
    do {
      if (text[at] === "\\") at++;
      else if (text[at] === "{") depth++;
      else if (text[at] === "}") depth--;
      at++;
    } while (depth > 0 && at < text.length);
    if (depth !== 0) throw new Error(`an open brace at ${from}`);
    return text.slice(from + 1, at - 1);
  };
  const entries = [];
  while (take(/\s*/) !== null && at < text.length) {
    const [kind, key] = [take(/@(\w+)\{/), take(/([A-Za-z][\w:.-]*),\s*/)];
    const fields: Record<string, string> = {};
    while (text[at] !== "}") {
      const name = take(/([a-z]+)\s*=\s*/);
      expect(fields, key).not.toHaveProperty(name);
      fields[name] = braced();
      take(/,?\s*/);
    }
    at++;
    entries.push({ kind, key, fields });
  }
  return entries;
}

test.each(Object.entries(pages))("what %s gives to cite is BibTeX", (_, page) => {
  const entries = parsed(bibtex(page, { version: "0.1.0", address: "https://example.org/" }));
  expect(entries).toHaveLength(sources(page).length + 1);
  for (const { kind, fields } of entries) {
    for (const name of ["author", "title", "year"]) expect(fields[name], name).toBeTruthy();
    expect(fields["year"]).toMatch(/^(19|20)\d\d$/);
    if (kind === "misc") expect(fields["eprint"]).toMatch(/^\d{4}\.\d{4,5}$/);
    // Names are joined by "and"; a comma would turn first and last name round.
    for (const name of fields["author"]!.split(" and ")) expect(name).not.toContain(",");
    // What is left of special signs stands behind a backslash.
    expect(fields["title"]).not.toMatch(/(?<!\\)[#$%&_~^]/);
  }
});
