// Values that many read. Also says when kept.ts no longer knows how a block is laid out.
import { test } from "node:test";
import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import { Header, mem } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { chan } from "../index.js";
import { canceled } from "../context/index.js";
import { dropSlot } from "./codec.js";
import { keep, keepError, readKept, SLOT_WORDS } from "./kept.js";
import { openCores } from "./processors.js";
import "./kinds.js";

openCores();

const cyclic: Record<string, unknown> = { list: [1, "two", null, undefined, -0, 3n] };
cyclic["self"] = cyclic;

const values: readonly unknown[] = [
  undefined,
  -0,
  "short",
  "a string that is too long for a slot",
  "x".repeat(100_000),
  "ключ".repeat(5_000),
  2n ** 200n,
  { a: 1, b: [new Date(5), new Map([["k", new Set([1])]]), /x/g] },
  cyclic,
  new Uint8Array(100_000).fill(7),
  [new Uint8Array(10), "y".repeat(9_000), { z: "z".repeat(9_000) }],
];

test("a kept value is read as often as one likes, each time as a copy", () => {
  for (let round = 0; round < 10; round++) {
    for (const value of values) {
      const slot = allocate(SLOT_WORDS);
      keep(slot, value, "value");
      const first = readKept(slot);
      const second = readKept(slot);
      deepEqual(first, value);
      deepEqual(second, value);
      if (typeof value === "object") notEqual(first, second);
      dropSlot(slot);
      free(slot, SLOT_WORDS);
    }
  }
});

test("it leaves nothing behind", () => {
  let before = 0;
  for (let round = 0; round < 60; round++) {
    if (round === 20) before = mem[Header.bump]!;
    for (const value of values) {
      const slot = allocate(SLOT_WORDS);
      keep(slot, value, "value");
      for (let i = 0; i < 3; i++) readKept(slot);
      dropSlot(slot);
      free(slot, SLOT_WORDS);
    }
  }
  equal(mem[Header.bump], before);
});

test("what is shared, or there is one of on every core, is itself in each copy", () => {
  const slot = allocate(SLOT_WORDS);
  const ch = chan(1);
  const memory = new SharedArrayBuffer(8);
  keep(slot, { ch, list: [ch], canceled, memory, tail: "t".repeat(10_000) }, "value");
  for (let i = 0; i < 3; i++) {
    const copy = readKept(slot) as { ch: unknown; list: unknown[]; canceled: unknown; memory: unknown; tail: string };
    deepEqual([copy.ch === ch, copy.list[0] === ch, copy.canceled === canceled], [true, true, true]);
    equal(copy.memory, memory);
    equal(copy.tail.length, 10_000);
  }
  dropSlot(slot);
  keep(slot, ch, "value");
  equal(readKept(slot), ch);
  equal(readKept(slot), ch);
  dropSlot(slot);
  free(slot, SLOT_WORDS);
});

test("what can be sent once only is refused", () => {
  const slot = allocate(SLOT_WORDS);
  throws(() => keep(slot, [new Blob(["x"])], "value"), {
    name: "TypeError",
    message: "value: holds an object that can be sent once, and not to all cores that may ask for it",
  });
  free(slot, SLOT_WORDS);
});

test("an error that cannot be sent is kept without what it carries; anything else as the TypeError that says so", () => {
  const slot = allocate(SLOT_WORDS);
  keepError(slot, Object.assign(new RangeError("carries"), { call() {} }), "error");
  const plain = readKept(slot) as Error;
  deepEqual([plain.name, plain.message, plain instanceof Error], ["RangeError", "carries", true]);
  dropSlot(slot);
  keepError(slot, () => 1, "error");
  equal(String(readKept(slot)), "TypeError: error: a function cannot be sent to another core");
  dropSlot(slot);
  free(slot, SLOT_WORDS);
});
