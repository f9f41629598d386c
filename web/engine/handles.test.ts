import { beforeEach, expect, test } from "vitest";
import type { Described } from "../generated/Described.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Link } from "./client.ts";
import { Engines, type EngineStatus } from "./handles.ts";
import type { Failure, ModelManifest, RunRequest, Told } from "./protocol.ts";

const methods = [
  { id: "plain", needs: [] },
  { id: "superposed", needs: ["ngrams"] },
] as unknown as Described[];
const manifest: ModelManifest = {
  collection: "stories",
  roles: {
    target: [{ name: "target/model.safetensors", bytes: 13, sha256: "" }],
    draft: [{ name: "draft/model.safetensors", bytes: 2, sha256: "" }],
    ngrams: [{ name: "ngrams.bin", bytes: 100, sha256: "" }],
  },
};
const hardware = { api: true, adapter: { software: false, name: "acme" } };

let asked: string[];
let begun: RunRequest[];
let refuse: Partial<Record<string, Failure>>;
let told: EngineStatus[];
let online: boolean;
let tellPage: (told: Told) => void;

function connect(): Link {
  let device = "";
  const say = <T>(name: string, answer: T): Promise<T> => {
    asked.push(`${device} ${name}`);
    const failure = refuse[`${device} ${name}`];
    return failure ? Promise.reject(failure) : Promise.resolve(answer);
  };
  return {
    calls: {
      open: (asked) => say(`open`, void (device = asked)),
      load: (_, roles) => say(`load ${roles.join("+")}`, undefined),
      cancelLoad: () => say("cancel", undefined),
      measurePlain: () => say("measure", undefined),
      begin: (request) => say("begin", void begun.push(request) as unknown as Trace),
      advance: () => say("advance", { finished: true }),
      pause: () => say("pause", undefined),
      trace: () => say("trace", { recorded: { device } } as Trace),
    },
    listen: (on) => (tellPage = on),
    terminate: () => {},
  };
}

const engines = (search = "") =>
  new Engines({
    base: "https://x.example/",
    search,
    methods,
    connect,
    onStatus: (status) => told.push(status),
    fetch: () => Promise.resolve(online ? Response.json(manifest) : Response.error()),
    probe: () => Promise.resolve(hardware),
  });

beforeEach(() => {
  asked = [];
  begun = [];
  refuse = {};
  told = [];
  online = true;
});

test("the page's engine is ready with the models that most methods need", async () => {
  expect(await engines().prepare()).toEqual({
    device: "webgpu",
    why: "Computing on WebGPU (acme).",
  });
  expect(asked).toContain("webgpu open");
  expect(asked).toContain("webgpu load target+draft");
  expect(told.map((it) => it.state)).toEqual(["loading", "ready"]);
});

test("a model that loads later shows its bytes, then the engine is ready again", async () => {
  const page = engines();
  await page.prepare();
  told = [];
  const run = page.run({ method: "superposed", prompt: "p" });
  tellPage({ type: "progress", loaded: 5, total: 100, what: "n-gram tables" });
  await run;
  expect(told[0]).toMatchObject({ state: "loading", progress: { loaded: 5 } });
  expect(told.at(-1)).toMatchObject({ state: "ready" });
});

test("what will be downloaded is known before", async () => {
  expect(await engines().downloadBytes()).toBe(15);
  expect(asked).toEqual([]);
});

test("a run asks for what its method needs, and fills in what was left out", async () => {
  await engines("?device=cpu").run({ method: "superposed", prompt: "p" });
  expect(asked).toContain("cpu load target+ngrams");
  expect(begun[0]).toMatchObject({ params: {}, seed: 1, maxNewTokens: 40 });
});

test("a run may choose its own device", async () => {
  const page = engines("?device=cpu");
  const trace = await page.run({ method: "plain", prompt: "p", device: "webgpu" });
  expect(trace.recorded.device).toBe("webgpu");
  expect((await page.run({ method: "plain", prompt: "p" })).recorded.device).toBe("cpu");
});

test("WebGPU that fails hands over to the CPU and says why", async () => {
  refuse["webgpu load target+draft"] = { code: "model", message: "buffers of 128 MB at most" };
  const choice = await engines().prepare();
  expect(choice.device).toBe("cpu");
  expect(choice.why).toMatch(/WebGPU failed here \(buffers of 128 MB at most\)/);
  expect(told.at(-1)).toMatchObject({ state: "ready", choice });
});

test("a load that was cancelled is not tried on the other device", async () => {
  refuse["webgpu load target+draft"] = { code: "cancelled", message: "cancelled" };
  const page = engines();
  await expect(page.prepare()).rejects.toMatchObject({ code: "cancelled" });
  expect(told.at(-1)).toMatchObject({ state: "failed" });
  refuse = {};
  expect((await page.prepare()).device).toBe("webgpu");
});

test("without a network it fails in a sentence, and works when the network is back", async () => {
  online = false;
  const page = engines();
  await expect(page.prepare()).rejects.toMatchObject({ code: "network" });
  online = true;
  await page.prepare();
  expect(told.at(-1)).toMatchObject({ state: "ready" });
});
