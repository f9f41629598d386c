/**
 * What one forward pass costs on a machine: the slower of moving its bytes and doing its
 * operations, and the time to start its kernels. A model, not a measurement. Leaves out: caches,
 * overlap of kernels, everything around the network.
 *
 * Source: the roofline of Williams, Waterman and Patterson 2009, doi:10.1145/1498765.1498785.
 */
import { KERNELS_BESIDE_LAYERS, type Machine } from "./machine.ts";
import type { Network } from "./network.ts";

/** What a pass reads and computes. */
export interface Work {
  /** Positions that run. */
  rows: number;
  /** Positions whose keys are read from the cache. */
  cached: number;
  /**
   * Pairs of a row and a position it may attend to, masked ones included; `rows · (cached + rows)`
   * where it is left out. Texts that share a pass do not attend to each other.
   */
  pairs?: number;
}

export interface Cost {
  bytes: number;
  flops: number;
  /** Seconds to move the bytes. */
  memory: number;
  /** Seconds to do the operations. */
  compute: number;
  /** Seconds to start the kernels. */
  launches: number;
  /** max(memory, compute) + launches. */
  seconds: number;
  /** Energy of bytes and operations; the idle power over the time is not in it. */
  joules: number;
}

export function passCost(network: Network, machine: Machine, work: Work): Cost {
  const { rows, cached } = work;
  const { parameters, attentionLayers, layers, width, kvWidth } = network;
  const pairs = work.pairs ?? rows * (cached + rows);
  const numbers = parameters + 2 * attentionLayers * kvWidth * (cached + rows);
  const bytes = machine.bytesPerNumber * numbers;
  const flops = 2 * parameters * rows + 4 * attentionLayers * width * pairs;
  const memory = bytes / machine.bandwidth;
  const compute = flops / machine.peak;
  const launches = machine.launch * (machine.kernelsPerLayer * layers + KERNELS_BESIDE_LAYERS);
  return {
    bytes,
    flops,
    memory,
    compute,
    launches,
    seconds: Math.max(memory, compute) + launches,
    joules: machine.joulesPerByte * bytes + machine.joulesPerFlop * flops,
  };
}

/** Energy of a pass with the idle power while it runs. */
export const energy = (cost: Cost, machine: Machine): number =>
  cost.joules + machine.idleWatts * cost.seconds;

/** About how many rows a pass may have before operations take longer than bytes. */
export function breakEvenRows(network: Network, machine: Machine, cached: number): number {
  const one = passCost(network, machine, { rows: 1, cached });
  return (one.bytes * machine.peak) / (machine.bandwidth * one.flops);
}
