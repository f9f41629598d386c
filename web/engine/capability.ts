/** Which device computes, and the sentence that says why. */
import type { Device } from "./protocol.ts";

/** What the browser says about WebGPU, asked in the place that will use it. */
export interface GpuReport {
  /** `navigator.gpu` exists. */
  api: boolean;
  adapter: { software: boolean; name: string } | null;
}

export interface Choice {
  device: Device;
  /** One sentence for the reader. */
  why: string;
}

/** The device for a reader who asked for `asked`, or for nothing in particular. */
export function choose(asked: Device | null, gpu: GpuReport): Choice {
  if (asked === "cpu") {
    return { device: "cpu", why: "Computing on the CPU, as asked." };
  }
  const named = gpu.adapter?.name ? ` (${gpu.adapter.name})` : "";
  if (gpu.adapter && (asked === "webgpu" || !gpu.adapter.software)) {
    const why = asked === "webgpu" ? ", as asked" : "";
    const slow = gpu.adapter.software ? "; it is a software adapter, so expect it to be slow" : "";
    return { device: "webgpu", why: `Computing on WebGPU${named}${why}${slow}.` };
  }
  return { device: "cpu", why: `Computing on the CPU, because ${lack(gpu)}.` };
}

function lack(gpu: GpuReport): string {
  if (!gpu.api) return "this browser has no WebGPU (or the page is not on a secure address)";
  if (!gpu.adapter) return "WebGPU found no graphics adapter";
  return `WebGPU has only a software adapter here (${gpu.adapter.name || "unnamed"}), which is slower`;
}

/** The part of the WebGPU interface that is asked; TypeScript's library does not have it yet. */
interface GpuNavigator {
  gpu?: { requestAdapter(): Promise<GpuAdapter | null> };
}
interface GpuAdapter {
  isFallbackAdapter?: boolean;
  info?: {
    vendor?: string;
    architecture?: string;
    description?: string;
    isFallbackAdapter?: boolean;
  };
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** Asks the browser for an adapter. Never throws: a refusal is an answer too. */
export async function probeGpu(from: unknown = globalThis.navigator): Promise<GpuReport> {
  const { gpu } = (from ?? {}) as GpuNavigator;
  if (!gpu) return { api: false, adapter: null };
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (!adapter) return { api: true, adapter: null };
  const { vendor = "", architecture = "", description = "" } = adapter.info ?? {};
  const name = description || [vendor, architecture].filter(Boolean).join(" ");
  const fallback = adapter.isFallbackAdapter || adapter.info?.isFallbackAdapter;
  const software = Boolean(fallback) || SOFTWARE.test(`${name} ${architecture}`);
  return { api: true, adapter: { software, name } };
}

/** `?device=cpu` or `?device=webgpu`; anything else asks for nothing. */
export function askedDevice(search: string): Device | null {
  const value = new URLSearchParams(search).get("device");
  return value === "cpu" || value === "webgpu" ? value : null;
}
