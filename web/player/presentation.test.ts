import { describe, expect, test } from "vitest";
import { marksOf, placeOf, readMarkers, writeMarkers } from "./place.ts";
import {
  PLAIN,
  readPresentation,
  spelledOut,
  writePresentation,
  type Name,
} from "./presentation.ts";

type Values = Partial<Record<Name | "seed", string>>;
const read = (values: Values) => readPresentation((name) => values[name] ?? null);

describe("a presentation", () => {
  test("is plain when nothing is said", () => {
    expect(read({})).toEqual(PLAIN);
    expect(writePresentation(PLAIN)).toEqual([]);
  });

  test("survives being written and read", () => {
    const it = read({
      "start-at": "50%",
      speed: "2",
      autoplay: "",
      loop: "",
      markers: "12: a guess is refused; 50%",
      view: "tree",
      theme: "dark",
      lang: "de",
      hide: "why, code",
      height: "420px",
      large: "",
      halt: "",
      teach: "",
    });
    expect(it).toMatchObject({ speed: 2, autoplay: true, loop: true, hide: ["why", "code"] });
    expect(it).toMatchObject({ startAt: "50%", view: "tree", theme: "dark", height: 420 });
    expect(read(Object.fromEntries(writePresentation(it)))).toEqual(it);
  });

  test("leaves out what makes no sense", () => {
    const odd = { speed: "fast", theme: "pink", hide: "everything", height: "tall", loop: "false" };
    expect(read(odd)).toEqual(PLAIN);
    expect(read({ speed: "100" }).speed).toBe(8);
    expect(read({ height: "1" }).height).toBe(200);
  });
});

describe("what cannot be followed is told, with what may stand there", () => {
  const told = (values: Values) => {
    const all: string[] = [];
    readPresentation(
      (name) => values[name] ?? null,
      (name, value, allowed) => value && all.push(`${name} ${value}: ${allowed.join(" ")}`),
    );
    return all;
  };

  test.each([
    [{ speed: "fast" }, ["speed fast: 0.25–8"]],
    [{ speed: "100" }, ["speed 100: 0.25–8"]],
    [{ height: "-3" }, ["height -3: 200–4000"]],
    ...["-1", "1.5", "1,5", "4294967296", "3abc"].map((seed) => [
      { seed },
      [`seed ${seed}: 0, 1, …–4294967295`],
    ]),
    [{ theme: "drak" }, ["theme drak: light dark"]],
    [{ hide: "text, legs why arms" }, [/^hide legs: text tabs .* gallery$/, /^hide arms: /]],
    [{ markers: "12: a; soon: b; 50%" }, [/^markers soon: b: 12/]],
    [{ markers: Array.from({ length: 101 }, (_, i) => i).join(";") }, [/^markers 100: /]],
  ] as [Values, (string | RegExp)[]][])("%o", (values, sentences) => {
    expect(told(values)).toEqual(
      sentences.map((it) => (typeof it === "string" ? it : expect.stringMatching(it))),
    );
  });

  test("nothing of what is right, or not there", () => {
    const right = { speed: "8", height: "420px", seed: "4294967295", theme: "dark" };
    expect(told({ ...right, hide: "text,why keys", markers: "12: a; 50%;" })).toEqual([]);
    expect(told({})).toEqual([]);
    expect(told({ seed: "0" })).toEqual([]);
    expect(told({ seed: "", speed: "", height: "", theme: "", hide: "", markers: "" })).toEqual([]);
  });
});

test("a lecture is large, pauses at markers and hides the controls, whatever else is hidden", () => {
  const said = spelledOut(read({ teach: "", hide: "code" }));
  expect(said).toMatchObject({ large: true, halt: true, hide: ["code", "controls"] });
  expect(spelledOut(PLAIN)).toBe(PLAIN);
});

describe("a place", () => {
  const marks = marksOf(readMarkers("30: late; 10%: early"), 200);

  test.each([
    ["12", 12],
    ["900", 200],
    ["50%", 100],
    ["late", 30],
    ["early", 20],
    ["end", 200],
    ["elsewhere", null],
    ["-3", null],
  ])("%s of 200 events is %s", (text, place) => {
    expect(placeOf(text, 200, marks)).toBe(place);
  });

  test("markers stand in the order of the run, and are written as they were read", () => {
    expect(marks.map((it) => it.label)).toEqual(["early", "late"]);
    expect(writeMarkers(readMarkers("30: late; nonsense; 10%"))).toBe("30:late;10%");
  });
});
