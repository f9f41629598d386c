/**
 * Imaginary machines. Every constant is an illustration, chosen for round numbers in the range of
 * such devices; none was measured. What was measured lies in a trace's `recorded`.
 */

export interface Machine {
  name: string;
  /** Bytes a second between memory and processor. */
  bandwidth: number;
  /** Floating-point operations a second at best. */
  peak: number;
  /** Seconds that starting one kernel takes. */
  launch: number;
  /** Kernels of one layer. */
  kernelsPerLayer: number;
  /** Joules for a byte moved. */
  joulesPerByte: number;
  /** Joules for an operation. */
  joulesPerFlop: number;
  /** Watts that flow whether or not it works. */
  idleWatts: number;
  /** Bytes of one weight, and of one number of the key–value cache. */
  bytesPerNumber: number;
}

/** Kernels of a pass that belong to no layer: embedding, final norm, head. */
export const KERNELS_BESIDE_LAYERS = 3;

/** What the presets have in common: single precision, DRAM, a small idle power. */
const COMMON = {
  kernelsPerLayer: 9,
  joulesPerByte: 100e-12,
  joulesPerFlop: 1e-12,
  idleWatts: 2,
  bytesPerNumber: 4,
};

const GIGA = 1e9;
const TERA = 1e12;
const PETA = 1e15;
const MICRO = 1e-6;

export const PRESETS: readonly Machine[] = [
  { name: "one slow core", bandwidth: 10 * GIGA, peak: 8 * GIGA, launch: 0, ...COMMON },
  { name: "eight cores", bandwidth: 30 * GIGA, peak: 100 * GIGA, launch: 5 * MICRO, ...COMMON },
  { name: "integrated GPU", bandwidth: 50 * GIGA, peak: TERA, launch: 10 * MICRO, ...COMMON },
  { name: "discrete GPU", bandwidth: 800 * GIGA, peak: 20 * TERA, launch: 10 * MICRO, ...COMMON },
  { name: "ideal", bandwidth: TERA, peak: PETA, launch: 0, ...COMMON },
];
