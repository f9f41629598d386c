import { expect, test } from "vitest";
import { tightTemplates } from "./tight-templates.ts";

test("white space that shows nothing leaves the templates", () => {
  const code = [
    "const a = svg`",
    '  <g class="x  y ${it}"',
    "     data-n=${1 as number}",
    "  >",
    "    <title>a  ${b}</title>",
    '    ${c} <path d=${d} /> <path d="M0" />',
    "    <text><tspan>a</tspan> <tspan>b</tspan></text>",
    "  </g>`;",
  ].join("\n");
  expect(tightTemplates(code)).toBe(
    'const a = svg`<g class="x  y ${it}" data-n=${1 as number}><title>a ${b}</title> ' +
      '${c} <path d=${d} /><path d="M0"/><text><tspan>a</tspan> <tspan>b</tspan></text></g>`;',
  );
});

test("between words and inline elements one blank stays", () => {
  expect(tightTemplates("html`<p>\n  a <b>b</b>\n  <i>c</i> ${d}\n</p>`")).toBe(
    "html`<p> a <b>b</b> <i>c</i> ${d} </p>`",
  );
});

test("templates in templates, and code without any", () => {
  expect(tightTemplates("svg`<g>\n ${a.map((it) => svg`\n <path\n d=${it} />`)}\n</g>`")).toBe(
    "svg`<g> ${a.map((it) => svg`<path d=${it} />`)} </g>`",
  );
  expect(tightTemplates("const a: number = 1;  // `x`")).toBe("const a: number = 1;  // `x`");
});
