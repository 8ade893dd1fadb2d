import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { gosched } from "goro/runtime";
import { Pool, WaitGroup } from "goro/sync";
import { inGoroutine } from "../testkit.portable.js";
import { badArgument, notFunctions } from "./testkit.js";

test("Pool: get() creates where the pool is empty, and not before", () => {
  let created = 0;
  const pool = new Pool(() => ++created);
  equal(created, 0);
  equal(pool.get(), 1);
  equal(pool.get(), 2);
  equal(created, 2);
});

test("Pool: what was put in is used again", () => {
  let created = 0;
  const pool = new Pool(() => ({ n: ++created }));
  for (let i = 0; i < 1000; i++) pool.put(pool.get());
  ok(created < 1000, `created ${created} for 1000 gets`);
});

test("Pool: nothing is handed out twice", () => {
  const pool = new Pool(() => ({}));
  const items = Array.from({ length: 100 }, () => pool.get());
  equal(new Set(items).size, 100);
  for (const item of items) pool.put(item);
  const again = Array.from({ length: 150 }, () => pool.get());
  equal(new Set(again).size, 150);
});

test("Pool: takes values that it did not create, falsy ones too", () => {
  let created = 0;
  const pool = new Pool<number | undefined>(() => {
    created++;
    return -1;
  });
  pool.put(0);
  const got = pool.get();
  ok(got === 0 || (got === -1 && created === 1));
  pool.put(undefined);
  const next = pool.get();
  ok(next === undefined || next === -1);
});

test("Pool: what create throws comes out of get()", () => {
  const boom = new Error("boom");
  const pool = new Pool<number>(() => {
    throw boom;
  });
  let got: unknown;
  try {
    pool.get();
  } catch (error) {
    got = error;
  }
  equal(got, boom);
  pool.put(5);
  equal(pool.get(), 5);
});

test(
  "Pool: goroutines never hold the same item",
  inGoroutine(function* () {
    const pool = new Pool(() => ({ users: 0 }));
    const wg = new WaitGroup();
    for (let g = 0; g < 10; g++) {
      wg.go(function* () {
        for (let i = 0; i < 100; i++) {
          const item = pool.get();
          equal(++item.users, 1);
          if ((i + g) % 3 === 0) yield* gosched();
          item.users--;
          pool.put(item);
        }
      });
    }
    yield* wg.wait();
  }),
);

test("Pool: a create that is no function is refused by name", () => {
  for (const create of notFunctions) badArgument(() => new Pool(create as () => number), "create");
});
