// @vitest-environment happy-dom
// The embed's own templates show what Lit's show.

import * as lit from "lit";
import { guard as litGuard } from "lit/directives/guard.js";
import { repeat as litRepeat } from "lit/directives/repeat.js";
import { expect, test } from "vitest";
import * as own from "./templates.ts";

interface Language {
  html: typeof lit.html;
  svg: typeof lit.svg;
  nothing: unknown;
  guard: typeof litGuard;
  repeat: typeof litRepeat;
}
const LIT: Language = { ...lit, guard: litGuard, repeat: litRepeat };
const OWN = own as unknown as Language;

/** What stands in a place after each of `values`, without the marks between expressions. */
function shown<T>(draw: (it: T, language: Language) => unknown, values: readonly T[]) {
  const places = [document.createElement("div"), document.createElement("div")] as const;
  const texts = values.map((value) => {
    lit.render(draw(value, LIT), places[0]);
    own.render(draw(value, OWN), places[1]);
    return places.map((it) => it.innerHTML.replaceAll(/<!--.*?-->|<\?>/g, ""));
  });
  return { texts, places };
}

/** Both show the same after each of `values`. */
function same<T>(draw: (it: T, language: Language) => unknown, values: readonly T[]): string[] {
  const { texts } = shown(draw, values);
  for (const [theirs, ours] of texts) expect(ours).toBe(theirs);
  return texts.map((it) => it[1]!);
}

test("children: text, numbers, nothing, templates, lists, and back", () => {
  const draw = (it: unknown, { html }: Language) =>
    html`<p>a ${it} b</p>
      ${it}`;
  const inner = (language: Language) => language.html`<b>${"x"}</b>`;
  same(draw, ["x", 0, null, undefined, "", false, ["y", 1, ["z"]], "<i>&amp;", []]);
  same(
    (it: string, { html, svg }: Language) => html`${it}<svg>${svg`${it}<path d=${it} />`}</svg>`,
    ["x", "y"],
  );
  const mixed = same(
    (it: string, language: Language) => {
      const value = {
        nothing: language.nothing,
        inner: inner(language),
        list: [inner(language), "t", language.nothing, inner(language)],
      }[it];
      return language.html`<p>${value ?? it}</p>`;
    },
    ["inner", "list", "nothing", "text", "list", "inner", "inner", "text"],
  );
  expect(mixed[1]).toBe("<p><b>x</b>t<b>x</b></p>");
});

test("attributes: whole, in parts, absent, of a boolean, in a picture", () => {
  const draw = (it: unknown, { svg, html }: Language) =>
    html`<a class="x ${it} y ${it}" title=${it} ?hidden=${it} data-n="${it}">${it}</a>
      <svg viewBox="0 0 ${it} 1">
        ${svg`<g transform="translate(${it} 2)"><path d=${it} /></g>`}
      </svg>`;
  const texts = same(draw, ["q", 3, "", "r", null, undefined, true]);
  expect(texts[0]).toContain('class="x q y q"');
  expect(texts[0]).toContain("translate(q 2)");
  const gone = same(
    (it: boolean, { html, nothing }: Language) => {
      const value = it ? "v" : nothing;
      return html`<a class="x ${value}" title=${value}></a>`;
    },
    [false, true, false],
  );
  expect(gone[0]).toBe("<a></a>");
});

test("a template changes to another and back", () => {
  const draw = (it: number, { html }: Language) =>
    it % 2 ? html`<p>${it}</p>` : html`<i>${it}</i>${it}`;
  expect(same(draw, [1, 3, 2, 5])[2]).toBe("<i>2</i>2");
});

test("an element of one's own stays what it is", () => {
  const place = document.createElement("div");
  const [one, two] = [document.createElement("b"), document.createElement("i")];
  const draw = (it: unknown) => own.render(own.html`<p>${it}</p>`, place);
  const inside = () => place.querySelector("p")!.children[0];
  for (const it of [one, one, two, one]) {
    draw(it);
    expect(inside()).toBe(it);
  }
  draw("text");
  expect(place.textContent).toBe("text");
  draw(two);
  expect(inside()).toBe(two);
  expect(place.textContent).toBe("");
});

test("named children keep their elements when they change places", () => {
  const lists = ["abc", "cab", "", "ax", "bxa", "xaby", "yb", "abcdef", "fbdace"];
  const draw = (it: string, { html, repeat }: Language) =>
    html`<ul>
      <li>first</li>
      ${repeat(
        [...it],
        (name) => name,
        (name, i) => html`<li id=${name}>${name} ${i}</li>`,
      )}
      <li>last</li>
    </ul>`;
  same(draw, lists);
  const place = document.createElement("div");
  own.render(draw("abc", OWN), place);
  const a = place.querySelector("#a");
  own.render(draw("xca", OWN), place);
  expect(place.querySelector("#a")).toBe(a);
});

test("a guarded place is drawn again when what it depends on is another, or when it was empty", () => {
  const steps = [
    [1, "a"],
    [1, "b"],
    [2, "c"],
    [0, ""],
    [2, "d"],
  ] as const;
  const draw = ([key, text]: readonly [number, string], { html, guard, nothing }: Language) =>
    html`<p>${key ? guard([key], () => html`<b>${text}</b>`) : nothing}</p>`;
  expect(same(draw, steps)).toEqual([
    "<p><b>a</b></p>",
    "<p><b>a</b></p>",
    "<p><b>c</b></p>",
    "<p></p>",
    "<p><b>d</b></p>",
  ]);
});

test("listeners are called with the host, the newest one alone; properties are set once", () => {
  const heard: unknown[] = [];
  const host = { name: "host" };
  const place = document.createElement("div");
  const draw = (said: string | null) =>
    own.html`<input @click=${
      said &&
      function (this: unknown, event: Event) {
        heard.push(said, this === host, event.type);
      }
    } .value=${said ?? ""} />`;
  for (const said of ["one", "two", null, "three"]) {
    own.render(draw(said), place, { host });
    place.querySelector("input")!.click();
  }
  expect(heard).toEqual(["one", true, "click", "two", true, "click", "three", true, "click"]);
  const input = place.querySelector("input")!;
  expect(input.value).toBe("three");
  input.value = "typed";
  own.render(draw("three"), place, { host });
  expect(input.value).toBe("typed");
});

test("a directive of an element keeps its state; no markup of a value is parsed", () => {
  const seen: unknown[] = [];
  const watch = own.directive(
    class extends own.Directive {
      #calls = 0;
      override update(part: object, [value]: [unknown]): unknown {
        seen.push([(part as { element: Element }).element.localName, value, ++this.#calls]);
        return own.noChange;
      }
    },
  );
  const place = document.createElement("div");
  for (const it of ["<b>x</b>", "_ds_"])
    own.render(own.html`<p lang=${it} ${watch(it)} id=${it}>${it}</p>`, place);
  expect(seen).toEqual([
    ["p", "<b>x</b>", 1],
    ["p", "_ds_", 2],
  ]);
  own.render(own.html`<p title="^ ${"<i>"}">${"<i>"}</p>`, place);
  expect(place.textContent).toBe("<i>");
});

test("what did not change is left alone", async () => {
  const place = document.createElement("div");
  const draw = (it: string) => own.html`<p title=${it}>${it} ${[it]}</p>`;
  own.render(draw("a"), place);
  const records: MutationRecord[] = [];
  const watching = new MutationObserver((all) => records.push(...all));
  watching.observe(place, {
    subtree: true,
    attributes: true,
    characterData: true,
    childList: true,
  });
  own.render(draw("a"), place);
  await new Promise((done) => setTimeout(done));
  expect(records).toEqual([]);
  own.render(draw("b"), place);
  await new Promise((done) => setTimeout(done));
  expect(records.length).toBeGreaterThan(0);
});
