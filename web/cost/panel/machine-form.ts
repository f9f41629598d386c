/** The choice of a machine, and a slider for each of its constants. */
import { html, type TemplateResult } from "lit";
import type { Machine } from "../machine.ts";
import { choose, current, keepApart, machines, move } from "./chosen.ts";
import { short, unit } from "./units.ts";

type Constant = Exclude<keyof Machine, "name" | "bytesPerNumber">;

interface Slider {
  name: Constant;
  title: string;
  /** What it stands for, and where its value comes from. */
  help: string;
  /** Ends of the slider. */
  range: [number, number];
  /** By powers; otherwise linear from its first end. */
  powers: boolean;
  step?: number;
  said: (value: number) => string;
}

const SLIDERS: readonly Slider[] = [
  {
    name: "bandwidth",
    title: "Bandwidth",
    help: "Bytes between memory and processor. Illustrative, not measured.",
    range: [1e9, 1e13],
    powers: true,
    said: (it) => unit(it, "B/s"),
  },
  {
    name: "peak",
    title: "Peak",
    help: "Floating-point operations at best. Illustrative, not measured.",
    range: [1e9, 1e15],
    powers: true,
    said: (it) => unit(it, "FLOP/s"),
  },
  {
    name: "launch",
    title: "Launch",
    help: "Time to start one kernel. Illustrative: a few µs are usual on GPUs; in a browser more.",
    range: [0, 50e-6],
    powers: false,
    step: 0.5e-6,
    said: (it) => unit(it, "s"),
  },
  {
    name: "kernelsPerLayer",
    title: "Kernels a layer",
    help: "Norms, projections, attention, feed-forward; another three for each pass. An assumption.",
    range: [1, 30],
    powers: false,
    step: 1,
    said: short,
  },
  {
    name: "joulesPerByte",
    title: "Energy of a byte",
    help: "A placeholder. Horowitz 2014 (doi:10.1109/ISSCC.2014.6757323) gives 163–325 pJ for DRAM in 45 nm; newer memory takes less.",
    range: [1e-12, 1e-9],
    powers: true,
    said: (it) => unit(it, "J"),
  },
  {
    name: "joulesPerFlop",
    title: "Energy of an operation",
    help: "A placeholder. Horowitz 2014 gives 0.9 pJ for a single-precision addition and 3.7 pJ for a multiplication in 45 nm; newer chips take less.",
    range: [1e-13, 1e-10],
    powers: true,
    said: (it) => unit(it, "J"),
  },
  {
    name: "idleWatts",
    title: "Idle power",
    help: "Flows whether or not anything runs. A placeholder.",
    range: [0, 100],
    powers: false,
    step: 0.5,
    said: (it) => unit(it, "W"),
  },
];

const STEPS = 200;

const toSlider = ({ range: [low, high], powers }: Slider, value: number): number =>
  powers ? (STEPS * Math.log(Math.max(value, low) / low)) / Math.log(high / low) : value;

function fromSlider({ range: [low, high], powers }: Slider, at: number): number {
  if (!powers) return at;
  // Two digits: a slider is no finer.
  return Number((low * (high / low) ** (at / STEPS)).toPrecision(2));
}

function slider(it: Slider, machine: Machine): TemplateResult {
  const value = machine[it.name];
  return html`<label class="slider" title=${it.help}>
    <span>${it.title}</span>
    <input
      type="range"
      data-own-keys
      min=${it.powers ? 0 : it.range[0]}
      max=${it.powers ? STEPS : it.range[1]}
      step=${it.powers ? "any" : it.step!}
      .value=${String(toSlider(it, value))}
      aria-valuetext=${it.said(value)}
      data-testid="constant-${it.name}"
      @input=${(event: Event) =>
        move({ [it.name]: fromSlider(it, Number((event.target as HTMLInputElement).value)) })}
    />
    <output>${it.said(value)}</output>
  </label>`;
}

/** `overlap`: the roles that may work at the same time, where there are some. */
export function machineForm(overlap: readonly string[]): TemplateResult {
  const chosen = current();
  const { machine, apart } = chosen;
  return html`<div class="choice">
      <label
        >Machine
        <select
          data-testid="machine"
          @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
        >
          ${machines(chosen).map(
            ({ name }) =>
              html`<option value=${name} .selected=${name === machine.name}>${name}</option>`,
          )}
        </select>
      </label>
      <span class="brief"
        >${unit(machine.bandwidth, "B/s")} · ${unit(machine.peak, "FLOP/s")} ·
        ${unit(machine.launch, "s")} a launch</span
      >
      ${
        overlap.length < 2
          ? ""
          : html`<label class="check"
              ><input
                type="checkbox"
                .checked=${apart}
                @change=${(event: Event) => keepApart((event.target as HTMLInputElement).checked)}
              />
              one such machine for each of ${overlap.join(" and ")}</label
            >`
      }
    </div>
    <details class="constants">
      <summary>Move its constants</summary>
      <div class="sliders">
        ${SLIDERS.map((it) => slider(it, machine))}
        <label class="slider" title="Bytes of a weight, and of a number in the cache.">
          <span>Bytes a number</span>
          <select
            @change=${(event: Event) =>
              move({ bytesPerNumber: Number((event.target as HTMLSelectElement).value) })}
          >
            ${[4, 2, 1, 0.5].map(
              (it) =>
                html`<option value=${it} .selected=${it === machine.bytesPerNumber}>${it}</option>`,
            )}
          </select>
        </label>
      </div>
      <p class="help">
        Illustrative, not measured: round numbers in the range of such devices. Energies are
        placeholders; Horowitz 2014,
        <a href="https://doi.org/10.1109/ISSCC.2014.6757323">doi:10.1109/ISSCC.2014.6757323</a>,
        gives 163 to 325 pJ for a byte from DRAM and 0.9 + 3.7 pJ for a multiplication and an
        addition, in 45 nm.
      </p>
    </details>`;
}
