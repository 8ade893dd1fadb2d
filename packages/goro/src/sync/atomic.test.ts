import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { go, parallel } from "goro";
import { gosched } from "goro/runtime";
import { WaitGroup } from "goro/sync";
import { Bool, Int32, Int64, Uint32, Uint64, Value } from "goro/sync/atomic";
import { inGoroutine, seeded } from "../testkit.portable.js";
import { badArgument } from "./testkit.js";

const max32 = 2 ** 31 - 1;
const min32 = -(2 ** 31);
const maxU32 = 2 ** 32 - 1;
const max64 = 2n ** 63n - 1n;
const min64 = -(2n ** 63n);
const maxU64 = 2n ** 64n - 1n;

test("atomic: numbers start at zero, or at what they are given", () => {
  equal(new Int32().load(), 0);
  equal(new Uint32().load(), 0);
  equal(new Int64().load(), 0n);
  equal(new Uint64().load(), 0n);
  equal(new Int32(min32).load(), min32);
  equal(new Uint32(maxU32).load(), maxU32);
  equal(new Int64(min64).load(), min64);
  equal(new Uint64(maxU64).load(), maxU64);
});

test("atomic: store() and load()", () => {
  const i32 = new Int32(1);
  i32.store(-7);
  equal(i32.load(), -7);
  const u32 = new Uint32(1);
  u32.store(maxU32);
  equal(u32.load(), maxU32);
  const i64 = new Int64(1n);
  i64.store(-(2n ** 60n));
  equal(i64.load(), -(2n ** 60n));
  const u64 = new Uint64(1n);
  u64.store(maxU64 - 1n);
  equal(u64.load(), maxU64 - 1n);
});

test("atomic: add() returns the new value", () => {
  const i32 = new Int32(5);
  equal(i32.add(3), 8);
  equal(i32.add(-10), -2);
  equal(i32.load(), -2);
  const u32 = new Uint32(5);
  equal(u32.add(3), 8);
  const i64 = new Int64(5n);
  equal(i64.add(3n), 8n);
  equal(i64.add(-10n), -2n);
  const u64 = new Uint64(2n ** 63n);
  equal(u64.add(1n), 2n ** 63n + 1n);
  equal(u64.load(), 2n ** 63n + 1n);
});

test("atomic: add() wraps around like the machine type", () => {
  equal(new Int32(max32).add(1), min32);
  equal(new Int32(min32).add(-1), max32);
  equal(new Uint32(maxU32).add(1), 0);
  equal(new Uint32(0).add(-1), maxU32);
  equal(new Uint32(maxU32).add(maxU32), maxU32 - 1);
  equal(new Int64(max64).add(1n), min64);
  equal(new Int64(min64).add(-1n), max64);
  equal(new Uint64(maxU64).add(1n), 0n);
  equal(new Uint64(0n).add(-1n), maxU64);
});

test("atomic: swap() stores and returns the value before", () => {
  const i32 = new Int32(-1);
  equal(i32.swap(5), -1);
  equal(i32.load(), 5);
  const u32 = new Uint32(maxU32);
  equal(u32.swap(1), maxU32);
  const i64 = new Int64(min64);
  equal(i64.swap(1n), min64);
  const u64 = new Uint64(maxU64);
  equal(u64.swap(1n), maxU64);
  equal(u64.load(), 1n);
});

test("atomic: compareAndSwap() stores only over the value that it is told", () => {
  const i32 = new Int32(-5);
  ok(!i32.compareAndSwap(5, 6));
  equal(i32.load(), -5);
  ok(i32.compareAndSwap(-5, 6));
  equal(i32.load(), 6);
  const u32 = new Uint32(maxU32);
  ok(!u32.compareAndSwap(maxU32 - 1, 6));
  ok(u32.compareAndSwap(maxU32, 6));
  equal(u32.load(), 6);
  const i64 = new Int64(min64);
  ok(!i64.compareAndSwap(max64, 6n));
  ok(i64.compareAndSwap(min64, 6n));
  equal(i64.load(), 6n);
  const u64 = new Uint64(maxU64);
  ok(!u64.compareAndSwap(0n, 6n));
  ok(u64.compareAndSwap(maxU64, 6n));
  equal(u64.load(), 6n);
});

test("atomic: and(), or() return the old value", () => {
  const i32 = new Int32(0b1100);
  equal(i32.and(0b0110), 0b1100);
  equal(i32.load(), 0b0100);
  equal(i32.or(0b0011), 0b0100);
  equal(i32.load(), 0b0111);
  equal(i32.or(min32), 0b0111);
  equal(i32.load(), min32 + 0b0111);
  const u32 = new Uint32(maxU32);
  equal(u32.and(0xff), maxU32);
  equal(u32.or(0x8000_0000), 0xff);
  equal(u32.load(), 0x8000_00ff);
  const i64 = new Int64(-1n);
  equal(i64.and(max64), -1n);
  equal(i64.or(1n), max64);
  equal(i64.load(), max64);
  const u64 = new Uint64(maxU64);
  equal(u64.and(2n ** 63n), maxU64);
  equal(u64.or(1n), 2n ** 63n);
  equal(u64.load(), 2n ** 63n + 1n);
});

test("atomic: many numbers keep apart from each other", () => {
  const random = seeded("atomics beside each other");
  const twins = Array.from({ length: 300 }, (_, i) => {
    const start = Math.floor(random() * 1000);
    return i % 2 === 0
      ? { atom: new Int32(start), want: start, big: undefined }
      : { atom: undefined, want: start, big: new Uint64(BigInt(start)) };
  });
  for (let step = 0; step < 5000; step++) {
    const twin = twins[Math.floor(random() * twins.length)]!;
    const delta = Math.floor(random() * 100);
    twin.want += delta;
    if (twin.atom !== undefined) equal(twin.atom.add(delta), twin.want);
    else equal(twin.big.add(BigInt(delta)), BigInt(twin.want));
  }
  for (const twin of twins) equal(Number((twin.atom ?? twin.big).load()), twin.want);
});

test(
  "atomic: goroutines count together, each yielding as it likes",
  inGoroutine(function* () {
    const count = new Int64();
    const spins = new Int32();
    const wg = new WaitGroup();
    for (let g = 0; g < 20; g++) {
      wg.go(function* () {
        for (let i = 0; i < 50; i++) {
          count.add(1n);
          for (;;) {
            const old = spins.load();
            if (i % 10 === 0) yield* gosched();
            if (spins.compareAndSwap(old, old + 1)) break;
          }
        }
      });
    }
    yield* wg.wait();
    equal(count.load(), 1000n);
    equal(spins.load(), 1000);
  }),
);

test("atomic.Bool: load, store, swap, compareAndSwap", () => {
  equal(new Bool().load(), false);
  const flag = new Bool(true);
  equal(flag.load(), true);
  equal(flag.swap(false), true);
  equal(flag.load(), false);
  ok(!flag.compareAndSwap(true, false));
  equal(flag.load(), false);
  ok(flag.compareAndSwap(false, true));
  equal(flag.load(), true);
  ok(flag.compareAndSwap(true, true));
  flag.store(false);
  equal(flag.load(), false);
  equal(flag.swap(true), false);
});

test("atomic.Value: load, store, swap, compareAndSwap for any value", () => {
  const empty = new Value<{ n: number } | string>();
  equal(empty.load(), undefined);
  const a = { n: 1 };
  ok(!empty.compareAndSwap(a, a));
  ok(empty.compareAndSwap(undefined, a));
  equal(empty.load(), a);
  ok(!empty.compareAndSwap({ n: 1 }, "b"));
  ok(empty.compareAndSwap(a, "b"));
  equal(empty.swap("c"), "b");
  empty.store("d");
  equal(empty.load(), "d");
  equal(new Value<number>().swap(5), undefined);
  equal(new Value("x").load(), "x");
  equal(new Value(0).load(), 0);
});

test("atomic: bad arguments are refused by name, and change nothing", () => {
  for (const bad of [NaN, 0.5, Infinity, "1", 1n, null, {}] as never[]) {
    for (const make of [() => new Int32(7), () => new Uint32(7)]) {
      const atom = make();
      badArgument(() => atom.store(bad), "value");
      badArgument(() => atom.add(bad), "delta");
      badArgument(() => atom.swap(bad), "value");
      badArgument(() => atom.compareAndSwap(7, bad), "value");
      badArgument(() => atom.and(bad), "mask");
      badArgument(() => atom.or(bad), "mask");
      equal(atom.load(), 7);
    }
    badArgument(() => new Int32(bad), "initial");
    badArgument(() => new Uint32(bad), "initial");
  }
  for (const bad of [NaN, 1, "1", null, {}] as never[]) {
    for (const make of [() => new Int64(7n), () => new Uint64(7n)]) {
      const atom = make();
      badArgument(() => atom.store(bad), "value");
      badArgument(() => atom.add(bad), "delta");
      badArgument(() => atom.swap(bad), "value");
      badArgument(() => atom.compareAndSwap(7n, bad), "value");
      badArgument(() => atom.and(bad), "mask");
      badArgument(() => atom.or(bad), "mask");
      equal(atom.load(), 7n);
    }
    badArgument(() => new Int64(bad), "initial");
    badArgument(() => new Uint64(bad), "initial");
  }
});

test("atomic.Bool: what is no boolean is refused by name", () => {
  const flag = new Bool(true);
  for (const bad of [0, 1, "true", null, {}] as never[]) {
    badArgument(() => new Bool(bad), "initial");
    badArgument(() => flag.store(bad), "value");
    badArgument(() => flag.swap(bad), "value");
    badArgument(() => flag.compareAndSwap(true, bad), "value");
  }
  equal(flag.load(), true);
});

export const countUp = parallel(
  import.meta.url,
  function* countUp(i32: Int32, u32: Uint32, i64: Int64, u64: Uint64, flag: Bool, wg: WaitGroup) {
    for (let i = 0; i < 100; i++) {
      i32.add(1);
      u32.add(1);
      i64.add(1n);
      u64.add(1n);
      if (i % 10 === 0) yield* gosched();
    }
    flag.store(true);
    wg.done();
  },
);

test(
  "atomic: what a parallel goroutine is given is the same memory, not a copy",
  inGoroutine(function* () {
    const i32 = new Int32();
    const u32 = new Uint32();
    const i64 = new Int64();
    const u64 = new Uint64();
    const flag = new Bool();
    const wg = new WaitGroup();
    wg.add(4);
    for (let g = 0; g < 4; g++) go(countUp, i32, u32, i64, u64, flag, wg);
    yield* wg.wait();
    equal(i32.load(), 400);
    equal(u32.load(), 400);
    equal(i64.load(), 400n);
    equal(u64.load(), 400n);
    equal(flag.load(), true);
  }),
);
