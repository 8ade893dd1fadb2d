// One object stands on a core for a shared thing, however often it comes.
import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { chan, go, run, type Chan } from "../index.js";
import { Mutex, WaitGroup } from "../sync/index.js";
import { background, withCancel } from "../context/index.js";
import { gc, gomaxprocs } from "../runtime/index.js";
import { sleep } from "../time/index.js";
import { echo } from "./testkit.functions.js";
import { warmUp } from "./testkit.elsewhere.js";

gomaxprocs(2);

test("a shared thing that is sent away and comes back is the same object", async () => {
  await run(function* () {
    yield* warmUp(2);
    const [ctx] = withCancel(background());
    for (const thing of [chan<number>(1), new Mutex(), new WaitGroup(), ctx, new SharedArrayBuffer(8)]) {
      const joins = Array.from({ length: 20 }, () => go(echo, { thing, twice: [thing, thing] }).join());
      for (const join of joins) {
        const got = (yield* join) as { thing: unknown; twice: unknown[] };
        equal(got.thing, thing);
        ok(got.twice.every((each) => each === thing));
      }
    }
  });
});

test("a shared thing arrives as one object in a channel, whether it comes once or often", async () => {
  await run(function* () {
    const things = chan<Chan<number>>(10);
    const thing = chan<number>(1);
    yield* go(echo, things).join();
    for (let i = 0; i < 5; i++) yield* things.send(thing);
    for (let i = 0; i < 5; i++) equal(yield* things.recv(), thing);
  });
});

test("a SharedArrayBuffer that has been collected where it was sent from comes again with a value", async () => {
  await run(function* () {
    const buffers = chan<Int32Array>(20);
    yield* go(echo, buffers).join();
    for (let i = 0; i < 20; i++) {
      const memory = new Int32Array(new SharedArrayBuffer(4));
      memory[0] = i;
      yield* buffers.send(memory);
    }
    for (let i = 0; i < 5; i++) {
      yield* sleep(2);
      gc();
    }
    for (let i = 0; i < 20; i++) equal((yield* buffers.recv())![0], i);
  });
});
