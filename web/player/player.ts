// The place of a reader in a trace, and the clock that moves it. No DOM: the clock is handed in.
// While a run goes on, `append` brings its events and the reader follows the newest one until they
// look back; looking back never asks the model for anything.

import type { Event } from "../generated/Event.ts";
import { Fold } from "../trace/fold.ts";
import type { State } from "../trace/state.ts";
import { restMs } from "./pace.ts";

export interface Clock {
  now(): number;
  /** Calls `then` once after `ms`; the returned function calls it off. */
  after(ms: number, then: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const;

/** How long the end of a run that begins again is left to be looked at. */
const LOOP_REST_MS = 1500;

/** Drawing faster than this shows nothing more. */
const FRAME_MS = 16;

export class Player {
  readonly #fold: Fold;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** Places between rounds: the index of each `step` event. */
  readonly #rounds: number[] = [];
  #index = 0;
  #speed = 1;
  #live = false;
  #following = false;
  #playing = false;
  #loop = false;
  #stops: readonly number[] = [];
  #asleep = false;
  #due = 0;
  #cancel: (() => void) | null = null;

  /** `changed` is called whenever the place, the speed or the mode is another one. */
  constructor(events: readonly Event[], changed: () => void, clock: Clock = systemClock) {
    this.#fold = new Fold();
    this.#changed = changed;
    this.#clock = clock;
    this.#add(events);
  }

  /** Events applied. */
  get index(): number {
    return this.#index;
  }

  get length(): number {
    return this.#fold.length;
  }

  get events(): readonly Event[] {
    return this.#fold.events;
  }

  get playing(): boolean {
    return this.#playing;
  }

  /** Whether a clock runs for this player right now. */
  get ticking(): boolean {
    return this.#cancel !== null;
  }

  get speed(): number {
    return this.#speed;
  }

  /** The run goes on. */
  get live(): boolean {
    return this.#live;
  }

  /** The reader stays at the newest event. */
  get following(): boolean {
    return this.#following;
  }

  /** Places between rounds, ascending; the end is one of them. */
  get boundaries(): readonly number[] {
    return [...this.#rounds, this.length];
  }

  get state(): State {
    return this.#fold.at(this.#index);
  }

  get end(): State {
    return this.#fold.head();
  }

  /** The state at any place, without going there. */
  at(index: number): State {
    return this.#fold.at(index);
  }

  /** From now on events arrive with `append`, and the reader follows them. */
  startLive(): void {
    this.#stop();
    this.#live = true;
    this.#following = true;
    this.#go(this.length);
  }

  append(events: readonly Event[]): void {
    this.#add(events);
    if (this.#following) this.#index = this.length;
    this.#changed();
  }

  endLive(): void {
    this.#live = false;
    this.#following = false;
    this.#changed();
  }

  /** Back to the newest event. */
  follow(): void {
    this.#stop();
    this.#following = this.#live;
    this.#go(this.length);
  }

  /** Goes to a place, counted in events. A reader who looks back stops following. */
  seek(index: number): void {
    this.#stop();
    this.#following = false;
    this.#go(index);
  }

  /** Goes to a share of the trace, 0…1. */
  seekFraction(share: number): void {
    this.seek(Math.round(share * this.length));
  }

  step(events: number): void {
    this.seek(this.#index + events);
  }

  /** To the end of this round or of the one before, as the sign says. */
  stepRound(direction: 1 | -1): void {
    const places = [0, ...this.boundaries];
    const next =
      direction > 0
        ? places.find((it) => it > this.#index)
        : places.findLast((it) => it < this.#index);
    this.seek(next ?? this.#index);
  }

  first(): void {
    this.seek(0);
  }

  last(): void {
    if (this.#live) this.follow();
    else this.seek(this.length);
  }

  play(): void {
    if (this.playing || this.length === 0) return;
    if (this.#index >= this.length) {
      if (this.#live) return this.follow();
      this.#index = 0;
    }
    this.#following = false;
    this.#playing = true;
    this.#due = this.#clock.now();
    this.#schedule();
    this.#changed();
  }

  pause(): void {
    const was = this.playing;
    this.#stop();
    if (was) this.#changed();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Whether playing begins again at the end. */
  setLoop(loop: boolean): void {
    this.#loop = loop;
  }

  /** Places where playing pauses by itself, ascending. */
  setStops(stops: readonly number[]): void {
    this.#stops = stops;
  }

  /** Out of sight: a player that plays waits, without a clock, until it is seen again. */
  sleep(asleep: boolean): void {
    if (asleep === this.#asleep) return;
    this.#asleep = asleep;
    this.#cancel?.();
    this.#cancel = null;
    if (asleep || !this.#playing) return;
    this.#due = this.#clock.now();
    this.#schedule();
  }

  /** 0.25 to 8 times the normal pace. */
  setSpeed(speed: number): void {
    this.#speed = Math.min(8, Math.max(0.25, speed));
    this.#changed();
  }

  #add(events: readonly Event[]): void {
    events.forEach((event, i) => {
      if (event.kind === "step") this.#rounds.push(this.length + i);
    });
    this.#fold.append(events);
  }

  #go(index: number): void {
    this.#index = Math.max(0, Math.min(Math.trunc(index), this.length));
    this.#changed();
  }

  #stop(): void {
    this.#playing = false;
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule(): void {
    if (this.#asleep) return;
    const wait = Math.max(FRAME_MS, this.#due - this.#clock.now());
    this.#cancel = this.#clock.after(wait, () => this.#tick());
  }

  #tick(): void {
    this.#cancel = null;
    const now = this.#clock.now();
    if (this.#index >= this.length && this.#loop) this.#index = 0;
    let halted = false;
    while (!halted && this.#index < this.length && this.#due <= now) {
      const event = this.events[this.#index]!;
      this.#index += 1;
      this.#due += restMs(event) / this.#speed;
      halted = this.#stops.includes(this.#index);
    }
    // A page that slept, for example in a hidden tab, goes on from where it was.
    if (now - this.#due > 1000) this.#due = now;
    if (halted) this.#stop();
    else if (this.#index < this.length) this.#schedule();
    else if (this.#loop && !this.#live) {
      // The end stands for a while before it begins anew.
      this.#due = Math.max(this.#due, now + LOOP_REST_MS);
      this.#schedule();
    } else {
      this.#stop();
      if (this.#live) this.#following = true;
    }
    this.#changed();
  }
}
