// Parallel functions for tests, in a module of their own: another core loads the whole module that declares one.

import { parallel, select, sleep, type Chan, type RecvChan, type Routine, type SendChan } from "../index.js";
import { processor } from "../runtime/processor.js";

function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Keeps its core busy, and says which it was. */
export const where = parallel(import.meta.url, function* where(ms: number): Routine<number> {
  burn(ms);
  return processor.id;
});

export const echo = parallel(import.meta.url, function* echo(value: unknown): Routine<unknown> {
  return value;
});

export const fail = parallel(import.meta.url, function* fail(ms: number): Routine<never> {
  burn(ms);
  throw new RangeError("thrown over there");
});

export const double = parallel(
  import.meta.url,
  function* double(input: RecvChan<number>, output: SendChan<number>): Routine<number> {
    let n = 0;
    for (const r = input.range(); yield* r.next(); n++) {
      burn(0.2);
      yield* output.send(r.value * 2);
    }
    return n;
  },
);

export const fill = parallel(
  import.meta.url,
  function* fill(memory: SharedArrayBuffer, from: number, to: number): Routine<void> {
    const words = new Int32Array(memory);
    for (let i = from; i < to; i++) {
      burn(0.05);
      words[i] = i;
    }
  },
);

/** Sends on whichever of two is received from, until it is told to stop. */
export const either = parallel(
  import.meta.url,
  function* either(a: Chan<string>, b: Chan<string>, quit: RecvChan<never>): Routine<number> {
    for (let n = 0; ; n++) {
      const got = yield* select({ a: a.send("a"), b: b.send("b"), quit: quit.recv(), late: sleep(5000) });
      if (got.case === "quit") return n;
      if (got.case === "late") throw new Error("nobody has received for five seconds");
    }
  },
);
