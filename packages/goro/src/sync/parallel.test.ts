// Sync primitives that a parallel goroutine is given are the ones that the giver has, not copies of them.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, parallel } from "goro";
import type { SendChan } from "goro";
import { gosched } from "goro/runtime";
import { Cond, Map as SyncMap, Mutex, Once, RWMutex, WaitGroup } from "goro/sync";
import { Int32 } from "goro/sync/atomic";
import { inGoroutine } from "../testkit.portable.js";

export const increment = parallel(
  import.meta.url,
  function* increment(mu: Mutex, total: Int32, inside: Int32, wg: WaitGroup) {
    for (let i = 0; i < 20; i++) {
      yield* mu.lock();
      if (inside.add(1) !== 1) throw new Error("two goroutines hold the mutex");
      const before = total.load();
      yield* gosched();
      total.store(before + 1);
      inside.add(-1);
      mu.unlock();
    }
    wg.done();
  },
);

test(
  "parallel goroutines share a Mutex, a WaitGroup and atomics with the one that started them",
  inGoroutine(function* () {
    const mu = new Mutex();
    const total = new Int32();
    const inside = new Int32();
    const wg = new WaitGroup();
    wg.add(5);
    for (let g = 0; g < 5; g++) go(increment, mu, total, inside, wg);
    yield* mu.lock();
    yield* gosched();
    equal(inside.load(), 0);
    mu.unlock();
    yield* wg.wait();
    equal(total.load(), 100);
    ok(mu.tryLock());
  }),
);

export const read = parallel(import.meta.url, function* read(rw: RWMutex, log: SendChan<string>) {
  yield* rw.rLock();
  yield* log.send("read");
  rw.rUnlock();
});

test(
  "parallel goroutines share an RWMutex",
  inGoroutine(function* () {
    const rw = new RWMutex();
    const log = chan<string>(10);
    yield* rw.lock();
    const readers = [go(read, rw, log).join(), go(read, rw, log).join()];
    yield* gosched();
    equal(log.length, 0);
    yield* log.send("written");
    rw.unlock();
    for (const reader of readers) yield* reader;
    deepEqual([yield* log.recv(), yield* log.recv(), yield* log.recv()], ["written", "read", "read"]);
    ok(rw.tryLock());
  }),
);

export const awaitTurn = parallel(
  import.meta.url,
  function* awaitTurn(mu: Mutex, cond: Cond, turn: Int32, waiting: SendChan<boolean>) {
    yield* mu.lock();
    yield* waiting.send(true);
    while (turn.load() === 0) yield* cond.wait();
    const held = !mu.tryLock();
    mu.unlock();
    return held;
  },
);

test(
  "parallel goroutines share a Cond and its locker",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const turn = new Int32();
    const waiting = chan<boolean>(1);
    const waiter = go(awaitTurn, mu, cond, turn, waiting).join();
    yield* waiting.recv();
    yield* mu.lock();
    turn.store(1);
    cond.broadcast();
    mu.unlock();
    equal(yield* waiter, true);
    ok(mu.tryLock());
  }),
);

export const once = parallel(import.meta.url, function* once(first: Once, count: Int32) {
  yield* first.do(() => {
    count.add(1);
  });
});

test(
  "parallel goroutines share a Once",
  inGoroutine(function* () {
    const first = new Once();
    const count = new Int32();
    const all = Array.from({ length: 5 }, () => go(once, first, count).join());
    for (const each of all) yield* each;
    yield* first.do(() => {
      count.add(1);
    });
    equal(count.load(), 1);
  }),
);

export const store = parallel(import.meta.url, function* store(map: SyncMap<string, number>, key: string) {
  map.store(key, key.length);
  const [seen] = map.load("main");
  return seen;
});

test(
  "parallel goroutines share a Map",
  inGoroutine(function* () {
    const map = new SyncMap<string, number>();
    map.store("main", 1);
    const all = [go(store, map, "a").join(), go(store, map, "bb").join()];
    for (const each of all) equal(yield* each, 1);
    deepEqual(map.load("a"), [1, true]);
    deepEqual(map.load("bb"), [2, true]);
  }),
);
