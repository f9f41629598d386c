import { expect, test, vi } from "vitest";
import { askedDevice, choose, probeGpu } from "./capability.ts";

const none = { api: false, adapter: null };
const hardware = { api: true, adapter: { software: false, name: "acme rdna" } };
const software = { api: true, adapter: { software: true, name: "google swiftshader" } };

test("WebGPU computes where there is a real adapter", () => {
  expect(choose(null, hardware)).toEqual({
    device: "webgpu",
    why: "Computing on WebGPU (acme rdna).",
  });
});

test("the CPU computes without WebGPU, without an adapter, or with a software one", () => {
  const cases = [
    [none, /no WebGPU/],
    [{ api: true, adapter: null }, /no graphics adapter/],
    [software, /only a software adapter.*google swiftshader/],
  ] as const;
  for (const [report, why] of cases) {
    expect(choose(null, report)).toMatchObject({
      device: "cpu",
      why: expect.stringMatching(why) as string,
    });
  }
});

test("who asks for a device gets it, where it exists", () => {
  expect(choose("cpu", hardware)).toEqual({
    device: "cpu",
    why: "Computing on the CPU, as asked.",
  });
  expect(choose("webgpu", software).device).toBe("webgpu");
  expect(choose("webgpu", software).why).toMatch(/software adapter, so expect it to be slow/);
  expect(choose("webgpu", none)).toMatchObject({ device: "cpu" });
});

test("an address asks for a device by name, or for none", () => {
  expect(askedDevice("?device=cpu")).toBe("cpu");
  expect(askedDevice("?x=1&device=webgpu")).toBe("webgpu");
  expect(askedDevice("?device=abacus")).toBeNull();
  expect(askedDevice("")).toBeNull();
});

test("the adapter is described, software is found out by flag or by name", async () => {
  const gpu = (adapter: unknown) => ({ gpu: { requestAdapter: () => Promise.resolve(adapter) } });
  expect(await probeGpu({})).toEqual(none);
  expect(await probeGpu(gpu(null))).toEqual({ api: true, adapter: null });
  expect(await probeGpu(gpu({ info: { vendor: "acme", architecture: "rdna" } }))).toEqual(hardware);
  expect(await probeGpu(gpu({ info: { vendor: "google", architecture: "swiftshader" } }))).toEqual(
    software,
  );
  const flagged = await probeGpu(gpu({ info: { isFallbackAdapter: true, description: "x" } }));
  expect(flagged.adapter).toEqual({ software: true, name: "x" });
});

test("a browser that refuses is one without an adapter", async () => {
  const requestAdapter = vi.fn().mockRejectedValue(new Error("blocked"));
  expect(await probeGpu({ gpu: { requestAdapter } })).toEqual({ api: true, adapter: null });
});
