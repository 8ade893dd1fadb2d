// Parallel functions: what their goroutines share is memory, and what is made to be shared.
import { chan, go, parallel, type Chan, type Routine } from "goro";
import { Mutex, WaitGroup } from "goro/sync";
import { Int32 } from "goro/sync/atomic";
import { use } from "./kit.js";

function* addTo(words: Int32Array, i: number): Routine {
  words[i]!++; // race shared
}
const add = parallel(import.meta.url, addTo);

function* addLockedTo(words: Int32Array, mu: Mutex): Routine {
  yield* mu.lock();
  words[0]!++;
  mu.unlock();
}
const addLocked = parallel(import.meta.url, addLockedTo);

function* addAtomicTo(words: Int32Array, n: Int32): Routine {
  Atomics.add(words, 0, 1);
  n.add(1);
}
const addAtomic = parallel(import.meta.url, addAtomicTo);

function* fillOf(words: Int32Array, done: Chan<number>): Routine {
  words.fill(7);
  yield* done.send(1);
}
const fill = parallel(import.meta.url, fillOf);

function* changeOf(given: { n: number }): Routine<{ n: number }> {
  given.n++;
  return given;
}
const change = parallel(import.meta.url, changeOf);

const shared = () => new Int32Array(new SharedArrayBuffer(64));

export function* oneElement() {
  const words = shared();
  const started = [go(add, words, 0), go(add, words, 0)];
  for (const g of started) yield* g.join();
}

export function* twoElements() {
  const words = shared();
  const started = [go(add, words, 0), go(add, words, 1)];
  for (const g of started) yield* g.join();
}

export function* underALock() {
  const words = shared();
  const mu = new Mutex();
  const started = [go(addLocked, words, mu), go(addLocked, words, mu)];
  for (const g of started) yield* g.join();
  use(words[0]);
}

export function* atomically() {
  const words = shared();
  const n = new Int32();
  const started = [go(addAtomic, words, n), go(addAtomic, words, n)];
  for (const g of started) yield* g.join();
  use(n.load());
}

export function* overAChannel() {
  const words = shared();
  const done = chan<number>();
  words[0] = 1;
  go(fill, words, done);
  yield* done.recv();
  use(words[0]);
}

export function* copiesAreTheirOwn() {
  const given = { n: 0 };
  const started = [go(change, given), go(change, given)];
  for (const g of started) yield* g.join();
  given.n++;
}

export function* afterAWaitGroup() {
  const words = shared();
  const wg = new WaitGroup();
  wg.go(add, words, 0);
  yield* wg.wait();
  use(words[0]);
}
