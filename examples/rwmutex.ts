// A map that is safe to share: ten writers fill it one at a time, then ten readers are inside together.
// Both stay inside for 20 ms, so the writers need ten times as long as the readers.
import { main, sleep, type Routine } from "goro";
import { RWMutex, WaitGroup } from "goro/sync";
import { Int32 } from "goro/sync/atomic";

class SafeMap<K, V> {
  readonly #mu = new RWMutex();
  readonly #entries = new Map<K, V>();
  readonly #inside = new Int32();
  readonly #mostInside = new Int32();

  /** The most goroutines that were ever inside at the same time. */
  get mostInside(): number {
    return this.#mostInside.load();
  }

  *set(key: K, value: V): Routine {
    using _ = yield* this.#mu.guard();
    yield* this.#work();
    this.#entries.set(key, value);
  }

  *get(key: K): Routine<V | undefined> {
    using _ = yield* this.#mu.rGuard();
    yield* this.#work();
    return this.#entries.get(key);
  }

  *#work() {
    const inside = this.#inside.add(1);
    for (let most = this.mostInside; most < inside; most = this.mostInside) {
      this.#mostInside.compareAndSwap(most, inside);
    }
    yield* sleep(20);
    this.#inside.add(-1);
  }
}

main(function* () {
  const squares = new SafeMap<number, number>();
  const wg = new WaitGroup();

  let t0 = performance.now();
  for (let n = 1; n <= 10; n++) wg.go(() => squares.set(n, n * n));
  yield* wg.wait();
  console.log(`10 writers: at most ${squares.mostInside} inside, ${(performance.now() - t0).toFixed(0)} ms`);

  const seen = new Array<number | undefined>(10).fill(undefined);
  t0 = performance.now();
  for (let n = 1; n <= 10; n++) {
    wg.go(function* () {
      seen[n - 1] = yield* squares.get(n);
    });
  }
  yield* wg.wait();
  console.log(`10 readers: at most ${squares.mostInside} inside, ${(performance.now() - t0).toFixed(0)} ms`);
  console.log(`they read ${seen.join(" ")}`);
});
