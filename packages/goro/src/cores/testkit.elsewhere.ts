// Runs a parallel function on another core for certain: this one stands still until it has been taken.
import { go, type Op, type Parallel, type Routine } from "../index.js";
import { where } from "./testkit.functions.js";

/** A word that a function sets once it runs. */
export type Taken = Int32Array<SharedArrayBuffer>;

export function taken(flag: Taken): void {
  Atomics.store(flag, 0, 1);
}

/** Stands still. */
export function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

export function elsewhere<A extends unknown[], T>(fn: Parallel<[Taken, ...A], T>, ...args: A): Op<T> {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const join = go(fn, flag, ...args).join();
  const until = performance.now() + 20_000;
  while (Atomics.load(flag, 0) === 0) if (performance.now() > until) throw new Error("no other core has taken it");
  return join;
}

/** Waits until so many cores run: a thread takes a while to start. */
export function* warmUp(cores: number): Routine {
  const used = new Set<number>();
  while (used.size < cores) {
    const joins = Array.from({ length: cores * 4 }, () => go(where, 10).join());
    for (const join of joins) used.add(yield* join);
  }
}
