// What a script asks of a player: places of every kind, and its state given back.

import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DecodescopePlayer, Target } from "../../web/embed/decodescope-player.ts";
import manifest from "../../web/embed/custom-elements.json";
import { Author, withPlayer } from "./plain-page.ts";

let author: Author;

beforeAll(async () => {
  author = await Author.start();
});

afterAll(() => author?.stop());

test("E11: seek takes a step, a share and a marker, holds them to the run, and refuses the rest", async () => {
  const { page, complaints } = await author.open(
    `<decodescope-player src="traces/speculative-decoding.json" markers="40:first guess"></decodescope-player>`,
  );
  const found = await withPlayer(page, async (it) => {
    const { length } = it.getState();
    const places: unknown[] = [];
    const given: Target[] = [12, -5, 1e9, "50%", "100%", "end", { marker: "first guess" }, "7"];
    for (const target of given) {
      const asked = it.seek(target);
      await asked;
      places.push([asked instanceof Promise, it.getState().step]);
    }
    const refused: unknown[] = [];
    await it.seek(9);
    const odd = [NaN, Infinity, "-3", "somewhere", "", { marker: "x" }, {}, null, undefined];
    for (const target of odd)
      refused.push(
        await it.seek(target as Target).then(
          () => "taken",
          (error: Error) => error.name,
        ),
      );
    return { length, places, refused, step: it.getState().step };
  });
  const { length } = found;
  expect(found.places).toEqual(
    [12, 0, length, Math.round(length / 2), length, length, 40, 7].map((it) => [true, it]),
  );
  expect(found.refused).toEqual(Array(9).fill("RangeError"));
  // What is refused loses nothing.
  expect(found.step).toBe(9);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("E11: the state of any recorded run can be given back, and every event of the manifest is told", async () => {
  const methods = readdirSync(new URL("../golden", import.meta.url))
    .filter((it) => it.endsWith(".json"))
    .map((it) => it.slice(0, -".json".length));
  expect(methods.length).toBeGreaterThan(20);
  const { page } = await author.open(
    `<decodescope-player src="traces/speculative-decoding.json"></decodescope-player>`,
  );
  await withPlayer(page, (it) => it.getState());
  const lost = await page.locator("decodescope-player").evaluate(async (element, methods) => {
    const it = element as DecodescopePlayer;
    const lost: string[] = [];
    for (const method of methods) {
      it.setAttribute("src", `traces/${method}.json`);
      try {
        await it.ready;
      } catch {
        // Some golden files are no traces.
        continue;
      }
      const view = it.getState().views.at(-1)!;
      await it.setState({ step: "60%", view, speed: 2, loop: true, node: 1 });
      const before = it.getState();
      await it.setState({ step: 0, view: null, speed: 1, loop: false, node: null });
      await it.setState(before as never);
      const { step, speed, loop, node } = before;
      const taken = step > 0 && speed === 2 && loop && node === 1 && before.view === view;
      if (!taken || JSON.stringify(it.getState()) !== JSON.stringify(before)) lost.push(method);
    }
    return lost;
  }, methods);
  expect(lost).toEqual([]);
  const names = manifest.modules[0]!.declarations[0]!.events.map((it) => it.name);
  const told = await page.locator("decodescope-player").evaluate(async (element, names) => {
    const it = element as DecodescopePlayer;
    const told = new Set<string>();
    for (const name of names) it.addEventListener(name, () => told.add(name));
    it.setAttribute("src", "traces/speculative-decoding.json");
    await it.ready;
    await it.setState({ speed: 8, loop: false, step: it.getState().length - 2 });
    it.play();
    await new Promise((done) => it.addEventListener("ended", done, { once: true }));
    it.setAttribute("src", "nowhere.json");
    await new Promise((done) => it.addEventListener("error", done, { once: true }));
    return [...told];
  }, names);
  expect(told.sort()).toEqual([...names].sort());
  await page.context().close();
}, 60_000);
