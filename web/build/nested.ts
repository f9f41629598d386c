/**
 * Writes rules of a minified style sheet that stand side by side and begin with the same class as
 * rules within one: `.a{…}.a .b{…}` becomes `.a{…;.b{…}}`. They stay in their order and say the same
 * (W3C, CSS Nesting Module Level 1, §3); browsers have read this since 2023.
 */

/** A rule: what its selectors have in common at the start, the rest of each, and what it says. */
interface Rule {
  readonly text: string;
  readonly parent: string | undefined;
  readonly selectors: readonly string[];
  readonly says: string;
}

export function nested(sheet: string): string {
  let text = "";
  let run: Rule[] = [];
  const close = () => {
    text += run.length > 1 ? together(run) : run.map((it) => it.text).join("");
    run = [];
  };
  for (const rule of rulesOf(sheet)) {
    // What a rule says itself stands above those within it.
    const own = rule.selectors.includes("");
    if (!rule.parent || rule.parent !== run[0]?.parent || own) close();
    run.push(rule);
  }
  close();
  return text;
}

function together(run: readonly Rule[]): string {
  const { parent, selectors, says } = run[0]!;
  const first = selectors.length === 1 && selectors[0] === "" ? says : undefined;
  const inside = run
    .slice(first === undefined ? 0 : 1)
    .map((it) => `${it.selectors.map(below).join()}{${it.says}}`);
  return `${parent}{${first === undefined ? "" : `${first};`}${inside.join("")}}`;
}

/** The rest of a selector, within a rule for its beginning. */
const below = (rest: string): string =>
  /^ [.#[:*]/.test(rest) ? rest.slice(1) : /^[>+~]/.test(rest) ? rest : `&${rest}`;

function rulesOf(sheet: string): Rule[] {
  const rules: Rule[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < sheet.length; i++) {
    if (sheet[i] === '"') i = sheet.indexOf('"', i + 1);
    else if (sheet[i] === "{") depth++;
    else if (sheet[i] === "}" && --depth === 0) {
      rules.push(ruleOf(sheet.slice(start, i + 1)));
      start = i + 1;
    }
  }
  return rules;
}

function ruleOf(text: string): Rule {
  const head = text.slice(0, text.indexOf("{"));
  const says = text.slice(head.length + 1, -1);
  const all = head.split(/,(?![^(]*\))/);
  const [parent] = /^\.[\w-]+/.exec(head) ?? [];
  const alike =
    parent && all.every((it) => it.startsWith(parent) && !/^[\w-]/.test(it.slice(parent.length)));
  return {
    text,
    parent: alike ? parent : undefined,
    selectors: all.map((it) => it.slice(alike ? parent.length : 0)),
    says,
  };
}
