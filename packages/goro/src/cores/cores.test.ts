// What holds on every platform with shared memory; where there is none, all of it holds on the one core there is.
import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { chan, go, run, select } from "../index.js";
import { canceled, deadlineExceeded } from "../context/index.js";
import { gomaxprocs, numGoroutine } from "../runtime/index.js";
import { double, echo, either, fail, fill, where } from "./testkit.functions.js";

const hasMemory = typeof SharedArrayBuffer === "function";
gomaxprocs(2);

test("goroutines of parallel functions run on several cores", async () => {
  await run(function* () {
    const used = new Set<number>();
    // A thread takes a while to start.
    for (let round = 0; round < 100 && used.size < 2; round++) {
      const joins = Array.from({ length: 8 }, () => go(where, 10).join());
      for (const join of joins) used.add(yield* join);
    }
    deepEqual([...used].sort(), hasMemory ? [0, 1] : [0]);
  });
});

test("arguments and results arrive, whichever core runs it", async () => {
  const value = { list: [1, "two", null, undefined, -0], map: new Map([["k", new Set([1n])]]), date: new Date(5) };
  await run(function* () {
    const joins = Array.from({ length: 200 }, () => go(echo, value).join());
    for (const join of joins) deepEqual(yield* join, value);
  });
});

test("an error is thrown at who joins, with its class", async () => {
  const joins = await run(function* () {
    return Array.from({ length: 8 }, () => go(fail, 5).join());
  });
  for (const join of joins) await rejects(Promise.resolve(join), RangeError);
});

test("values cross cores in a channel, each once, until it is closed", async () => {
  await run(function* () {
    const input = chan<number>();
    const output = chan<number>(3);
    const workers = Array.from({ length: 4 }, () => go(double, input, output).join());
    go(function* () {
      for (let i = 0; i < 400; i++) yield* input.send(i);
      input.close();
    });
    go(function* () {
      for (const worker of workers) yield* worker;
      output.close();
    });
    const got: number[] = [];
    for (const r = output.range(); yield* r.next();) got.push(r.value);
    deepEqual(
      got.sort((a, b) => a - b),
      Array.from({ length: 400 }, (_, i) => i * 2),
    );
  });
});

test("a select meets another core's select", async () => {
  await run(function* () {
    const a = chan<string>();
    const b = chan<string>();
    const quit = chan<never>();
    const senders = Array.from({ length: 3 }, () => go(either, a, b, quit).join());
    let received = 0;
    for (let i = 0; i < 500; i++) {
      const got = yield* select({ a: a.recv(), b: b.recv() });
      equal(got.value, got.case);
      received++;
    }
    quit.close();
    let sent = 0;
    for (const sender of senders) {
      const n = yield* sender;
      sent += n;
    }
    equal(sent, received);
  });
});

test("a SharedArrayBuffer is shared; where there is none, all run on the one core", async () => {
  await run(function* () {
    if (!hasMemory) return equal(yield* go(where, 1).join(), 0);
    const memory = new SharedArrayBuffer(4 * 1024);
    const joins = Array.from({ length: 16 }, (_, i) => go(fill, memory, i * 64, (i + 1) * 64).join());
    for (const join of joins) yield* join;
    ok(new Int32Array(memory).every((word, i) => word === i));
  });
});

test("what there is one of arrives as the one there is", async () => {
  await run(function* () {
    for (const error of [canceled, deadlineExceeded]) equal(yield* go(echo, error).join(), error);
  });
});

test("a channel may hold itself", async () => {
  await run(function* () {
    const ch = chan<unknown>(2);
    ch.trySend(ch);
    const got = (yield* go(echo, ch).join()) as typeof ch;
    equal(got, ch);
    equal(yield* got.recv(), ch);
  });
});

test("nothing is left", () => {
  equal(numGoroutine(), 0);
});
