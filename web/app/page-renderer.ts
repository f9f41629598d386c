/** Markdown with formulas, as HTML. Only for our own pages: nothing is sanitised. */
import katex from "katex";
import { Marked, type TokenizerAndRendererExtension } from "marked";

/** How formulas are written: `html` needs KaTeX's style sheet, `mathml` nothing. */
export type Formulas = "html" | "mathml";

/** `$…$` within a line, `$$…$$` on lines of its own. */
const formula = (level: "inline" | "block", output: Formulas): TokenizerAndRendererExtension => {
  const block = level === "block";
  const pattern = block ? /^\$\$([\s\S]+?)\$\$/ : /^\$((?:\\.|[^\\$\n]|\n(?!\n))+)\$/;
  return {
    name: `formula-${level}`,
    level,
    start: (text) => (text.includes("$") ? text.indexOf("$") : undefined),
    tokenizer(text) {
      const match = pattern.exec(text);
      return match ? { type: `formula-${level}`, raw: match[0], tex: match[1]!.trim() } : undefined;
    },
    renderer: ({ tex }) =>
      katex.renderToString(tex as string, {
        displayMode: block,
        throwOnError: false,
        // What was always written: MathML for the ears beside HTML for the eyes.
        output: output === "html" ? "htmlAndMathml" : output,
      }),
  };
};

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Papers named by their arXiv number become links. */
function linked(markdown: string): string {
  return markdown.replace(/(?<!\[)arXiv:(\d{4}\.\d{4,5})/g, "[arXiv:$1](https://arxiv.org/abs/$1)");
}

/** A function from a method's page to its HTML. */
export function pageRenderer(output: Formulas): (page: string) => string {
  const marked = new Marked({
    extensions: [formula("block", output), formula("inline", output)],
    renderer: {
      // The page's own title is above already; its headings stand one level below it.
      heading({ tokens, depth }) {
        const level = Math.min(depth + 1, 6);
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
      },
      code({ text, lang }) {
        // The figure shows the pseudo-code, with the line that runs now.
        if (lang === "pseudo") return "";
        return `<pre tabindex="0"><code>${escape(text)}</code></pre>`;
      },
    },
  });
  return (page) => marked.parse(linked(page), { async: false });
}
