// A map that is safe to share: ten writers fill it one at a time, then ten readers are inside together.
// Both stay inside for 20 ms, so the writers need ten times as long as the readers.
import { main, sleep, type Routine } from "goro";
import { RWMutex, WaitGroup } from "goro/sync";

class SafeMap<K, V> {
  readonly #mu = new RWMutex();
  readonly #entries = new Map<K, V>();
  #inside = 0;
  /** The most goroutines that were ever inside at the same time. */
  mostInside = 0;

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
    this.mostInside = Math.max(this.mostInside, ++this.#inside);
    yield* sleep(20);
    this.#inside--;
  }
}

main(function* () {
  const squares = new SafeMap<number, number>();
  const wg = new WaitGroup();

  let t0 = performance.now();
  for (let n = 1; n <= 10; n++) wg.go(() => squares.set(n, n * n));
  yield* wg.wait();
  console.log(`10 writers: at most ${squares.mostInside} inside, ${(performance.now() - t0).toFixed(0)} ms`);

  const seen: (number | undefined)[] = [];
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
