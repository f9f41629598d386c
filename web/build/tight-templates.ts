/**
 * Takes white space out of templates where a browser does nothing with it: a run of it is one blank,
 * a tag ends without one, and in pictures none stands between tags, except among spans of text.
 */
import { parseAst } from "vite";

interface Template {
  type: string;
  tag: { name?: string };
  quasi: { quasis: { start: number; value: { raw: string } }[] };
}

export function tightTemplates(code: string): string {
  const edits: { start: number; before: string; after: string }[] = [];
  visit(parseAst(code, { lang: "ts" }), ({ tag, quasi }) => {
    // Expressions stand as signs that no source holds while the template is looked at as a whole.
    const before = quasi.quasis.map((it) => it.value.raw);
    const after = tight(before.join(HOLE), tag.name === "svg").split(HOLE);
    quasi.quasis.forEach(({ start, value }, i) => {
      edits.push({ start: code.indexOf(value.raw, start), before: value.raw, after: after[i]! });
    });
  });
  // From the end, so that places before it stay where they are.
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce(
      (done, { start, before, after }) =>
        done.slice(0, start) + after + done.slice(start + before.length),
      code,
    );
}

const HOLE = "\0";

/** Calls `found` with every template of a picture or of markup. */
function visit(node: unknown, found: (it: Template) => void): void {
  if (typeof node !== "object" || node === null) return;
  const { type, tag } = node as Template;
  if (type === "TaggedTemplateExpression" && /^(svg|html)$/.test(tag.name ?? ""))
    found(node as Template);
  for (const child of Object.values(node)) visit(child, found);
}

function tight(markup: string, picture: boolean): string {
  const tags = markup.replaceAll(/<[^<>]*>/g, (tag) =>
    tag
      .replaceAll(/("[^"]*")|[ \n\t]+/g, (_, quoted?: string) => quoted ?? " ")
      .replace(/ >$/, ">")
      .replace(/(?<=") \/>$/, "/>"),
  );
  const text = tags.replaceAll(/(?<=^|>)[^<]+/g, (it) => it.replaceAll(/[ \n\t]+/g, " "));
  if (!picture) return text;
  return text.trim().replaceAll(/(?<!tspan)> (?=<(?!\/?tspan))/g, ">");
}
