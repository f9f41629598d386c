import { beforeEach, expect, test, vi } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import { EngineClient, type Link } from "./client.ts";
import type { ModelManifest, Told } from "./protocol.ts";

const manifest: ModelManifest = { collection: "stories", roles: { target: [] } };
const request = { method: "m", params: {}, prompt: "p", seed: 1, maxNewTokens: 4 };

/** A worker that notes what it is asked and answers when told to. */
class FakeWorker {
  asked: string[] = [];
  tell: (told: Told) => void = () => {};
  ended = false;
  advance: () => Promise<{ finished: boolean }> = () => Promise.resolve({ finished: true });
  readonly link: Link;

  constructor() {
    const note = <T>(name: string, answer: T) => {
      this.asked.push(name);
      return Promise.resolve(answer);
    };
    this.link = {
      calls: {
        open: (device) => note(`open ${device}`, undefined),
        load: (_, roles) => note(`load ${roles.join("+")}`, undefined),
        cancelLoad: () => note("cancel", undefined),
        measurePlain: () => note("measure", undefined),
        begin: (asked, run) => note(`begin ${asked.prompt} ${run}`, {} as Trace),
        advance: (steps) => {
          this.asked.push(`advance ${steps}`);
          return this.advance();
        },
        pause: () => note("pause", undefined),
        trace: () => note("trace", { tokens: [1] } as Trace),
      },
      listen: (on) => (this.tell = on),
      terminate: () => (this.ended = true),
    };
  }
}

let workers: FakeWorker[];
let prepare: (worker: FakeWorker) => void;
const connect = () => {
  const worker = new FakeWorker();
  prepare(worker);
  workers.push(worker);
  return worker.link;
};
const client = (patienceMs?: number) =>
  new EngineClient({
    device: "cpu",
    base: "https://x.example/",
    manifest,
    connect,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });

beforeEach(() => {
  workers = [];
  prepare = () => {};
});

test("a run opens, loads, times plain decoding, and runs to its end", async () => {
  const trace = await client().run(request, ["target", "draft"]);
  expect(trace.tokens).toEqual([1]);
  expect(workers[0]!.asked).toEqual([
    "open cpu",
    "load target+draft",
    "measure",
    "begin p 1",
    "advance Infinity",
    "trace",
  ]);
});

test("calls wait for one another in the order asked", async () => {
  let done = () => {};
  prepare = (worker) => {
    worker.advance = () => new Promise((finish) => (done = () => finish({ finished: true })));
  };
  const engine = client();
  const order: string[] = [];
  const first = engine.run({ ...request, prompt: "a" }, ["target"]).then(() => order.push("a"));
  const second = engine.run({ ...request, prompt: "b" }, ["target"]).then(() => order.push("b"));
  await vi.waitFor(() => expect(workers[0]!.asked).toContain("advance Infinity"));
  expect(workers[0]!.asked).not.toContain("begin b 2");
  done();
  await first;
  await vi.waitFor(() => expect(workers[0]!.asked).toContain("begin b 2"));
  await vi.waitFor(() => {
    done();
    expect(order).toEqual(["a", "b"]);
  });
  await second;
  expect(workers[0]!.asked.filter((it) => it === "measure")).toHaveLength(1);
});

test("batches reach the watcher of their own run only", async () => {
  const seen: number[] = [];
  prepare = (worker) => {
    worker.advance = () => {
      for (const run of [1, 7]) {
        worker.tell({ type: "events", run, events: [], vocabulary: {}, passMs: [run] });
      }
      return Promise.resolve({ finished: true });
    };
  };
  await client().run(request, ["target"], { onBatch: ({ passMs }) => seen.push(...passMs) });
  expect(seen).toEqual([1]);
});

test("a panic rejects the running call, and the next call gets a new worker", async () => {
  prepare = (worker) => {
    const panic = { type: "fatal", code: "panic", message: "index out of bounds" } as const;
    worker.advance = () => {
      if (workers.length > 1) return Promise.resolve({ finished: true });
      worker.tell(panic);
      return new Promise(() => {});
    };
  };
  const engine = client();
  await expect(engine.run(request, ["target"])).rejects.toMatchObject({
    code: "panic",
    message: "index out of bounds",
  });
  expect(workers[0]!.ended).toBe(true);
  await engine.run(request, ["target"]);
  expect(workers).toHaveLength(2);
  expect(workers[1]!.asked.slice(0, 3)).toEqual(["open cpu", "load target", "measure"]);
});

test("an error of the engine keeps its code and leaves the worker alone", async () => {
  prepare = (worker) => {
    worker.link.calls.begin = () =>
      Promise.reject({ code: "params", message: "heat is no parameter" });
  };
  const engine = client();
  await expect(engine.run(request, ["target"])).rejects.toMatchObject({
    code: "params",
    message: "heat is no parameter",
  });
  expect(workers[0]!.ended).toBe(false);
});

test("a worker that falls silent is ended, one that shows life is not", async () => {
  vi.useFakeTimers();
  try {
    prepare = (worker) => (worker.advance = () => new Promise(() => {}));
    const run = client(1000).run(request, ["target"]);
    const settled = run.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(900);
    workers[0]!.tell({ type: "progress", loaded: 1, total: 2, what: "the model" });
    await vi.advanceTimersByTimeAsync(900);
    expect(workers[0]!.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(await settled).toMatchObject({ code: "panic" });
    expect(workers[0]!.ended).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test("stop ends a run and gives its trace so far", async () => {
  prepare = (worker) => {
    worker.advance = () =>
      new Promise((finish) => {
        worker.link.calls.pause = () => {
          finish({ finished: false });
          return Promise.resolve();
        };
      });
  };
  const engine = client();
  const run = engine.run(request, ["target"]);
  await vi.waitFor(() => expect(workers[0]!.asked).toContain("advance Infinity"));
  engine.stop();
  expect((await run).tokens).toEqual([1]);
});

test("a run that is stopped before its first step takes none", async () => {
  const engine = client();
  const run = engine.run(request, ["target"]);
  engine.stop();
  await run;
  expect(workers[0]!.asked).not.toContain("advance Infinity");
});

test("steps belong to the run that was begun last", async () => {
  const engine = client();
  const first = await engine.begin(request, ["target"]);
  const second = await engine.begin(request, ["target"]);
  await expect(engine.advance(first, 1)).rejects.toMatchObject({ code: "superseded" });
  expect(await engine.advance(second, 1)).toMatchObject({ finished: true });
  expect(workers[0]!.asked).toContain("advance 1");
});

test("a held run rests, and goes on to the same end when it is released", async () => {
  let pause = () => {};
  let times = 0;
  prepare = (worker) => {
    worker.advance = () =>
      times++ === 0
        ? new Promise((done) => (pause = () => done({ finished: false })))
        : Promise.resolve({ finished: true });
    worker.link.calls.pause = () => Promise.resolve(pause());
  };
  const engine = client();
  const running = engine.run(request, ["target"]);
  await vi.waitFor(() => expect(times).toBe(1));
  engine.hold();
  await new Promise((done) => setTimeout(done, 20));
  expect(times).toBe(1);
  engine.release();
  expect((await running).tokens).toEqual([1]);
  expect(times).toBe(2);
});

test("a held run that is stopped ends", async () => {
  let times = 0;
  prepare = (worker) => {
    worker.advance = () => Promise.resolve({ finished: ++times > 1 });
  };
  const engine = client();
  engine.hold();
  const running = engine.run(request, ["target"]);
  await vi.waitFor(() => expect(workers[0]!.asked).toContain("begin p 1"));
  engine.stop();
  expect((await running).tokens).toEqual([1]);
  expect(times).toBe(0);
});
