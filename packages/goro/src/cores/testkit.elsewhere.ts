// Runs a parallel function on another core for certain: this one stands still until it has been taken.
import { go, parallel, type Op, type Parallel, type Routine } from "../index.js";
import { processor } from "../runtime/processor.js";

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

// All in one piece of memory, which every core knows before any has to wait for it: a core that stands still sends nothing.
const flags = new Int32Array(new SharedArrayBuffer(4096));
let used = 0;

/** For a function that may run anywhere. */
export function newFlag(): Taken {
  const flag = flags.subarray(used, used + 1);
  used = (used + 1) % flags.length;
  flag[0] = 0;
  return flag;
}

export function elsewhere<A extends unknown[], T>(fn: Parallel<[Taken, ...A], T>, ...args: A): Op<T> {
  const flag = newFlag();
  const join = go(fn, flag, ...args).join();
  const until = performance.now() + 20_000;
  while (Atomics.load(flag, 0) === 0) if (performance.now() > until) throw new Error("no other core has taken it");
  return join;
}

/** Waits until so many cores run: a thread takes a while to start. */
export function* warmUp(cores: number): Routine {
  const met = new Set<number>();
  while (met.size < cores) {
    const joins = Array.from({ length: cores * 4 }, () => go(meet, flags).join());
    for (const join of joins) met.add(yield* join);
  }
}

const meet = parallel(import.meta.url, function* meet(_flags: Taken): Routine<number> {
  standStill(10);
  return processor.id;
});
