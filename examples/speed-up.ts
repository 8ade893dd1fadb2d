// The same work on one core and on all there are, by turns, and how much sooner all of them are done with it.
// Not a program: those whose goroutines run on every core use it. The better of two runs counts, as the first one warms up.
import type { Routine } from "goro";
import { gomaxprocs } from "goro/runtime";

export interface SpeedUp<T> {
  readonly result: T;
  readonly cores: number;
  readonly oneMs: number;
  readonly allMs: number;
  readonly times: number;
}

export function* onOneCoreAndAll<T>(work: () => Routine<T>): Routine<SpeedUp<T>> {
  const cores = gomaxprocs();
  const one = { cores: 1, ms: Infinity };
  const all = { cores, ms: Infinity };
  let result!: T;
  for (let round = 0; round < 2; round++) {
    for (const way of [one, all]) {
      gomaxprocs(way.cores);
      const t0 = performance.now();
      result = yield* work();
      way.ms = Math.min(way.ms, performance.now() - t0);
    }
  }
  return { result, cores, oneMs: one.ms, allMs: all.ms, times: one.ms / all.ms };
}

export function report({ cores, oneMs, allMs, times }: SpeedUp<unknown>): void {
  const both = `one core ${oneMs.toFixed(0)} ms, every core (${cores}) ${allMs.toFixed(0)} ms`;
  console.log(`${both}: speed-up ${times.toFixed(2)}`);
}
