// The notebook of the fixture in the real JupyterLab: its figure plays, and the reader's place goes
// to Python and back.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Browser, Locator, Page } from "playwright-core";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { check, fixture, INSTALLS, openPage, python, reasonOf, sweep } from "./generators.ts";
import { Lab } from "./jupyterlab.ts";
import { launch } from "./site.ts";

const MINUTE = 60_000;

let browser: Browser;
let lab: Lab | undefined;

beforeAll(async () => {
  browser = await launch();
});
afterEach(async () => {
  await lab?.stop();
  lab = undefined;
});
afterAll(async () => {
  await browser?.close();
  sweep();
});

/** Runs the cell of this number and gives what it printed or shows. */
async function run(page: Page, cell: number): Promise<Locator> {
  const it = page.locator(".jp-Notebook .jp-Cell").nth(cell);
  const number = () => it.locator(".jp-InputPrompt").textContent();
  const before = await number();
  await it.locator(".cm-content").click();
  await page.keyboard.press("Shift+Enter");
  const ran = async () => {
    const now = await number();
    return now !== before && /\d/.test(now ?? "");
  };
  await expect.poll(ran, { timeout: 2 * MINUTE }).toBe(true);
  return it.locator(".jp-OutputArea-output");
}

const step = (player: Locator) =>
  player.evaluate((it) => (it as DecodescopePlayer).getState().step);

test(
  "E9: in JupyterLab the figure of a notebook plays, and Python and the reader share a place",
  async ({ skip }) => {
    const tool = reasonOf(() => python("jupyter"));
    if (typeof tool === "string") return skip(tool);
    lab = await Lab.start(tool, fixture("jupyter/notebook", "runs"));
    const opened = await openPage(browser, `${lab.address}lab/tree/guesses.ipynb`);
    const { page } = opened;
    // What is pressed before the page is connected to the notebook's kernel is lost.
    const kernel = async () => (await (await fetch(`${lab!.address}api/kernels`)).json())[0] ?? {};
    const ready = { execution_state: "idle", connections: 1 };
    await expect.poll(kernel, { timeout: 2 * MINUTE }).toMatchObject(ready);
    await page
      .locator(".jp-StatusBar-Widget, #jp-main-statusbar")
      .getByText(/\| Idle/)
      .first()
      .waitFor();
    const player = (await run(page, 0)).locator("decodescope-player");
    await player.waitFor({ timeout: MINUTE });
    await check(opened, { start: 30, written: false });

    const before = await step(player);
    await player.getByRole("button", { name: /^Play/ }).click();
    await expect.poll(() => step(player), { timeout: MINUTE }).toBeGreaterThan(before + 3);
    await player.getByRole("button", { name: /^Pause/ }).click();
    const reached = await step(player);
    // While the kernel is busy with one place, JupyterLab holds the next one back.
    const told = async () => (await (await run(page, 1)).textContent())?.trim();
    await expect.poll(told, { timeout: MINUTE }).toBe(String(reached));

    await run(page, 2);
    expect(reached).not.toBe(12);
    await expect.poll(() => step(player), { timeout: MINUTE }).toBe(12);
    // Another view of the same figure opens where it stands.
    const again = (await run(page, 3)).locator("decodescope-player");
    await again.waitFor({ timeout: MINUTE });
    await expect.poll(() => step(again), { timeout: MINUTE }).toBe(12);
    expect(await step(player)).toBe(12);
    expect(opened.complaints).toEqual([]);
  },
  INSTALLS,
);
