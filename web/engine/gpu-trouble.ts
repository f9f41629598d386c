/**
 * Hears, inside the worker, when the graphics card is lost or has no memory left. The engine itself
 * would wait for an answer that never comes, or trap without saying why. Source: WebGPU, §22 (errors).
 */
import type { Failure } from "./protocol.ts";

/** The part of WebGPU that is listened to; TypeScript's library for pages does not have it. */
interface Gpu extends EventTarget {
  lost: Promise<{ message: string }>;
}
interface Adapter {
  requestDevice(...args: unknown[]): Promise<Gpu>;
}

/** A lost device may be told after what it made fail. */
const LATE_MS = 100;

/** From now on `on` hears what befalls each device that is opened. */
export function watchGpu(on: (failure: Failure) => void): void {
  const { GPUAdapter } = globalThis as unknown as { GPUAdapter?: { prototype: Adapter } };
  if (!GPUAdapter) return;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestDevice.apply(this, args);
    void device.lost.then(({ message }) => on(lost(message)));
    device.addEventListener("uncapturederror", (event) => {
      const { error } = event as Event & { error: { constructor: { name: string } } };
      if (error.constructor.name === "GPUOutOfMemoryError") on(FULL);
    });
    return device;
  };
}

const FULL: Failure = {
  code: "out_of_memory",
  message: "The graphics card has no memory left for this run.",
};

const lost = (said: string): Failure => ({
  code: "device_lost",
  message: `The browser lost the graphics card${said ? ` (${said.replace(/\.$/, "")})` : ""}.`,
});

/** The trouble of the device, if it has any: `first` is heard of it. */
export class GpuTrouble {
  #failure: Failure | null = null;
  #open = false;
  #heard: () => void = () => undefined;

  watch(first: (failure: Failure) => void): void {
    this.#open = true;
    watchGpu((failure) => {
      if (this.#failure) return;
      this.#failure = failure;
      this.#heard();
      first(failure);
    });
  }

  /** Why something failed just now, if the device is why. */
  async behind(): Promise<Failure | null> {
    if (this.#open && !this.#failure)
      await Promise.race([
        new Promise<void>((done) => (this.#heard = done)),
        new Promise((done) => setTimeout(done, LATE_MS)),
      ]);
    return this.#failure;
  }
}
