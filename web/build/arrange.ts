/**
 * Puts the declarations of a script in the order in which gzip packs them best. Gzip looks 32 kB back
 * for what it has seen: those that say similar things stand together. What runs while the script
 * loads keeps its order, and finds what it needs above it. Functions are written as most are already,
 * with an arrow.
 */
import { parseAst } from "vite";

/** How far back gzip looks, in the code before its names are shortened. */
const WINDOW = 56_000;
/** Letters of what is compared. */
const GRAM = 5;

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** A declaration or statement of the script. */
interface Unit {
  readonly text: string;
  readonly name: string | undefined;
  /** A function that stood where it may be called from above it. */
  readonly hoisted: boolean;
  /** Runs something while the script loads. */
  readonly acts: boolean;
  /** Names that it reads when it is reached; what it makes a function of is read later. */
  readonly reads: ReadonlySet<string>;
  /** All names in it. */
  readonly mentions: ReadonlySet<string>;
}

/** `code` is one function that is called at once: `(function(){…})()` or `!function(){…}()`. */
export function arranged(code: string): string {
  const program = parseAst(code) as unknown as { body: { expression: Node }[] };
  const { expression } = program.body[0]!;
  const { callee } = (expression["argument"] ?? expression) as { callee: { body: Node } };
  const { body, start, end } = callee.body;
  const units = (body as Node[]).flatMap((statement) =>
    statement.type === "VariableDeclaration"
      ? (statement["declarations"] as Node[]).map((it) => unitOf(it, code, "var "))
      : unitOf(statement, code, ""),
  );
  const text = alike(units, needsOf(units)).map((it) => it.text);
  return code.slice(0, start + 1) + text.join("\n") + code.slice(end - 1);
}

function unitOf(node: Node, code: string, keyword: string): Unit {
  const id = node["id"] as { name: string } | undefined;
  const names = { now: new Set<string>(), ifCalled: new Set<string>(), later: new Set<string>() };
  let acts = !id;
  const visit = (it: unknown, time: keyof typeof names): void => {
    if (typeof it !== "object" || it === null) return;
    if (Array.isArray(it)) return it.forEach((child) => visit(child, time));
    const { type, name, computed, shorthand, property, key, ...children } = it as Node;
    if (type === "Identifier") names[time].add(name as string);
    if (time === "now" && CALLS.test(type)) acts = true;
    let inside = time;
    // Methods and fields are for those who make an object of the class.
    if (type === "MethodDefinition" || (type === "PropertyDefinition" && !children["static"]))
      inside = "later";
    else if (FUNCTION.test(type) && time === "now") inside = "ifCalled";
    visit(Object.values(children), inside);
    // Names of properties are no names of the script.
    if (computed || shorthand) visit([property, key], time);
  };
  visit(node, "now");
  const runs = [...names.now, ...(acts ? names.ifCalled : [])];
  const hoisted = node.type === "FunctionDeclaration";
  return {
    text: (hoisted && arrow(node, code)) || `${keyword}${code.slice(node.start, node.end)};`,
    name: id?.name,
    hoisted,
    acts,
    reads: new Set(runs),
    mentions: new Set([...runs, ...names.ifCalled, ...names.later]),
  };
}

const CALLS = /^(CallExpression|NewExpression|TaggedTemplateExpression)$/;
const FUNCTION = /Function/;

/** A function as an arrow that a name is given to; nothing where it would be another. */
function arrow(node: Node, code: string): string | undefined {
  const { id, body, async, generator } = node as unknown as { id: Node; body: Node } & Node;
  if (generator || /"type":"ThisExpression"|"name":"arguments"/.test(JSON.stringify(node))) return;
  const parameters = code.slice(id.end, body.start);
  return `var ${id["name"]}=${async ? "async" : ""}${parameters}=>${code.slice(body.start, body.end)};`;
}

/** What has to stand above each of `units`. */
function needsOf(units: readonly Unit[]): ReadonlySet<Unit>[] {
  const byName = new Map(units.map((it) => [it.name, it]));
  return units.map((unit, i) => {
    const needed = new Set([unit]);
    const need = (names: ReadonlySet<string>): void => {
      for (const name of names) {
        const other = byName.get(name);
        if (!other || needed.has(other)) continue;
        needed.add(other);
        // What is called may read whatever it names.
        if (unit.acts) need(other.mentions);
      }
    };
    need(unit.reads);
    // What stood below it so far was not needed; statements stay below one another.
    const above = units.filter((it, k) => it !== unit && (it.hoisted || k < i));
    return new Set(above.filter((it) => needed.has(it) || (!unit.name && !it.name)));
  });
}

/** Each after the one before that shares most with the last `WINDOW` letters. */
function alike(units: readonly Unit[], needs: readonly ReadonlySet<Unit>[]): Unit[] {
  const grams = units.map((it) => gramsOf(it.text));
  const holders = new Map<string, number[]>();
  grams.forEach((all, i) => {
    for (const gram of all) holders.set(gram, [...(holders.get(gram) ?? []), i]);
  });
  /** Of each unit: how much of it is repeated anywhere, and how much of that in the window. */
  const repeated = units.map(() => 0);
  const shared = units.map(() => 0);
  const count = (gram: string, sums: number[], sign: number): void => {
    const all = holders.get(gram)!;
    // What few have in common says more.
    if (all.length > 1) for (const i of all) sums[i]! += sign / all.length;
  };
  for (const gram of holders.keys()) count(gram, repeated, 1);

  const window = new Map<string, number>();
  const move = (i: number, by: 1 | -1): void => {
    for (const gram of grams[i]!) {
      const seen = (window.get(gram) ?? 0) + by;
      window.set(gram, seen);
      if (seen === (by === 1 ? 1 : 0)) count(gram, shared, by);
    }
  };
  const left = new Set(units.keys());
  const order: Unit[] = [];
  const inside: number[] = [];
  let size = 0;
  while (left.size) {
    const ready = [...left].filter((i) => ![...needs[i]!].some((it) => !order.includes(it)));
    // What would drive all else out of the window waits for the end.
    const short = ready.filter((i) => units[i]!.text.length < WINDOW / 2);
    const next = (short.length ? short : ready).reduce((a, b) => (share(b) > share(a) ? b : a));
    left.delete(next);
    order.push(units[next]!);
    inside.push(next);
    move(next, 1);
    size += units[next]!.text.length;
    while (size > WINDOW && inside.length > 1) {
      const gone = inside.shift()!;
      move(gone, -1);
      size -= units[gone]!.text.length;
    }
  }
  return order;

  function share(i: number): number {
    return shared[i]! / (repeated[i]! || 1);
  }
}

const gramsOf = (text: string): Set<string> =>
  new Set(Array.from({ length: text.length - GRAM + 1 }, (_, i) => text.slice(i, i + GRAM)));
