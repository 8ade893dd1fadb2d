// Parallel steps for tests, in a module of their own: another core loads the whole module that declares one.
import { parallel, type RecvChan, type Routine } from "../index.js";
import { processor } from "../runtime/processor.js";

export const square = parallel(import.meta.url, function* square(n: number): Routine<number> {
  return n * n;
});

export const isOdd = parallel(import.meta.url, function* isOdd(n: number): Routine<boolean> {
  return n % 2 === 1;
});

/** Keeps its core busy, and says which it was. */
export const busy = parallel(import.meta.url, function* busy(ms: number): Routine<number> {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return processor.id;
});

export const failAt = parallel(import.meta.url, function* failAt(n: number): Routine<number> {
  if (n === 500) throw new RangeError(`thrown over there at ${n}`);
  return n;
});

/** Adds up a channel, on whichever core. */
export const total = parallel(import.meta.url, function* total(input: RecvChan<number>): Routine<number> {
  let sum = 0;
  for (const r = input.range(); yield* r.next();) sum += r.value;
  return sum;
});
