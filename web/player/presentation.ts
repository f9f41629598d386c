// How a figure is to be shown: the names that an author writes as attributes of an embed, and a
// link as parameters of an address. Both are read here, so that they mean the same.

import { readMarkers, writeMarkers, type Marker } from "./place.ts";

/** Parts that `hide` may name: those of a figure, then those of the playground around it. */
export const PARTS = [
  "text",
  "tabs",
  "why",
  "code",
  "controls",
  "speed",
  "method",
  "keys",
  "prompt",
  "knobs",
  "gallery",
] as const;

export type Part = (typeof PARTS)[number];

const THEMES = ["light", "dark"] as const;

export interface Presentation {
  /** Where it opens: `"12"`, `"50%"`, the label of a marker, or nothing for the start. */
  readonly startAt: string | null;
  /** 0.25 to 8. */
  readonly speed: number;
  readonly autoplay: boolean;
  readonly loop: boolean;
  readonly markers: readonly Marker[];
  /** Id of a view. */
  readonly view: string | null;
  /** `null`: as the page around it. */
  readonly theme: "light" | "dark" | null;
  /** A language tag; `null`: as the page around it. */
  readonly lang: string | null;
  readonly hide: readonly Part[];
  /** Pixels; `null`: as high as its content. */
  readonly height: number | null;
  /** Type and picture as large as a lecture room needs them. */
  readonly large: boolean;
  /** Playing pauses at every marker. */
  readonly halt: boolean;
  /** For a lecture: large, pausing at markers, without controls, led by a clicker. */
  readonly teach: boolean;
  /** What a live run of an embed is offered with; that of the playground is one of its settings. */
  readonly seed: number | null;
}

export const PLAIN: Presentation = {
  startAt: null,
  speed: 1,
  autoplay: false,
  loop: false,
  markers: [],
  view: null,
  theme: null,
  lang: null,
  hide: [],
  height: null,
  large: false,
  halt: false,
  teach: false,
  seed: null,
};

/** The names, as attributes and in addresses. */
export const NAMES = [
  "start-at",
  "speed",
  "autoplay",
  "loop",
  "markers",
  "view",
  "theme",
  "lang",
  "hide",
  "height",
  "large",
  "halt",
  "teach",
] as const;

export type Name = (typeof NAMES)[number];

/**
 * Hears of a value, or the part of one, that cannot be followed, and what may stand there. Where there
 * is no value nothing is wrong.
 */
export type Odd = (name: string, value: string | null, allowed: readonly string[]) => void;

/**
 * `get` gives the text of a name, `null` when it is not there. What makes no sense is left out and
 * told to `odd`. Only a run can say whether it has the place and the view that are named.
 */
export function readPresentation(
  get: (name: Name | "seed") => string | null,
  odd?: Odd,
): Presentation {
  const flag = (name: Name) => !["false", "0", "no", null].includes(get(name));
  /**
   * A number held between `min` and `max`; `"420px"` counts as 420. Only a seed may be 0, and only a
   * seed has to be whole.
   */
  const number = (name: Name | "seed", min: number, max: number): number | null => {
    const text = get(name);
    const value = parseFloat(text ?? "");
    if (!(value >= min && value <= max && (min || /^\d+$/.test(text!))))
      odd?.(name, text, [`${min || "0, 1, …"}–${max}`]);
    return isNaN(value) ? null : Math.min(max, Math.max(min, value));
  };
  const some = <T extends string>(name: Name, all: readonly T[]): T[] => {
    const words: readonly string[] = get(name)?.match(/[^\s,]+/g) ?? [];
    for (const it of words) if (!(all as readonly string[]).includes(it)) odd?.(name, it, all);
    return all.filter((it) => words.includes(it));
  };
  return {
    startAt: get("start-at") || null,
    speed: number("speed", 0.25, 8) ?? 1,
    autoplay: flag("autoplay"),
    loop: flag("loop"),
    markers: readMarkers(get("markers"), (it) => odd?.("markers", it, ["12: …; 50%: …"])),
    view: get("view") || null,
    theme: some("theme", THEMES)[0] ?? null,
    lang: get("lang") || null,
    hide: some("hide", PARTS),
    height: number("height", 200, 4000),
    large: flag("large"),
    halt: flag("halt"),
    teach: flag("teach"),
    seed: number("seed", 0, 2 ** 32 - 1),
  };
}

/** What `teach` stands for, said one by one. */
export function spelledOut(it: Presentation): Presentation {
  if (!it.teach) return it;
  return { ...it, large: true, halt: true, hide: [...it.hide, "controls"] };
}

/** What differs from a plain figure, as text by name. */
export function writePresentation(it: Presentation): [Name, string][] {
  const all: [Name, string | null][] = [
    ["start-at", it.startAt],
    ["speed", it.speed === 1 ? null : String(it.speed)],
    ["autoplay", it.autoplay ? "1" : null],
    ["loop", it.loop ? "1" : null],
    ["markers", writeMarkers(it.markers) || null],
    ["view", it.view],
    ["theme", it.theme],
    ["lang", it.lang],
    ["hide", it.hide.join(",") || null],
    ["height", it.height === null ? null : String(it.height)],
    ["large", it.large ? "1" : null],
    ["halt", it.halt ? "1" : null],
    ["teach", it.teach ? "1" : null],
  ];
  return all.filter((entry): entry is [Name, string] => entry[1] !== null);
}
