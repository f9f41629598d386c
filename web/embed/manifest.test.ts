// @vitest-environment happy-dom
import { expect, expectTypeOf, test } from "vitest";
import { DecodescopePlayer, type PlayerEvents } from "./decodescope-player.ts";
import manifest from "./custom-elements.json";
import readme from "./README.md?raw";

const [declaration] = manifest.modules[0]!.declarations;
const names = (list: readonly { name: string }[]) => list.map((it) => it.name);

test("the manifest lists the attributes of the element, and the README explains each", () => {
  expect(names(declaration!.attributes)).toEqual([...DecodescopePlayer.observedAttributes]);
  for (const name of DecodescopePlayer.observedAttributes) expect(readme).toContain(`\`${name}\``);
});

test("the manifest lists methods that are there", () => {
  for (const name of names(declaration!.members))
    expect(Object.getOwnPropertyNames(DecodescopePlayer.prototype)).toContain(name);
});

test("the manifest lists the events, and the README explains each", () => {
  const events: Record<keyof PlayerEvents, true> = {
    ready: true,
    step: true,
    play: true,
    pause: true,
    ended: true,
    error: true,
  };
  expect(names(declaration!.events)).toEqual(Object.keys(events));
  for (const name of Object.keys(events)) expect(readme).toContain(`\`${name}\``);
});

test("listeners know what an event tells", () => {
  const player = document.createElement("decodescope-player") as DecodescopePlayer;
  player.addEventListener("error", (it) => expectTypeOf(it.detail.path).toEqualTypeOf<string>());
  player.addEventListener("step", (it) => expectTypeOf(it.detail.step).toEqualTypeOf<number>());
});
