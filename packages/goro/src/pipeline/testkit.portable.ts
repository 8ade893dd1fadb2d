// What the tests of patterns share: counting what is left behind, and sources that tell how far they have run.
import { equal } from "node:assert/strict";
import type { Routine } from "goro";
import { numGoroutine } from "goro/runtime";
import { inGoroutine } from "../testkit.portable.js";
import { settle } from "../sync/testkit.js";

/** A test of a goroutine body that leaves no goroutine behind. */
export function leavesNothing(body: () => Routine): () => Promise<void> {
  return inGoroutine(function* () {
    yield* settle(); // those of the test before
    const before = numGoroutine();
    yield* body();
    for (let i = 0; i < 10 && numGoroutine() > before; i++) yield* settle();
    equal(numGoroutine(), before, "goroutines are left behind");
  });
}

export interface Counted<V> {
  readonly values: V;
  /** How many values it has been asked for. */
  asked: number;
  closed: number;
}

/** The numbers from 0, as a generator. */
export function numbers(to = Infinity): Counted<Iterable<number>> {
  const counted: Counted<Iterable<number>> = { values: generate(), asked: 0, closed: 0 };
  function* generate(): Generator<number> {
    try {
      for (let i = 0; i < to; i++) {
        counted.asked++;
        yield i;
      }
    } finally {
      counted.closed++;
    }
  }
  return counted;
}

export function range(to: number): number[] {
  return Array.from({ length: to }, (_, i) => i);
}

export const ascending = (a: number, b: number): number => a - b;
