/**
 * Gives the variables of a minified script other letters where more of its text is then the same as
 * elsewhere, which gzip likes: `e.width` in one function is worth `e.width` in the next. What the
 * script does stays the same, and so does its length.
 */
import { analyze, type Scope, type Variable } from "eslint-scope";
import { parseAst } from "vite";

const LETTERS = [..."etnrioasclufdhpmgvybkwxSCjTAMIPDLORENFBzUVHGKWJYQXZq_$"];
/** Lengths of the pieces of text that are counted. */
const PIECES = [4, 7];
const ROUNDS = 5;
/** Counts are kept by a hash of the piece, of so many bits. */
const BITS = 22;

/** A variable that one letter names. */
interface Named {
  letter: string;
  /** Where it is named in the text. */
  readonly places: readonly number[];
  /** In these another variable may not have its letter: they name it, or hold one that does. */
  readonly scopes: ReadonlySet<Scope>;
}

export function relettered(code: string): string {
  const { named, taken } = namesOf(code);
  const text = Uint16Array.from(code, (_, i) => code.charCodeAt(i));
  const counts = PIECES.map((length) => new Pieces(text, length));
  for (let round = 0; round < ROUNDS; round++)
    for (const it of named) {
      for (const count of counts) count.add(it.places, -1);
      for (const scope of it.scopes) taken.get(scope)!.delete(it.letter);
      const free = LETTERS.filter((letter) =>
        [...it.scopes].every((scope) => !taken.get(scope)!.has(letter)),
      );
      // The one that it has wins where others are no better.
      let best = -1;
      for (const letter of [it.letter, ...free]) {
        write(text, it.places, letter);
        const known = counts.reduce((sum, count) => sum + count.known(it.places), 0);
        if (known <= best) continue;
        best = known;
        it.letter = letter;
      }
      write(text, it.places, it.letter);
      for (const scope of it.scopes) taken.get(scope)!.add(it.letter);
      for (const count of counts) count.add(it.places, 1);
    }
  return Array.from(text, (it) => String.fromCharCode(it)).join("");
}

function write(text: Uint16Array, places: readonly number[], letter: string): void {
  for (const place of places) text[place] = letter.charCodeAt(0);
}

/** How often each piece of a length is in a text. */
class Pieces {
  readonly #counts = new Uint16Array(1 << BITS);
  readonly #text: Uint16Array;
  readonly #length: number;

  constructor(text: Uint16Array, length: number) {
    this.#text = text;
    this.#length = length;
    for (let i = 0; i + length <= text.length; i++) this.#counts[this.#at(i)]!++;
  }

  /** Counts the pieces around `places` once more, or once less. */
  add(places: readonly number[], by: 1 | -1): void {
    for (const start of this.#around(places)) this.#counts[this.#at(start)]! += by;
  }

  /** How many pieces around `places` are in the text elsewhere. */
  known(places: readonly number[]): number {
    let sum = 0;
    for (const start of this.#around(places)) if (this.#counts[this.#at(start)]! > 0) sum += 1;
    return sum;
  }

  #around(places: readonly number[]): Set<number> {
    const starts = new Set<number>();
    const last = this.#text.length - this.#length;
    for (const place of places)
      for (let i = Math.max(0, place - this.#length + 1); i <= Math.min(place, last); i++)
        starts.add(i);
    return starts;
  }

  #at(start: number): number {
    let hash = 0;
    for (let i = start; i < start + this.#length; i++)
      hash = Math.imul(hash ^ this.#text[i]!, 0x01000193) + (hash >>> 13);
    return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> (32 - BITS);
  }
}

/** The variables with names of one letter, and the names that each scope has. */
function namesOf(code: string): { named: Named[]; taken: Map<Scope, Set<string>> } {
  const ast = parseAst(code, { range: true });
  const { scopes, globalScope } = analyze(ast as Parameters<typeof analyze>[0], {
    ecmaVersion: 2022,
    sourceType: "script",
  });
  const global = new Set(globalScope!.through.map((it) => it.identifier.name));
  const taken = new Map(scopes.map((scope) => [scope, new Set(global)]));
  const fixed = shorthands(ast);
  const byPlace = new Map<number, Variable[]>();
  for (const variable of scopes.flatMap((it) => it.variables))
    for (const place of placesOf(variable))
      byPlace.set(place, [...(byPlace.get(place) ?? []), variable]);

  const named: Named[] = [];
  const done = new Set<Variable>();
  for (const [, variables] of [...byPlace].sort(([a], [b]) => a - b)) {
    // A class has a name outside and inside: two variables with one place.
    const same = new Set(variables);
    for (const it of same)
      for (const place of placesOf(it)) byPlace.get(place)!.forEach((other) => same.add(other));
    if (done.has(variables[0]!)) continue;
    same.forEach((it) => done.add(it));
    const places = [...new Set([...same].flatMap(placesOf))];
    const inside = new Set([...same].flatMap(scopesOf));
    const letter = variables[0]!.name;
    for (const scope of inside) taken.get(scope)!.add(letter);
    if (letter.length === 1 && !inside.has(globalScope!) && !places.some((it) => fixed.has(it)))
      named.push({ letter, places, scopes: inside });
  }
  return { named, taken };
}

const placesOf = ({ identifiers, references }: Variable): number[] =>
  [...identifiers, ...references.map((it) => it.identifier)].map(
    (it) => (it as unknown as { start: number }).start,
  );

/** From where a variable is named up to where it is made. */
function scopesOf({ scope, references, defs }: Variable): Scope[] {
  // Outside strict code, a function in a block is one of the function around it, too.
  const home = defs.some((it) => it.type === "FunctionName") ? scope.variableScope : scope;
  return [scope, ...references.map((it) => it.from)].flatMap((from) => {
    const found: Scope[] = [];
    for (let at: Scope | null = from; at; at = at === home ? null : at.upper) found.push(at);
    return found;
  });
}

/** Places of names that are names of properties as well. */
function shorthands(ast: unknown): ReadonlySet<number> {
  const places = new Set<number>();
  const visit = (it: unknown): void => {
    if (typeof it !== "object" || it === null) return;
    const { shorthand, start } = it as { shorthand?: boolean; start?: number };
    if (shorthand) places.add(start!);
    Object.values(it).forEach(visit);
  };
  visit(ast);
  return places;
}
