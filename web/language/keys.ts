// Every text that a catalogue has to hold, read out of the sources. Used by tests alone.

import { readFileSync } from "node:fs";
import ts from "typescript";

/** The keys of t`…` and t("…") in a source. */
export function keysIn(path: string): string[] {
  const text = readFileSync(path, "utf8");
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === "t") {
      const { template } = node;
      found.push(
        ts.isNoSubstitutionTemplateLiteral(template)
          ? template.text
          : template.templateSpans.reduce(
              (all, span, i) => `${all}{${i}}${span.literal.text}`,
              template.head.text,
            ),
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}
