import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { dawn, joined, known, withKnown, type Clock } from "./clock.js";

/** The slow and obvious one. */
type Plain = ReadonlyMap<number, number>;

function both(entries: readonly (readonly [thread: number, time: number])[]): [Clock, Plain] {
  let clock = dawn;
  const plain = new Map<number, number>();
  for (const [thread, time] of entries) {
    clock = withKnown(clock, thread, time);
    plain.set(thread, time);
  }
  return [clock, plain];
}

function equals(clock: Clock, plain: Plain, upTo: number): void {
  const got = new Map<number, number>();
  for (let thread = 0; thread < upTo; thread++) if (known(clock, thread) > 0) got.set(thread, known(clock, thread));
  deepEqual(got, new Map([...plain].sort(([a], [b]) => a - b)));
}

test("a clock knows what it was told, whatever its size", () => {
  for (const numbers of [[0], [15, 16], [0, 255, 256, 4095, 4096, 70_000]]) {
    const [clock, plain] = both(numbers.map((n) => [n, n + 1]));
    equals(clock, plain, 70_100);
  }
});

test("two clocks joined know the later of each, and the former ones are as they were", () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 200; round++) {
    const entries = (): [number, number][] =>
      Array.from({ length: random(30) }, () => [random(round % 2 === 0 ? 20 : 5000), 1 + random(9)]);
    const [a, plainA] = both(entries());
    const [b, plainB] = both(entries());
    const plain = new Map(plainA);
    for (const [thread, time] of plainB) plain.set(thread, Math.max(time, plain.get(thread) ?? 0));
    equals(joined(a, b), plain, 5000);
    equals(joined(b, a), plain, 5000);
    equals(a, plainA, 5000);
  }
});

test("who learns nothing keeps the clock they have", () => {
  const [a] = both([
    [1, 5],
    [300, 6],
  ]);
  const b = withKnown(a, 300, 9);
  equal(joined(b, a), b);
  equal(joined(a, b), b);
  equal(joined(a, dawn), a);
  equal(joined(dawn, a), a);
});
