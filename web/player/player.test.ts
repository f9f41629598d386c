import { beforeEach, describe, expect, test } from "vitest";
import { toyTrace } from "../trace/toy.test-data.ts";
import { Player, type Clock } from "./player.ts";
import { restMs } from "./pace.ts";

/** A clock that a test turns by hand. */
class Hand implements Clock {
  #now = 0;
  #waiting: { at: number; then: () => void } | null = null;
  now(): number {
    return this.#now;
  }
  after(ms: number, then: () => void): () => void {
    const entry = { at: this.#now + ms, then };
    this.#waiting = entry;
    return () => {
      if (this.#waiting === entry) this.#waiting = null;
    };
  }
  turn(ms: number): void {
    const goal = this.#now + ms;
    while (this.#waiting && this.#waiting.at <= goal) {
      const { at, then } = this.#waiting;
      this.#waiting = null;
      this.#now = at;
      then();
    }
    this.#now = goal;
  }
}

const { events } = toyTrace;
const whole = events.reduce((sum, it) => sum + restMs(it), 0);
let clock: Hand;
let changes: number;
let player: Player;
beforeEach(() => {
  clock = new Hand();
  changes = 0;
  player = new Player(events, () => changes++, clock);
});

describe("stepping", () => {
  test("one event at a time, held to the ends", () => {
    player.step(-1);
    expect(player.index).toBe(0);
    player.step(1);
    expect(player.index).toBe(1);
    player.last();
    player.step(1);
    expect(player.index).toBe(events.length);
  });

  test("a round ends where the next one begins", () => {
    const starts = events.flatMap((it, i) => (it.kind === "step" ? [i] : []));
    player.stepRound(1);
    expect(player.index).toBe(starts[0]);
    player.stepRound(1);
    expect(player.index).toBe(starts[1]);
    expect(player.state.rounds).toHaveLength(1);
    player.step(3);
    player.stepRound(-1);
    expect(player.index).toBe(starts[1]);
    player.seek(starts.at(-1)! + 1);
    player.stepRound(1);
    expect(player.index).toBe(events.length);
  });

  test("a share of the trace", () => {
    player.seekFraction(0.5);
    expect(player.index).toBe(Math.round(events.length / 2));
  });
});

describe("playing", () => {
  test("takes the time its events take, and stops at the end", () => {
    player.play();
    clock.turn(whole * 0.5);
    expect(player.index).toBeGreaterThan(events.length * 0.3);
    expect(player.index).toBeLessThan(events.length * 0.7);
    clock.turn(whole * 0.5 + 100);
    expect(player.index).toBe(events.length);
    expect(player.playing).toBe(false);
  });

  test("at 8× takes an eighth of it", () => {
    player.setSpeed(8);
    player.play();
    clock.turn(whole / 8 - 200);
    expect(player.index).toBeLessThan(events.length);
    clock.turn(300);
    expect(player.index).toBe(events.length);
  });

  test("speeds outside 0.25…8 are held to them", () => {
    player.setSpeed(100);
    expect(player.speed).toBe(8);
    player.setSpeed(0);
    expect(player.speed).toBe(0.25);
  });

  test("stepping pauses; playing at the end starts over", () => {
    player.play();
    clock.turn(500);
    player.step(1);
    expect(player.playing).toBe(false);
    player.last();
    player.play();
    expect(player.index).toBe(0);
  });
});

describe("live", () => {
  beforeEach(() => {
    player = new Player([], () => changes++, clock);
    player.startLive();
  });

  test("follows the newest event until the reader looks back, and loses none", () => {
    player.append(events.slice(0, 40));
    expect(player.index).toBe(40);
    player.seek(10);
    player.append(events.slice(40, 90));
    expect([player.index, player.length, player.following]).toEqual([10, 90, false]);
    player.follow();
    expect([player.index, player.following]).toEqual([90, true]);
    player.append(events.slice(90));
    expect(player.events).toEqual(events);
  });

  test("the newest place never goes back", () => {
    let head = 0;
    for (const event of events) {
      player.append([event]);
      expect(player.index).toBeGreaterThan(head);
      head = player.index;
    }
  });

  test("playing into the newest event follows again", () => {
    player.append(events.slice(0, 60));
    player.seek(50);
    player.play();
    clock.turn(whole);
    expect(player.following).toBe(true);
    player.append(events.slice(60, 70));
    expect(player.index).toBe(70);
  });

  test("when the run ends the reader stays where they are", () => {
    player.append(events);
    player.seek(12);
    player.endLive();
    expect([player.index, player.live]).toEqual([12, false]);
  });
});
