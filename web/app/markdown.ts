/** Markdown with formulas, as HTML. Only for our own pages: nothing is sanitised. */
import katex from "katex";
import "katex/dist/katex.min.css";
import { Marked, type TokenizerAndRendererExtension } from "marked";
import pages from "virtual:pages";

/** `$…$` within a line, `$$…$$` on lines of its own. */
const formula = (level: "inline" | "block"): TokenizerAndRendererExtension => {
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
      katex.renderToString(tex as string, { displayMode: block, throwOnError: false }),
  };
};

const marked = new Marked({
  extensions: [formula("block"), formula("inline")],
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

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Papers named by their arXiv number become links. */
function linked(markdown: string): string {
  return markdown.replace(/(?<!\[)arXiv:(\d{4}\.\d{4,5})/g, "[arXiv:$1](https://arxiv.org/abs/$1)");
}

/** The HTML of a method's page. */
export async function render(method: string): Promise<string> {
  return marked.parse(linked(pages[method] ?? ""));
}
