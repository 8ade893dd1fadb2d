import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Map as SyncMap } from "goro/sync";
import { seeded } from "../testkit.portable.js";
import { badArgument, notFunctions } from "./testkit.js";

function entries<K, V>(map: SyncMap<K, V>): [K, V][] {
  const list: [K, V][] = [];
  map.range((key, value) => {
    list.push([key, value]);
    return true;
  });
  return list;
}

test("Map: load() tells a stored value, also undefined, from none", () => {
  const map = new SyncMap<string, number | undefined>();
  deepEqual(map.load("a"), [undefined, false]);
  map.store("a", 1);
  deepEqual(map.load("a"), [1, true]);
  map.store("a", undefined);
  deepEqual(map.load("a"), [undefined, true]);
  deepEqual(map.load("b"), [undefined, false]);
});

test("Map: store() puts a later value in the place of an earlier one", () => {
  const map = new SyncMap<string, number>();
  map.store("a", 1);
  map.store("a", 2);
  deepEqual(entries(map), [["a", 2]]);
});

test("Map: loadOrStore() gives the value that is there, or stores", () => {
  const map = new SyncMap<string, number | undefined>();
  deepEqual(map.loadOrStore("a", 1), [1, false]);
  deepEqual(map.loadOrStore("a", 2), [1, true]);
  deepEqual(map.load("a"), [1, true]);
  map.store("u", undefined);
  deepEqual(map.loadOrStore("u", 3), [undefined, true]);
});

test("Map: loadAndDelete() takes the value out", () => {
  const map = new SyncMap<string, number | undefined>();
  deepEqual(map.loadAndDelete("a"), [undefined, false]);
  map.store("a", 1);
  deepEqual(map.loadAndDelete("a"), [1, true]);
  deepEqual(map.loadAndDelete("a"), [undefined, false]);
  map.store("u", undefined);
  deepEqual(map.loadAndDelete("u"), [undefined, true]);
  deepEqual(entries(map), []);
});

test("Map: delete() takes out what is there, and minds nothing that is not", () => {
  const map = new SyncMap<string, number>();
  map.delete("a");
  map.store("a", 1);
  map.store("b", 2);
  map.delete("a");
  deepEqual(map.load("a"), [undefined, false]);
  deepEqual(entries(map), [["b", 2]]);
});

test("Map: swap() stores and gives the value before", () => {
  const map = new SyncMap<string, number>();
  deepEqual(map.swap("a", 1), [undefined, false]);
  deepEqual(map.swap("a", 2), [1, true]);
  deepEqual(map.load("a"), [2, true]);
});

test("Map: compareAndSwap() stores only over the value that it is told", () => {
  const map = new SyncMap<string, object | number | undefined>();
  const value = {};
  ok(!map.compareAndSwap("missing", undefined, 1));
  deepEqual(map.load("missing"), [undefined, false]);
  map.store("a", 1);
  ok(!map.compareAndSwap("a", 2, 3));
  deepEqual(map.load("a"), [1, true]);
  ok(map.compareAndSwap("a", 1, value));
  ok(!map.compareAndSwap("a", {}, 4));
  ok(map.compareAndSwap("a", value, undefined));
  deepEqual(map.load("a"), [undefined, true]);
  ok(map.compareAndSwap("a", undefined, 5));
  deepEqual(map.load("a"), [5, true]);
});

test("Map: compareAndDelete() takes out only the value that it is told", () => {
  const map = new SyncMap<string, number | undefined>();
  ok(!map.compareAndDelete("missing", undefined));
  map.store("a", 1);
  ok(!map.compareAndDelete("a", 2));
  deepEqual(map.load("a"), [1, true]);
  ok(map.compareAndDelete("a", 1));
  ok(!map.compareAndDelete("a", 1));
  deepEqual(map.load("a"), [undefined, false]);
  map.store("u", undefined);
  ok(map.compareAndDelete("u", undefined));
  deepEqual(entries(map), []);
});

test("Map: keys of every kind, NaN too", () => {
  const map = new SyncMap<unknown, string>();
  const object = {};
  const symbol = Symbol("s");
  for (const key of [NaN, undefined, null, 0, "0", object, symbol, true, 10n]) map.store(key, String(key));
  deepEqual(map.load(NaN), ["NaN", true]);
  deepEqual(map.loadOrStore(NaN, "other"), ["NaN", true]);
  deepEqual(map.load(undefined), ["undefined", true]);
  deepEqual(map.load(0), ["0", true]);
  deepEqual(map.load(object), ["[object Object]", true]);
  deepEqual(map.load({}), [undefined, false]);
  deepEqual(map.load(symbol), ["Symbol(s)", true]);
  deepEqual(map.swap(NaN, "swapped"), ["NaN", true]);
  ok(map.compareAndSwap(NaN, "swapped", "again"));
  equal(entries(map).length, 9);
  ok(map.compareAndDelete(NaN, "again"));
  equal(entries(map).length, 8);
});

test("Map.range: visits every entry, and stops when fn returns false", () => {
  const map = new SyncMap<number, number>();
  map.range(() => {
    throw new Error("an empty map has nothing to visit");
  });
  for (let i = 0; i < 10; i++) map.store(i, i * i);
  deepEqual(
    entries(map).sort((a, b) => a[0] - b[0]),
    Array.from({ length: 10 }, (_, i) => [i, i * i]),
  );
  let visits = 0;
  map.range(() => ++visits < 3);
  equal(visits, 3);
});

test("Map.range: ends, and visits each key at most once, whatever fn stores", () => {
  const map = new SyncMap<number, number>();
  for (let i = 0; i < 10; i++) map.store(i, i);
  const visited: number[] = [];
  map.range((key, value) => {
    visited.push(key);
    map.store(key, value + 1);
    map.delete(key);
    map.store(key, value + 2);
    map.store(100 + visited.length, 0);
    return visited.length < 10_000;
  });
  ok(visited.length < 10_000, "it did not end");
  equal(new Set(visited).size, visited.length);
  for (let i = 0; i < 10; i++) ok(visited.includes(i));
  deepEqual(map.load(5), [7, true]);
});

test("Map.range: may be cleared and ranged over within fn", () => {
  const map = new SyncMap<number, string>();
  for (let i = 0; i < 5; i++) map.store(i, "v");
  const seen = new Set<number>();
  let inner = 0;
  map.range((key) => {
    ok(!seen.has(key));
    seen.add(key);
    map.range(() => {
      inner++;
      return true;
    });
    if (seen.size === 2) map.clear();
    return true;
  });
  ok(seen.size >= 2 && seen.size <= 5);
  ok(inner >= 10);
  deepEqual(entries(map), []);
});

test("Map.range: what fn throws comes out, and the map stays usable", () => {
  const map = new SyncMap<number, number>();
  map.store(1, 1);
  const boom = new Error("boom");
  let got: unknown;
  try {
    map.range(() => {
      throw boom;
    });
  } catch (error) {
    got = error;
  }
  equal(got, boom);
  deepEqual(entries(map), [[1, 1]]);
});

test("Map: clear() empties it", () => {
  const map = new SyncMap<number, number>();
  map.clear();
  for (let i = 0; i < 10; i++) map.store(i, i);
  map.clear();
  deepEqual(entries(map), []);
  deepEqual(map.loadOrStore(1, 5), [5, false]);
});

test("Map: does under random use what a plain Map does", () => {
  const random = seeded("Map under random use");
  const pick = (n: number): number => Math.floor(random() * n);
  const map = new SyncMap<number, number>();
  const twin = new Map<number, number>();
  for (let step = 0; step < 5000; step++) {
    const key = pick(8);
    const value = pick(3);
    const old = pick(3);
    const had = twin.has(key);
    const before = twin.get(key);
    switch (pick(9)) {
      case 0:
        deepEqual(map.load(key), [before, had]);
        break;
      case 1:
        map.store(key, value);
        twin.set(key, value);
        break;
      case 2:
        deepEqual(map.loadOrStore(key, value), [had ? before : value, had]);
        if (!had) twin.set(key, value);
        break;
      case 3:
        deepEqual(map.loadAndDelete(key), [before, had]);
        twin.delete(key);
        break;
      case 4:
        map.delete(key);
        twin.delete(key);
        break;
      case 5:
        deepEqual(map.swap(key, value), [before, had]);
        twin.set(key, value);
        break;
      case 6:
        equal(map.compareAndSwap(key, old, value), had && before === old);
        if (had && before === old) twin.set(key, value);
        break;
      case 7:
        equal(map.compareAndDelete(key, old), had && before === old);
        if (had && before === old) twin.delete(key);
        break;
      default:
        deepEqual(
          entries(map).sort((a, b) => a[0] - b[0]),
          [...twin].sort((a, b) => a[0] - b[0]),
        );
        if (pick(20) === 0) {
          map.clear();
          twin.clear();
        }
    }
  }
});

test("Map.range: what is no function is refused by name, also by an empty map", () => {
  for (const fn of notFunctions) badArgument(() => new SyncMap().range(fn as () => boolean), "fn");
});
