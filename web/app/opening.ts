/** Where a trace on the page comes from, if not from a run: a link, an example, a file. */
import examples from "virtual:examples";
import { MAX_BYTES } from "../import/imported.ts";
import { failureOf } from "../engine/failure.ts";
import { fetchExample } from "./examples.ts";
import { unpack } from "./packed.ts";
import type { PageState } from "./page-state.ts";
import { promptOf } from "../trace/text-of.ts";

/** Checks and reads a trace; the checker is loaded when it is needed. */
async function load(json: string) {
  const { loadTrace } = await import("../trace/load.ts");
  return loadTrace(json);
}

/** Shows a trace that the address itself holds; says whether there is one. */
export async function openLink(page: PageState): Promise<boolean> {
  try {
    const json = await unpack(location.hash);
    if (json === undefined) return false;
    page.adopt(await load(json), "link");
    return true;
  } catch (thrown) {
    page.set({ problem: failureOf(thrown).message });
    return false;
  }
}

/** What the page shows first, before any model is there. */
export async function openFirst(page: PageState): Promise<void> {
  if (page.example) return openExample(page, page.example);
  if (page.trace && (await openAddress(page, page.trace))) return;
  await preview(page, 0);
  previewAll(page);
}

/** Shows the recorded example of every panel's method. */
export function previewAll(page: PageState): void {
  page.panels.forEach((_, index) => void preview(page, index));
}

/** Shows the recorded example of a panel's method, if there is one. */
async function preview(page: PageState, index: number): Promise<void> {
  const panel = page.panels[index];
  const example = examples.find((it) => it.method === panel?.method);
  if (!panel || !example || panel.trace) return;
  try {
    const trace = await fetchExample(example.id);
    if (panel.trace || !page.panels.includes(panel)) return;
    if (index === 0 && !page.touched) page.set({ settings: page.settingsOf(trace) });
    // Side by side, only runs of the same prompt are worth a look.
    if (index > 0 && promptOf(trace) !== page.settings.prompt) return;
    panel.show(trace, "example", example.id);
    page.set({ panels: [...page.panels] });
  } catch (thrown) {
    page.set({ problem: failureOf(thrown).message });
  }
}

export async function openExample(page: PageState, id: string): Promise<void> {
  page.set({ problem: "" });
  try {
    const trace = await fetchExample(id);
    page.set({ example: id });
    page.adopt(trace, "example", id);
  } catch (thrown) {
    page.set({ example: null, problem: failureOf(thrown).message });
  }
}

/** Shows a trace that lies elsewhere; says whether it could. */
async function openAddress(page: PageState, address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { credentials: "omit" }).catch(() => undefined);
    if (!response)
      throw new Error(
        `${address} cannot be reached. Its server must be up, and allow other pages to read it (Access-Control-Allow-Origin).`,
      );
    if (!response.ok) throw new Error(`${address} answers with status ${response.status}.`);
    const { textUpTo, TooLarge } = await import("../trace/limited.ts");
    const text = await textUpTo(MAX_BYTES, response).catch((thrown: unknown) => {
      if (!(thrown instanceof TooLarge)) throw new Error(`${address} breaks off.`);
      throw new Error(`${thrown.message}, and at most ${MAX_BYTES / 1e6} MB are read.`);
    });
    page.adopt(await load(text), "address", address);
    return true;
  } catch (thrown) {
    page.set({ trace: null, problem: `The trace cannot be opened: ${failureOf(thrown).message}` });
    return false;
  }
}
