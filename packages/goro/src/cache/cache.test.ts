import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep } from "goro";
import type { Routine } from "goro";
import { Cache } from "goro/cache";
import type { CacheOptions } from "goro/cache";
import { background, withCancel } from "goro/context";
import { goexit } from "goro/runtime";
import { badArgument, notFunctions, thrown, thrownByOp, watchOp } from "../sync/testkit.js";
import { costRatio, idle, seeded, sized } from "../testkit.portable.js";
import { leavesNothing } from "../pipeline/testkit.portable.js";

type Gone = [key: string, value: number, why: string];

/** A test with a maker of caches that end with it, and what they have evicted. */
function withCache(
  body: (make: (options: Partial<CacheOptions<string, number>>) => Cache<string, number>, gone: Gone[]) => Routine,
): () => Promise<void> {
  return leavesNothing(function* () {
    const [ctx, cancel] = withCancel(background());
    const gone: Gone[] = [];
    yield* body(
      (options) =>
        new Cache(ctx, { ttl: 10_000, onEvict: (key, value, why) => gone.push([key, value, why]), ...options }),
      gone,
    );
    cancel();
  });
}

test(
  "keeps values until they are deleted or replaced",
  withCache(function* (make, gone) {
    const cache = make({});
    equal(cache.get("a"), undefined);
    cache.set("a", 1);
    cache.set("b", 2);
    deepEqual([cache.get("a"), cache.get("b"), cache.size], [1, 2, 2]);
    cache.set("a", 3);
    equal(cache.get("a"), 3);
    ok(cache.delete("b"));
    ok(!cache.delete("b"));
    deepEqual([cache.get("b"), cache.size], [undefined, 1]);
    deepEqual(gone, [
      ["a", 1, "replaced"],
      ["b", 2, "deleted"],
    ]);
    deepEqual(cache.stats(), { hits: 3, misses: 2, evictions: 0 });
    yield* idle();
  }),
);

test(
  "an entry past its time is a miss before the janitor comes, and reading does not lengthen its life",
  withCache(function* (make, gone) {
    const cache = make({ ttl: 40, sweepEvery: 100_000 });
    cache.set("a", 1);
    cache.set("b", 2, 100_000);
    cache.set("c", 3, Infinity);
    cache.set("d", 4, 0);
    equal(cache.get("d"), undefined);
    const start = performance.now();
    while (cache.get("a") !== undefined) yield* sleep(5);
    const took = performance.now() - start;
    ok(took >= 39 && took < 5000, `${took} ms`);
    deepEqual([cache.get("a"), cache.get("b"), cache.get("c"), cache.size], [undefined, 2, 3, 2]);
    ok(!cache.delete("a"));
    deepEqual(gone, [
      ["d", 4, "expired"],
      ["a", 1, "expired"],
    ]);
    equal(cache.stats().evictions, 2);
  }),
);

test(
  "the janitor sweeps what nobody reads, also after the cache has been empty, and ends with the context",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(background());
    const gone: unknown[] = [];
    const cache = new Cache<number, string>(ctx, { ttl: 10, onEvict: (key, _value, why) => gone.push(key, why) });
    for (const key of [1, 2]) {
      yield* sleep(15);
      cache.set(key, "v");
      for (let i = 0; i < 200 && gone.length < 2 * key; i++) yield* sleep(5);
    }
    deepEqual(gone, [1, "expired", 2, "expired"]);
    cancel();
    yield* idle();
    cache.set(3, "v", 1);
    yield* sleep(30);
    equal(gone.length, 4, "no janitor any more");
    equal(cache.get(3), undefined);
  }),
);

test(
  "past maxEntries the least recently used goes: to read is to use, to set too; what has expired goes first",
  withCache(function* (make, gone) {
    const cache = make({ maxEntries: 3, sweepEvery: 100_000 });
    for (const [i, key] of ["a", "b", "c"].entries()) cache.set(key, i);
    cache.get("a");
    cache.set("b", 10);
    cache.set("d", 3);
    deepEqual(gone, [
      ["b", 1, "replaced"],
      ["c", 2, "full"],
    ]);
    equal(cache.size, 3);
    equal(cache.stats().evictions, 1);
    gone.length = 0;
    cache.set("d", 4, 5);
    yield* sleep(20);
    cache.set("e", 5);
    deepEqual(gone, [
      ["d", 3, "replaced"],
      ["d", 4, "expired"],
    ]);
    deepEqual([cache.get("a"), cache.get("b"), cache.get("e")], [0, 10, 5]);
  }),
);

test(
  "behaves as a slow and obvious one under random use",
  withCache(function* (make, gone) {
    const random = seeded("cache");
    const max = 5;
    const cache = make({ maxEntries: max });
    let list: [string, number][] = []; // least recently used first
    const expected: Gone[] = [];
    const take = (key: string): [string, number] | undefined => {
      const found = list.find(([k]) => k === key);
      list = list.filter((entry) => entry !== found);
      return found;
    };
    for (let i = 0; i < sized(5000, 500); i++) {
      const key = "abcdefgh"[Math.floor(random() * 8)]!;
      const old = take(key);
      if (random() < 0.4) {
        equal(cache.get(key), old?.[1]);
        if (old !== undefined) list.push(old);
      } else if (random() < 0.7) {
        cache.set(key, i);
        if (old !== undefined) expected.push([...old, "replaced"]);
        while (list.length >= max) expected.push([...list.shift()!, "full"]);
        list.push([key, i]);
      } else {
        equal(cache.delete(key), old !== undefined);
        if (old !== undefined) expected.push([...old, "deleted"]);
      }
      equal(cache.size, list.length);
    }
    deepEqual(gone, expected);
    yield* idle();
  }),
);

test(
  "getOrLoad: loads a missing entry once, however many ask for it meanwhile",
  withCache(function* (make) {
    const cache = make({});
    let loads = 0;
    function* load(key: string): Routine<number> {
      loads++;
      yield* sleep(5);
      return key.length;
    }
    const asking = Array.from({ length: 50 }, () => watchOp(cache.getOrLoad("four", load)));
    const other = watchOp(cache.getOrLoad("other", async (key) => key.length));
    for (const { goroutine } of [...asking, other]) yield* goroutine.join();
    deepEqual(
      asking.map((w) => w.value),
      new Array<number>(50).fill(4),
    );
    equal(other.value, 5);
    equal(loads, 1);
    equal(yield* cache.getOrLoad("four", load), 4);
    equal(cache.get("four"), 4);
    equal(loads, 1);
    deepEqual(cache.stats(), { hits: 2, misses: 51, evictions: 0 });
  }),
);

test(
  "getOrLoad: an error is thrown at all who wait, and not kept",
  withCache(function* (make) {
    const cache = make({});
    let loads = 0;
    function* load(): Routine<number> {
      yield* sleep(1);
      if (loads++ === 0) throw new RangeError("no route to host");
      return 7;
    }
    const asking = [watchOp(cache.getOrLoad("a", load)), watchOp(cache.getOrLoad("a", load))];
    for (const { goroutine } of asking) yield* goroutine.join();
    for (const { error } of asking) equal(String(error), "RangeError: no route to host");
    equal(cache.size, 0);
    equal(yield* cache.getOrLoad("a", load), 7);
    const left = yield* thrownByOp(
      cache.getOrLoad("b", function* () {
        goexit();
      }),
    );
    equal(String(left), "Error: Cache.getOrLoad: load ended its goroutine with goexit");
  }),
);

test(
  "getOrLoad: as a losing case of a select it goes on for the others, and for the cache",
  withCache(function* (make) {
    const cache = make({});
    const gate = chan<void>();
    let loads = 0;
    function* load(): Routine<number> {
      loads++;
      yield* gate.recv();
      return 1;
    }
    const got = yield* select({ value: cache.getOrLoad("a", load), late: sleep(5) });
    equal(got.case, "late");
    const other = watchOp(cache.getOrLoad("a", load));
    yield* idle();
    gate.close();
    yield* idle();
    equal(other.value, 1);
    equal(cache.get("a"), 1);
    equal(loads, 1);
    deepEqual(yield* select({ value: cache.getOrLoad("a", load), late: sleep(5000) }), { case: "value", value: 1 });
  }),
);

test(
  "getOrLoad: what set or delete has overtaken is given to who asked, and not kept",
  withCache(function* (make) {
    const cache = make({});
    const gates: { send(value: number): void }[] = [];
    function* load(): Routine<number> {
      const ch = chan<number>(1);
      gates.push({ send: (value) => ch.trySend(value) });
      return (yield* ch.recv())!;
    }
    const first = watchOp(cache.getOrLoad("a", load));
    yield* idle();
    cache.set("a", 10);
    gates[0]!.send(1);
    yield* idle();
    deepEqual([first.value, cache.get("a")], [1, 10]);

    cache.delete("a");
    const second = watchOp(cache.getOrLoad("a", load));
    yield* idle();
    cache.delete("a");
    const third = watchOp(cache.getOrLoad("a", load));
    yield* idle();
    gates[2]!.send(3);
    yield* idle();
    gates[1]!.send(2);
    yield* idle();
    deepEqual([second.value, third.value, cache.get("a")], [2, 3, 3]);
  }),
);

test(
  "onEvict may use the cache, and finds it settled",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(background());
    const sizes: number[] = [];
    const cache: Cache<string, number> = new Cache(ctx, {
      ttl: 10_000,
      maxEntries: 2,
      onEvict: (key, value, why) => {
        sizes.push(cache.size);
        if (why === "full" && value < 3) cache.set(key, value + 10); // has its own consequences
      },
    });
    cache.set("a", 1);
    cache.set("b", 20);
    cache.set("c", 30);
    deepEqual([cache.get("a"), cache.get("c"), cache.size], [11, 30, 2]);
    deepEqual(sizes, [2, 2]);
    const failing = new Cache<string, number>(ctx, {
      ttl: 10_000,
      onEvict: () => {
        throw new RangeError("in onEvict");
      },
    });
    failing.set("a", 1);
    equal(String(thrown(() => failing.set("a", 2))), "RangeError: in onEvict");
    equal(failing.get("a"), 2);
    cancel();
    yield* idle();
  }),
);

test(
  "readers, writers and loaders at once never see a value of another key",
  withCache(function* (make) {
    const cache = make({ ttl: 3, maxEntries: 20 });
    const random = seeded("readers and writers");
    const keys = Array.from({ length: 40 }, (_, i) => String(i));
    const workers = Array.from({ length: 20 }, (_, id) =>
      go(function* () {
        for (let i = 0; i < sized(200, 40); i++) {
          const key = keys[Math.floor(random() * keys.length)]!;
          if (id < 5) cache.set(key, Number(key), random() * 4);
          else if (id < 10) ok([undefined, Number(key)].includes(cache.get(key)));
          else equal(yield* cache.getOrLoad(key, async (k) => Number(k)), Number(key));
          if (random() < 0.1) yield* sleep(random());
        }
      }).join(),
    );
    for (const worker of workers) yield* worker;
    ok(cache.size <= 20);
  }),
);

test(
  "what it costs does not grow with the number of entries",
  withCache(function* (make) {
    const use = (entries: number) =>
      function* (): Routine<number> {
        const cache = make({ maxEntries: entries });
        for (let i = 0; i < entries; i++) cache.set(String(i), i);
        const start = performance.now();
        for (let i = 0; i < 20_000; i++) {
          cache.set(String(entries + i), i);
          cache.get(String(entries + i - 10));
        }
        return performance.now() - start;
      };
    const ratio = yield* costRatio(use(1000), use(sized(100_000, 10_000)), 4);
    ok(ratio < 12, `${ratio} times as much with a hundred times as many`);
  }),
);

test("bad arguments are refused by name", () => {
  const [ctx, cancel] = withCancel(background());
  cancel();
  const make = (options: object) => () => new Cache(ctx, { ttl: 1, ...options });
  for (const ms of [0, -1, NaN, "5", null]) {
    badArgument(make({ ttl: ms }), "ttl");
    badArgument(make({ sweepEvery: ms }), "sweepEvery");
  }
  for (const n of [0, -1, 1.5, NaN, "5"]) badArgument(make({ maxEntries: n }), "maxEntries");
  badArgument(make({ onEvict: 5 }), "onEvict");
  badArgument(() => new Cache(undefined as never, { ttl: 1 }), "ctx");
  badArgument(() => new Cache(ctx, undefined as never), "options");
  const cache = make({})();
  for (const ms of [NaN, "5"]) badArgument(() => cache.set("a", 1, ms as number), "ttl");
  for (const fn of notFunctions) badArgument(() => cache.getOrLoad("a", fn as never), "fn");
});
