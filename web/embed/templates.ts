// Templates of the embed: what its pictures use of Lit's, in less than half the bytes. Expressions
// stand for children, for whole attributes or parts of quoted ones, for `.properties`, `?attributes`,
// `@events`, or for an element as a whole. Left out: comments and raw text with expressions, tags
// without a closing quote or with `>` in an attribute. The build puts it in Lit's place (build/slim.ts).

import { trusted } from "./trusted.ts";

/** Shows nothing; an attribute with it is not there. */
export const nothing = Symbol();
/** Leaves a place as it is. */
export const noChange = Symbol();

interface Result {
  readonly strings: TemplateStringsArray;
  readonly values: readonly unknown[];
  readonly picture: boolean;
}
/** Children with their names, in order. */
interface Keyed {
  readonly keys: readonly unknown[];
  readonly values: readonly unknown[];
}
interface Directed {
  readonly directive: new (part: object) => Directive;
  readonly args: unknown[];
}
type Show<T = unknown> = (value: T) => void;

const template =
  (picture: boolean) =>
  (strings: TemplateStringsArray, ...values: unknown[]): Result => ({ strings, values, picture });

export const html = template(false);
export const svg = template(true);

/** What computes the value of a place, and remembers there what it has done. */
export abstract class Directive {
  abstract update(part: object, args: unknown[]): unknown;
}

export const directive =
  (directive: Directed["directive"]) =>
  (...args: unknown[]): Directed => ({ directive, args });

/** Draws only when one of `dependencies` is another. */
export const guard = directive(
  class extends Directive {
    #before: unknown[] = [noChange];

    override update(_: object, [dependencies, draw]: [unknown[], () => unknown]): unknown {
      if (dependencies.every((it, i) => it === this.#before[i])) return noChange;
      this.#before = dependencies;
      return draw();
    }
  },
);

/** Children that keep their elements when they change places; every key is there once. */
export function repeat<T>(
  all: Iterable<T>,
  key: (it: T, i: number) => unknown,
  draw: (it: T, i: number) => unknown,
): Keyed {
  const items = [...all];
  return { keys: items.map(key), values: items.map(draw) };
}

/** What `this` is in the listeners of the template that is being drawn. */
let host: unknown;

const roots = new WeakMap<Node, Show>();

export function render(value: unknown, root: Node, options: { host?: unknown } = {}): void {
  host = options.host;
  let show = roots.get(root);
  if (!show) {
    show = slot(root.appendChild(new Comment()), null);
    roots.set(root, show);
  }
  show(value);
}

/** Stands for an expression in the text that is parsed. */
const MARK = "_ds_";

interface Place {
  /** Nodes before it, in the order of the document. */
  readonly at: number;
  /** Of an attribute; empty for an element as a whole, missing for children. */
  readonly name?: string;
  /** What stands between the expressions of an attribute. */
  readonly between: readonly string[];
}
interface Prepared {
  readonly content: DocumentFragment;
  readonly places: readonly Place[];
}

const prepared = new WeakMap<TemplateStringsArray, Prepared>();

function prepare({ strings, picture }: Result): Prepared {
  const names: string[] = [];
  const marked = strings.slice(0, -1).reduce((before, text) => {
    const markup = before + text;
    const open = markup.lastIndexOf("<");
    if (markup.lastIndexOf(">") >= open) return `${markup}<!--${MARK}-->`;
    const [whole, name] = /([^\s"=]+)=(?:"[^"]*|[^\s"]*)$|$/.exec(markup.slice(open))!;
    if (name?.endsWith(MARK)) return markup + MARK;
    names.push(name ?? "");
    // Under its own name the parser would try the attribute, and policies refuse styles.
    const rest = name ? name + MARK + whole.slice(name.length) : "";
    return markup.slice(0, markup.length - whole.length) + rest + MARK;
  }, "");
  // The last node of a copy ends what is shown before it.
  const markup = marked + (strings.at(-1) || "<!---->");
  const element = document.createElement("template");
  element.innerHTML = trusted(picture ? `<svg>${markup}</svg>` : markup);
  const { content } = element;
  if (picture) content.firstChild!.replaceWith(...content.firstChild!.childNodes);
  const places: Place[] = [];
  nodesOf(content).forEach((node, at) => {
    if (node instanceof Comment) {
      if (node.data === MARK) places.push({ at, between: ["", ""] });
      return;
    }
    for (const name of node.getAttributeNames().filter((it) => it.endsWith(MARK))) {
      const between = node.getAttribute(name)!.split(MARK);
      places.push({
        at,
        name: names.shift()!,
        between: between[1] === undefined ? ["", ""] : between,
      });
      node.removeAttribute(name);
    }
  });
  return { content, places };
}

/** Elements and comments in the order of the document. */
function nodesOf(content: Node): (Element | Comment)[] {
  const walker = document.createTreeWalker(
    content,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT,
  );
  const nodes: (Element | Comment)[] = [];
  while (walker.nextNode()) nodes.push(walker.currentNode as Element | Comment);
  return nodes;
}

/** A copy of a template, and what gives it its values. */
function copyOf({ content, places }: Prepared) {
  const fragment = document.importNode(content, true);
  const nodes = nodesOf(fragment);
  const parts = places.map(({ at, name, between }) => {
    const node = nodes[at]!;
    const show =
      name === undefined ? slot(node, node.nextSibling) : attribute(node as Element, name);
    const bare = between.length === 2 && !between.join("");
    return { between, show: bare ? ([value]: unknown[]) => show(value) : joined };
    function joined(values: unknown[]): void {
      show(
        values.includes(nothing)
          ? nothing
          : between.reduce((text, it, i) => text + (values[i - 1] ?? "") + it),
      );
    }
  });
  return {
    fragment,
    update(values: readonly unknown[]): void {
      let first = 0;
      for (const { between, show } of parts)
        show(values.slice(first, (first += between.length - 1)));
    },
  };
}

/** Lets directives compute the values of one place, and passes on what is new. */
function directed(part: object, show: Show): Show {
  let active: Directive | undefined;
  return (value) => {
    const { directive, args } = (value ?? {}) as Partial<Directed>;
    if (active?.constructor !== directive) active = directive && new directive(part);
    if (active) value = active.update(part, args!);
    if (value !== noChange) show(value);
  };
}

function attribute(element: Element, name: string): Show {
  const self = host;
  const rest = name.slice(1);
  let before: unknown = nothing;
  let commit: Show = (value) => {
    if (value === nothing) element.removeAttribute(name);
    else element.setAttribute(name, (value ?? "") as string);
  };
  if (name[0] === ".") commit = (value) => Object.assign(element, { [rest]: value });
  if (name[0] === "?")
    commit = (value) => element.toggleAttribute(rest, !!value && value !== nothing);
  if (name[0] === "@") {
    element.addEventListener(rest, (event) => {
      if (before && before !== nothing) (before as (event: Event) => void).call(self, event);
    });
    commit = () => undefined;
  }
  return directed({ element }, (value) => {
    if (value === before) return;
    before = value;
    commit(value);
  });
}

/** `first` and what follows it, without `stop`. */
function nodesUntil(stop: Node | null, first: ChildNode | null): ChildNode[] {
  const nodes: ChildNode[] = [];
  for (let node = first; node && node !== stop; node = node.nextSibling) nodes.push(node);
  return nodes;
}

/** What shows children between two nodes; until the end of the parent when `end` is `null`. */
function slot(start: ChildNode, end: ChildNode | null): Show {
  let text: Text | null = null;
  let copy: { of: Prepared; update: Show<readonly unknown[]> } | null = null;
  let items: Map<unknown, { first: Comment; last: Comment; show: Show }> | null = null;

  const insert = <T extends Node>(node: T, before = end): T =>
    start.parentNode!.insertBefore(node, before);
  const clear = (): void => {
    for (const node of nodesUntil(end, start.nextSibling)) node.remove();
    text = copy = items = null;
  };

  const showResult = (result: Result): void => {
    let of = prepared.get(result.strings);
    if (!of) prepared.set(result.strings, (of = prepare(result)));
    if (copy?.of === of) return copy.update(result.values);
    const { fragment, update } = copyOf(of);
    update(result.values);
    clear();
    insert(fragment);
    copy = { of, update };
  };

  const showAll = ({ keys, values }: Keyed): void => {
    if (!items) clear();
    const old = items ?? new Map<unknown, never>();
    items = new Map();
    const kept = new Set(keys);
    for (const [key, { first, last }] of old)
      if (!kept.has(key)) for (const node of nodesUntil(last.nextSibling, first)) node.remove();
    let next = start.nextSibling;
    for (const [i, key] of keys.entries()) {
      let item = old.get(key);
      if (!item) {
        const [first, last] = [insert(new Comment(), next), insert(new Comment(), next)];
        item = { first, last, show: slot(first, last) };
      } else if (item.first === next) next = item.last.nextSibling;
      else for (const node of nodesUntil(item.last.nextSibling, item.first)) insert(node, next);
      items.set(key, item);
      item.show(values[i]);
    }
  };

  const showNode = (node: Node): void => {
    if (start.nextSibling === node) return;
    clear();
    insert(node);
  };

  const showText = (value: unknown): void => {
    const said = value === nothing ? "" : String(value ?? "");
    if (!text || !said) clear();
    if (!text && said) text = insert(new Text());
    if (text && text.data !== said) text.data = said;
  };

  return directed({}, (value) => {
    const { strings, keys } = (value ?? {}) as Partial<Result & Keyed>;
    if (Array.isArray(value)) showAll({ keys: [...value.keys()], values: value });
    else if (strings) showResult(value as Result);
    else if (keys) showAll(value as Keyed);
    else if (value instanceof Node) showNode(value);
    else showText(value);
  });
}
