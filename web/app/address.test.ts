import { expect, test } from "vitest";
import methods from "virtual:methods";
import { read, write, type Address } from "./address.ts";
import { MAX_PACKED, pack, unpack } from "./packed.ts";
import { PLAIN, readPresentation } from "../player/presentation.ts";
import { DEFAULTS, MAX_COMPARED } from "./settings.ts";

/** Every name that an embed knows as an attribute. */
const EVERYTHING = {
  "start-at": "50%",
  speed: "2",
  autoplay: "1",
  loop: "1",
  markers: "12:a guess is refused;50%:half-way",
  view: "tree",
  theme: "dark",
  lang: "de",
  hide: "why,knobs",
  height: "420",
  large: "1",
  halt: "1",
  teach: "1",
};

const plain: Address = {
  settings: DEFAULTS,
  example: null,
  trace: null,
  moment: null,
  presentation: PLAIN,
};

test("an empty address gives the defaults", () => {
  expect(read("", methods)).toEqual(plain);
});

test("settings survive the address", () => {
  const address: Address = {
    settings: {
      method: "basic-sampling",
      params: { temperature: 0.35, top_k: 7 },
      prompt: "Tom & Mia said: “a+b = 100 %?” 🐢\n",
      others: ["The dog = “good”", "Lily was sad"],
      seed: 4294967295,
      length: 12,
      compared: ["speculative-decoding"],
    },
    example: null,
    trace: null,
    moment: { at: 120, node: 45 },
    presentation: readPresentation((name) => (name === "seed" ? null : EVERYTHING[name])),
  };
  expect(read(write(address), methods)).toEqual(address);
});

test("no further prompts is not the same as the usual ones", () => {
  const alone: Address = { ...plain, settings: { ...DEFAULTS, others: [] } };
  expect(read(write(alone), methods)).toEqual(alone);
  expect(write(plain)).not.toContain("also");
});

test("further prompts without a word are left out, and there are not too many", () => {
  expect(read("?also=+&also=a", methods).settings.others).toEqual(["a"]);
  const many = Array.from({ length: 20 }, (_, i) => `also=${i}`).join("&");
  expect(read(`?${many}`, methods).settings.others).toHaveLength(7);
});

test.each(methods)("the defaults of $id fit into 300 characters", (method) => {
  const settings = { ...DEFAULTS, method: method.id };
  const text = `https://decodescope.example/playground/${write({ ...plain, settings })}`;
  expect(text.length).toBeLessThanOrEqual(300);
  expect(read(write({ ...plain, settings }), methods).settings).toEqual(settings);
});

test("the device that was asked for stays in the address", () => {
  expect(write(plain, "cpu")).toBe("?device=cpu&method=speculative-decoding");
});

test("an example is named, not spelled out", () => {
  expect(write({ ...plain, example: "opt-tree" })).toBe("?example=opt-tree");
  expect(read("?example=opt-tree", methods).example).toBe("opt-tree");
});

test("a trace elsewhere is named by its address", () => {
  const trace = "https://host.example/runs/a,b.json?v=1&w=2";
  const text = write({ ...plain, trace, moment: { at: 3, node: null } });
  expect(text).toContain("?trace=https://host.example/runs/a,b.json");
  expect(read(text, methods)).toMatchObject({ trace, moment: { at: 3 } });
});

test("what an address cannot say keeps its default", () => {
  const search =
    "?method=nonsense&seed=-1&length=1e9&p.gamma=many&p.heat=3&with=nonsense&at=x&node=3";
  expect(read(search, methods)).toEqual(plain);
});

test("no more methods than fit stand side by side", () => {
  const search = `?with=${methods.map((it) => it.id).join(",")}`;
  expect(read(search, methods).settings.compared).toHaveLength(MAX_COMPARED - 1);
});

test("a trace survives the hash", async () => {
  const json = JSON.stringify({ text: "Once 🐢 upon", numbers: [0.1, -2, 1e-9] });
  const hash = await pack(json);
  expect(hash).toMatch(/^#t=[\w-]+$/);
  expect(await unpack(hash)).toBe(json);
  // Long enough for every sign of base64, among them those that an address would change.
  const noise = JSON.stringify(Array.from({ length: 300 }, (_, i) => Math.sin(i * i)));
  const long = await pack(noise);
  expect(new Set(long.slice(3)).size).toBe(64);
  expect(long).toMatch(/^#t=[\w-]+$/);
  expect(await unpack(long)).toBe(noise);
});

test("a hash without a trace is no error, a damaged one is a sentence", async () => {
  expect(await unpack("")).toBeUndefined();
  expect(await unpack("#picture")).toBeUndefined();
  const hash = await pack(JSON.stringify(DEFAULTS));
  await expect(unpack(hash.slice(0, -9))).rejects.toThrow(/cut off/);
  await expect(unpack("#t=!!!")).rejects.toThrow(/cut off/);
});

test("a long trace is longer than links may be", async () => {
  const noise = Array.from({ length: 3000 }, (_, i) => Math.sin(i * i));
  expect((await pack(JSON.stringify(noise))).length).toBeGreaterThan(MAX_PACKED);
});
