// What goro's adapter starts on other cores.
import { parallel } from "goro";
import { countPrimes, keepBusy, smallObject } from "../../lib/adapter.mjs";

const here = import.meta.url;

export const noop = parallel(here, function* noop() {
  return 0;
});

export const primes = parallel(here, function* primes(from, to) {
  return countPrimes(from, to);
});

export const busy = parallel(here, function* busy(flags) {
  keepBusy(flags);
});

export const sendNumbers = parallel(here, function* sendNumbers(started, out, n) {
  Atomics.store(started, 0, 1);
  for (let i = 0; i < n; i++) yield* out.send(i);
  out.close();
});

export const sendObjects = parallel(here, function* sendObjects(started, out, n) {
  Atomics.store(started, 0, 1);
  for (let i = 0; i < n; i++) yield* out.send(smallObject(i));
  out.close();
});

export const answer = parallel(here, function* answer(started, questions, answers) {
  Atomics.store(started, 0, 1);
  for (const r = questions.range(); yield* r.next();) yield* answers.send(r.value);
});

/** counter: how many of these have started; what they increment. */
export const increments = parallel(here, function* increments(mutex, counter, n) {
  Atomics.add(counter, 0, 1);
  while (Atomics.load(counter, 0) < 2); // a core for each
  for (let i = 0; i < n; i++) {
    yield* mutex.lock();
    counter[1]++;
    mutex.unlock();
  }
});
