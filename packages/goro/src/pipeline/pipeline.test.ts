import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep, until } from "goro";
import type { RecvChan, Routine } from "goro";
import { background, canceled, cause, deadlineExceeded, withCancel, withTimeout, withValue } from "goro/context";
import type { Context } from "goro/context";
import { batch, broadcast, collect, filter, forEach, map, merge, source, split, withPipeline } from "goro/pipeline";
import { goexit, gosched } from "goro/runtime";
import { badArgument, notFunctions, settle, thrownByOp, watchOp } from "../sync/testkit.js";
import { idle, seeded, sized, watch } from "../testkit.portable.js";
import { ascending, leavesNothing, numbers, range } from "./testkit.portable.js";

const bg = background();

function* filled<T>(values: readonly T[]): Routine<RecvChan<T>> {
  const ch = chan<T>(values.length);
  for (const value of values) yield* ch.send(value);
  ch.close();
  return ch;
}

// ------------------------------------------------------------------------------------------------------------- source

test(
  "source: sends every value of an iterable or an async iterable, then closes",
  leavesNothing(function* () {
    deepEqual(yield* collect(bg, source(bg, [1, 2, 3])), [1, 2, 3]);
    deepEqual(yield* collect(bg, source(bg, "abc")), ["a", "b", "c"]);
    deepEqual(yield* collect(bg, source(bg, new Set([undefined, 1]))), [undefined, 1]);
    deepEqual(yield* collect(bg, source(bg, [])), []);
    async function* later() {
      for (let i = 0; i < 3; i++) yield await Promise.resolve(i);
    }
    deepEqual(yield* collect(bg, source(bg, later())), [0, 1, 2]);
    deepEqual(yield* collect(bg, source(bg, yield* filled([4, 5]))), [4, 5]);
  }),
);

test(
  "source: never asks for more than one value beyond what is received or buffered",
  leavesNothing(function* () {
    for (const buffer of [0, 1, 5]) {
      const [ctx, cancel] = withCancel(bg);
      const counted = numbers();
      const out = source(ctx, counted.values, { buffer });
      equal(out.capacity, buffer);
      yield* idle();
      equal(counted.asked, buffer + 1);
      for (let i = 1; i <= 10; i++) {
        equal(yield* out.recv(), i - 1);
        yield* idle();
        equal(counted.asked, i + buffer + 1);
      }
      cancel();
    }
  }),
);

test(
  "source: closes the iterator that it leaves early, and not one that has ended or thrown",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    const left = numbers();
    const out = source(ctx, left.values);
    equal(yield* out.recv(), 0);
    cancel();
    yield* idle();
    equal(left.closed, 1);
    deepEqual(yield* out.recvOk(), [undefined, false]);

    const calls: string[] = [];
    const iterable = (end: () => IteratorResult<number>): Iterable<number> => ({
      [Symbol.iterator]: () => ({
        next: end,
        return: () => {
          calls.push("return");
          return { done: true, value: undefined };
        },
      }),
    });
    const [own, wait] = withPipeline(bg);
    deepEqual(
      yield* collect(
        own,
        source(
          own,
          iterable(() => ({ done: true, value: undefined })),
        ),
      ),
      [],
    );
    source(
      own,
      iterable(() => {
        throw new RangeError("broken iterator");
      }),
    );
    equal(String(yield* thrownByOp(wait())), "RangeError: broken iterator");
    deepEqual(calls, []);
  }),
);

test(
  "source: does not wait for an async iterator that hangs, and asks it to close",
  leavesNothing(function* () {
    const calls: string[] = [];
    const hanging = (atReturn: () => Promise<IteratorResult<number>>): AsyncIterable<number> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          calls.push("next");
          return new Promise<never>(() => undefined);
        },
        return: () => {
          calls.push("return");
          return atReturn();
        },
      }),
    });
    for (const atReturn of [
      () => new Promise<never>(() => undefined),
      () => Promise.reject(new Error("cannot close")),
    ]) {
      const [ctx, cancel] = withCancel(bg);
      const out = source(ctx, hanging(atReturn));
      yield* idle();
      cancel();
      deepEqual(yield* out.recvOk(), [undefined, false]);
    }
    deepEqual(calls, ["next", "return", "next", "return"]);
  }),
);

test(
  "source: does not touch the values where the context has ended before",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    cancel();
    const counted = numbers();
    deepEqual(yield* source(ctx, counted.values).recvOk(), [undefined, false]);
    deepEqual([counted.asked, counted.closed], [0, 0]);
  }),
);

// ------------------------------------------------------------------------------------------------- map, filter, forEach

test(
  "map: takes routines, promises and plain results",
  leavesNothing(function* () {
    const steps = [
      (n: number) => n * 2,
      async (n: number) => n * 2,
      function* (n: number) {
        yield* gosched();
        return n * 2;
      },
      (n: number) => ({ then: (resolve: (n: number) => void) => resolve(n * 2) }) as PromiseLike<number>,
    ];
    for (const step of steps) {
      for (const options of [
        {},
        { workers: 3 },
        { workers: 3, ordered: true },
        { workers: 2, buffer: 4, ordered: true },
      ]) {
        const got = yield* collect(bg, map(bg, source(bg, range(20)), step, options));
        if (options.workers !== undefined && options.ordered !== true) got.sort(ascending);
        deepEqual(
          got,
          range(20).map((n) => n * 2),
        );
      }
    }
  }),
);

test(
  "map: undefined, false and null are results like others",
  leavesNothing(function* () {
    const values = [undefined, false, null, 0, ""];
    for (const workers of [1, 2]) {
      deepEqual(
        yield* collect(
          bg,
          map(bg, source(bg, values), (v) => v, { workers, ordered: true }),
        ),
        values,
      );
    }
  }),
);

test(
  "filter: passes on the values themselves, in order where that is asked for",
  leavesNothing(function* () {
    const odd = range(30).filter((n) => n % 2 === 1);
    deepEqual(
      yield* collect(
        bg,
        filter(bg, source(bg, range(30)), (n) => n % 2 === 1),
      ),
      odd,
    );
    const random = seeded("filter");
    function* keep(n: number): Routine<boolean> {
      yield* sleep(random() * 3);
      return n % 2 === 1;
    }
    deepEqual(yield* collect(bg, filter(bg, source(bg, range(30)), keep, { workers: 5, ordered: true })), odd);
  }),
);

test(
  "map: so many workers run the step at once, and no more",
  leavesNothing(function* () {
    for (const ordered of [false, true]) {
      let running = 0;
      let most = 0;
      function* step(): Routine {
        most = Math.max(most, ++running);
        yield* sleep(1);
        running--;
      }
      yield* forEach(bg, map(bg, source(bg, range(40)), step, { workers: 7, ordered }), () => undefined);
      equal(most, 7);
    }
  }),
);

test(
  "map: a reader that stops holds the source back, to what workers and buffer hold",
  leavesNothing(function* () {
    for (const ordered of [false, true]) {
      for (const [workers, buffer] of [
        [1, 0],
        [4, 0],
        [1, 3],
        [3, 5],
      ] as const) {
        const [ctx, cancel] = withCancel(bg);
        const counted = numbers();
        const out = map(ctx, source(ctx, counted.values), (n) => n, { workers, buffer, ordered });
        equal(out.capacity, buffer);
        for (let received = 0; received < 5; received++) {
          yield* idle(60);
          equal(counted.asked, received + workers + buffer + 1, `${workers} workers, ${buffer} buffered`);
          yield* out.recv();
        }
        cancel();
      }
    }
  }),
);

test(
  "map: in order, one slow value holds the others back once they are workers and buffer",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    const counted = numbers();
    const gate = chan<void>();
    function* step(n: number): Routine<number> {
      if (n === 0) yield* gate.recv();
      return n;
    }
    const out = map(ctx, source(ctx, counted.values), step, { workers: 3, buffer: 4, ordered: true });
    yield* idle(60);
    equal(counted.asked, 3 + 4 + 1);
    equal(out.length, 0);
    gate.close();
    yield* idle(60);
    equal(counted.asked, 3 + 4 + 1);
    for (let i = 0; i < 20; i++) equal(yield* out.recv(), i);
    cancel();
  }),
);

test(
  "map: results come as they are ready, or in the order of the input whatever the steps take",
  leavesNothing(function* () {
    function* step(n: number): Routine<number> {
      yield* sleep(n === 0 ? 30 : 1);
      return n;
    }
    const asTheyCome = yield* collect(bg, map(bg, source(bg, range(6)), step, { workers: 3 }));
    equal(asTheyCome.at(-1), 0);
    const random = seeded("ordered");
    for (let round = 0; round < sized(30, 5); round++) {
      const workers = 1 + Math.floor(random() * 8);
      const buffer = Math.floor(random() * 5);
      const uneven = function* (n: number): Routine<number> {
        if (random() < 0.5) yield* sleep(random() * 2);
        if (random() < 0.5) yield* gosched();
        return n;
      };
      const out = map(bg, source(bg, range(50)), uneven, { workers, buffer, ordered: true });
      deepEqual(yield* collect(bg, out), range(50));
    }
  }),
);

test(
  "forEach: completes when the last step has returned, not when the channel is closed",
  leavesNothing(function* () {
    const finished: number[] = [];
    yield* forEach(
      bg,
      source(bg, range(9)),
      function* (n) {
        yield* sleep(2);
        finished.push(n);
      },
      { workers: 4 },
    );
    deepEqual(finished.sort(ascending), range(9));
  }),
);

test(
  "forEach, collect: an Op does nothing before it is run, and each run reads for itself",
  leavesNothing(function* () {
    const input = yield* filled([1, 2, 3]);
    const seen: number[] = [];
    const each = forEach(bg, input, (n) => seen.push(n));
    const all = collect(bg, input);
    yield* idle();
    deepEqual(seen, []);
    yield* each;
    deepEqual(seen, [1, 2, 3]);
    yield* each;
    deepEqual(yield* all, []);
    deepEqual(seen, [1, 2, 3]);
  }),
);

test(
  "forEach, collect: throw ctx.err() where ctx ends first, also where values are ready",
  leavesNothing(function* () {
    const [ctx, cancel] = withTimeout(bg, 5);
    using _ = cancel;
    equal(yield* thrownByOp(collect(ctx, chan())), deadlineExceeded);
    equal(yield* thrownByOp(collect(ctx, yield* filled([1]))), deadlineExceeded);
    const [other, cancelOther] = withCancel(bg);
    const waiting = watchOp(forEach(other, chan(), () => undefined, { workers: 3 }));
    const stuck = watchOp(
      forEach(other, yield* filled([1]), function* () {
        yield* sleep(30);
      }),
    );
    yield* idle();
    cancelOther();
    yield* idle();
    equal(waiting.error, canceled);
    equal(stuck.error, canceled, "it does not wait for a step that takes its time");
    yield* sleep(40);
  }),
);

test(
  "forEach, collect: as a losing case of a select they stop reading at once",
  leavesNothing(function* () {
    const input = chan<number>();
    const seen: number[] = [];
    for (const reading of [collect(bg, input), forEach(bg, input, (n) => seen.push(n), { workers: 3 })]) {
      const stop = chan<void>();
      const reader = watchOp(select({ reading, stop: stop.recv() }));
      yield* idle();
      ok(input.trySend(7));
      yield* idle();
      ok(input.trySend(8));
      yield* idle();
      stop.close();
      ok(!input.trySend(9), "it still reads");
      yield* idle();
      equal(reader.value.case, "stop");
      ok(!input.trySend(9), "it still reads");
    }
    deepEqual(seen, [7, 8]);
  }),
);

test(
  "forEach, collect: as the winning case of a select they give their result, or throw",
  leavesNothing(function* () {
    const got = yield* select({ list: collect(bg, yield* filled([1, 2])), late: sleep(10_000) });
    deepEqual(got, { case: "list", value: [1, 2] });
    const done = yield* select({ done: forEach(bg, yield* filled([1, 2]), () => undefined), late: sleep(10_000) });
    equal(done.case, "done");
    const [ctx, cancel] = withCancel(bg);
    const ended = watchOp(select({ list: collect(ctx, chan()), late: sleep(10_000) }));
    yield* idle();
    cancel();
    yield* idle();
    equal(ended.error, canceled);
  }),
);

test("forEach, collect: can be awaited in async code", async () => {
  deepEqual(await collect(bg, source(bg, [1, 2])), [1, 2]);
  const seen: number[] = [];
  await forEach(bg, source(bg, [1, 2]), async (n) => seen.push(n));
  deepEqual(seen, [1, 2]);
});

// ------------------------------------------------------------------------------------------------ merge, split and so on

test(
  "merge: gives every value of every input, and closes when all are closed",
  leavesNothing(function* () {
    const merged = merge(bg, source(bg, [1, 2]), source(bg, []), source(bg, [3]), source(bg, range(50)));
    deepEqual((yield* collect(bg, merged)).sort(ascending), [1, 2, 3, ...range(50)].sort(ascending));
    deepEqual(yield* merge(bg).recvOk(), [undefined, false]);
  }),
);

test(
  "split: a value goes to whichever output is free first, and each goes to one",
  leavesNothing(function* () {
    const [slow, quick, other] = split(bg, source(bg, range(40)), 3) as [
      RecvChan<number>,
      RecvChan<number>,
      RecvChan<number>,
    ];
    const taken: number[] = [];
    const one = yield* slow.recv(); // and then reads no more for a while
    const readers = [quick, other].map((part) =>
      go(function* () {
        for (const r = part.range(); yield* r.next();) taken.push(r.value);
      }),
    );
    for (const reader of readers) yield* reader.join();
    deepEqual([one!, ...taken].sort(ascending), range(40));
    deepEqual(yield* slow.recvOk(), [undefined, false]);
  }),
);

test(
  "split: readers that are all free get about as many",
  leavesNothing(function* () {
    const counts = [0, 0, 0, 0];
    const parts = split(bg, source(bg, range(400)), 4);
    const readers = parts.map((part, i) =>
      watch(function* () {
        for (const r = part.range(); yield* r.next();) counts[i]!++;
      }),
    );
    for (const { goroutine } of readers) yield* goroutine.join();
    equal(
      counts.reduce((a, b) => a + b),
      400,
    );
    ok(
      counts.every((n) => n >= 40),
      `${counts.join(", ")}`,
    );
  }),
);

test(
  "broadcast: every output gets every value in order, at the pace of the slowest",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    const counted = numbers();
    const [a, b] = broadcast(ctx, source(ctx, counted.values), 2) as [RecvChan<number>, RecvChan<number>];
    for (let i = 0; i < 5; i++) {
      // Whichever is read first.
      const [first, second] = i % 2 === 0 ? [a, b] : [b, a];
      equal(yield* first.recv(), i);
      const ahead = watchOp(first.recv());
      yield* idle();
      ok(!ahead.settled, "one runs ahead of the other");
      equal(yield* second.recv(), i);
      yield* idle();
      equal(ahead.value, i + 1);
      equal(yield* second.recv(), i + 1);
      equal(yield* first.recv(), i + 2);
      equal(yield* second.recv(), i + 2);
      break;
    }
    ok(counted.asked <= 5);
    cancel();
    const outs = broadcast(bg, source(bg, range(10)), 3);
    const readers = outs.map((out) => watchOp(collect(bg, out)));
    for (const { goroutine } of readers) yield* goroutine.join();
    for (const reader of readers) deepEqual(reader.value, range(10));
  }),
);

test(
  "batch: lists of so many, the last one shorter",
  leavesNothing(function* () {
    deepEqual(yield* collect(bg, batch(bg, source(bg, range(7)), 3)), [[0, 1, 2], [3, 4, 5], [6]]);
    deepEqual(yield* collect(bg, batch(bg, source(bg, range(6)), 3)), [
      [0, 1, 2],
      [3, 4, 5],
    ]);
    deepEqual(yield* collect(bg, batch(bg, source(bg, []), 3)), []);
    deepEqual(yield* collect(bg, batch(bg, source(bg, range(3)), 1, 0)), [[0], [1], [2]]);
  }),
);

test(
  "batch: maxWait counts from a list's first value, and an empty list is never sent",
  leavesNothing(function* () {
    const input = chan<number>();
    const out = batch(bg, input, 10, 40);
    yield* sleep(60); // no value yet: nothing to wait for
    equal(out.tryRecv(), undefined);
    const start = performance.now();
    yield* input.send(1);
    yield* sleep(20);
    yield* input.send(2);
    deepEqual(yield* out.recv(), [1, 2]);
    const took = performance.now() - start;
    ok(took >= 39 && took < 1000, `${took} ms`);
    yield* input.send(3);
    input.close();
    deepEqual(yield* out.recv(), [3]);
    deepEqual(yield* out.recvOk(), [undefined, false]);
  }),
);

test(
  "batch, merge, split, broadcast: end with ctx, with values in hand too",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    const outs = [
      batch(ctx, source(ctx, numbers().values), 3),
      batch(ctx, source(ctx, [1]), 3, 10_000),
      batch(ctx, chan<number>(), 3),
      merge(ctx, source(ctx, numbers().values), chan<number>()),
      ...split(ctx, source(ctx, numbers().values), 2),
      ...broadcast(ctx, source(ctx, numbers().values), 2),
    ];
    yield* idle();
    cancel();
    for (const out of outs) deepEqual(yield* out.recvOk(), [undefined, false]);
  }),
);

// ----------------------------------------------------------------------------------------------------------- endings

test(
  "a stage ends, and closes, when ctx ends: while it reads, works or sends, whatever the step waits for",
  leavesNothing(function* () {
    for (const options of [{}, { workers: 3 }, { workers: 3, ordered: true }]) {
      const [ctx, cancel] = withCancel(bg);
      const gate = chan<void>();
      const stopped = map(ctx, source(ctx, range(9)), () => until(new Promise<never>(() => undefined)), options);
      const outs = [
        map(ctx, chan<number>(), (n) => n, options), // reads
        map(ctx, source(ctx, range(9)), () => new Promise<number>(() => undefined), options), // waits for a promise
        map(
          ctx,
          source(ctx, range(9)),
          function* () {
            yield* gate.recv(); // takes its time
            return 1;
          },
          options,
        ),
        map(ctx, source(ctx, range(9)), (n) => n, options), // sends
        filter(ctx, source(ctx, range(9)), () => true, options),
      ];
      yield* idle();
      cancel();
      for (const out of outs) deepEqual(yield* out.recvOk(), [undefined, false]);
      deepEqual(yield* stopped.recvOk(), [undefined, false]);
      gate.close();
    }
  }),
);

test(
  "early break by the reader: cancel ends all stages, and the source is closed",
  leavesNothing(function* () {
    for (const ordered of [false, true]) {
      const [ctx, cancel] = withCancel(bg);
      const counted = numbers();
      const out = map(
        ctx,
        filter(ctx, source(ctx, counted.values, { buffer: 2 }), (n) => n % 2 === 0, { workers: 2 }),
        function* (n) {
          yield* gosched();
          return n;
        },
        { workers: 4, buffer: 3, ordered },
      );
      for (const r = out.range(); yield* r.next();) if (r.value > 20) break;
      cancel();
      yield* settle();
      equal(counted.closed, 1);
    }
  }),
);

/** A pipeline of every kind of stage, of which the one named throws at its n-th value, counted from 0. */
function build(ctx: Context, at: string, nth: number, ordered: boolean) {
  const counts = new Map<string, number>();
  const boom = (name: string): void => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    if (name === at && count === nth) throw new RangeError(`${name} ${count}`);
  };
  const LAST = 11;
  let closed = 0;
  function* from(): Generator<number> {
    try {
      for (let i = 0; i <= LAST; i++) {
        boom("source");
        yield i;
      }
    } finally {
      closed++;
    }
  }
  async function* fromAsync(): AsyncGenerator<number> {
    try {
      for (let i = 0; i <= LAST; i++) {
        await Promise.resolve();
        boom("async source");
        yield i;
      }
    } finally {
      closed++;
    }
  }
  const options = { workers: 3, ordered };
  const a = map(
    ctx,
    merge(ctx, source(ctx, from()), source(ctx, fromAsync(), { buffer: 2 })),
    (n) => {
      boom("map");
      return n;
    },
    options,
  );
  const b = filter(
    ctx,
    a,
    function* () {
      yield* gosched();
      boom("filter");
      return true;
    },
    options,
  );
  const parts = split(ctx, b, 2).map((part) =>
    map(
      ctx,
      part,
      async (n) => {
        await Promise.resolve();
        boom("async map");
        return n;
      },
      options,
    ),
  );
  const [c, d] = broadcast(ctx, merge(ctx, ...parts), 2) as [RecvChan<number>, RecvChan<number>];
  const each = forEach(ctx, batch(ctx, c, 4, 5), () => boom("forEach"), { workers: 2 });
  const all = collect(ctx, d);
  return { each, all, closed: () => closed };
}

test(
  "the first error, in any stage, at its first, a middle and its last value, cancels the pipeline and is what wait throws",
  leavesNothing(function* () {
    for (const ordered of [false, true]) {
      for (const at of ["source", "async source", "map", "filter", "async map", "forEach"]) {
        for (const nth of at === "forEach" ? [0, 2, 5] : at.endsWith("source") ? [0, 5, 11] : [0, 11, 23]) {
          const [ctx, wait] = withPipeline(bg);
          const { each, all, closed } = build(ctx, at, nth, ordered);
          const reader = watchOp(all);
          const eacher = watchOp(each);
          const error = yield* thrownByOp(wait());
          equal(String(error), `RangeError: ${at} ${nth}`);
          equal(ctx.err(), canceled);
          equal(cause(ctx), error);
          yield* idle();
          // Every value may have been read before forEach has its last.
          if (at !== "forEach") equal(reader.error, canceled);
          equal(eacher.error, canceled);
          yield* settle();
          // One that was left before it began is not begun to be closed.
          ok(closed() <= 2);
        }
      }
    }
  }),
);

test(
  "without an error every value comes through, and wait returns, each time it is asked",
  leavesNothing(function* () {
    const [ctx, wait] = withPipeline(bg);
    const { each, all } = build(ctx, "nowhere", 0, true);
    const waiting = watchOp(wait());
    const eacher = watchOp(each);
    deepEqual((yield* all).sort(ascending), [...range(12), ...range(12)].sort(ascending));
    yield* wait();
    yield* idle();
    equal(waiting.value, undefined);
    equal(eacher.value, undefined);
    equal(ctx.err(), undefined);
    yield* wait();
  }),
);

test(
  "wait: throws the parent's err() where that ended first, and the first error only",
  leavesNothing(function* () {
    const [parent, cancel] = withTimeout(bg, 5);
    using _ = cancel;
    const [ctx, wait] = withPipeline(parent);
    map(ctx, source(ctx, numbers().values), function* (n) {
      yield* ctx.done();
      throw new Error(`too late ${n}`);
    });
    equal(yield* thrownByOp(wait()), deadlineExceeded);

    const [own, waitOwn] = withPipeline(bg);
    map(
      own,
      source(own, range(8)),
      function* (n) {
        yield* gosched();
        throw new Error(`error ${n}`);
      },
      { workers: 8 },
    );
    equal(String(yield* thrownByOp(waitOwn())), "Error: error 0");
    equal(String(yield* thrownByOp(waitOwn())), "Error: error 0");

    const [late, cancelLate] = withCancel(bg);
    const [done, waitDone] = withPipeline(late);
    deepEqual(yield* collect(done, source(done, [1])), [1]);
    cancelLate();
    yield* waitDone(); // it had come to its end
    const [never, waitNever] = withPipeline(late);
    equal(yield* thrownByOp(waitNever()), canceled);
    equal(never.err(), canceled);
  }),
);

test(
  "wait: waits for every goroutine, also for a step that takes its time after the error",
  leavesNothing(function* () {
    const [ctx, wait] = withPipeline(bg);
    const gate = chan<void>();
    const out = map(
      ctx,
      source(ctx, [0, 1]),
      function* (n) {
        if (n === 1) throw new Error("one");
        yield* gate.recv();
        return n;
      },
      { workers: 2 },
    );
    const waiting = watchOp(wait());
    deepEqual(yield* out.recvOk(), [undefined, false], "the output is closed meanwhile");
    yield* idle();
    ok(!waiting.settled);
    gate.close();
    yield* idle();
    equal(String(waiting.error), "Error: one");
  }),
);

test(
  "a context below the pipeline's belongs to it; one beside it has an end of its own",
  leavesNothing(function* () {
    const [ctx, wait] = withPipeline(bg);
    const [below] = withTimeout(withValue(ctx, "key", 1), 10_000);
    map(below, source(below, [1]), () => {
      throw new RangeError("below");
    });
    equal(String(yield* thrownByOp(wait())), "RangeError: below");
    equal(ctx.err(), canceled);
    equal(below.err(), canceled);

    const [own, waitOwn] = withPipeline(bg);
    const [part, cancelPart] = withCancel(own);
    const out = map(part, source(part, numbers().values), (n) => n);
    yield* out.recv();
    cancelPart();
    yield* waitOwn();
    equal(own.err(), undefined);
  }),
);

test(
  "whatever is thrown is what wait throws; goexit in a step is an error that says so",
  leavesNothing(function* () {
    const [ctx, wait] = withPipeline(bg);
    map(ctx, source(ctx, [1]), () => {
      throw "a string";
    });
    equal(yield* thrownByOp(wait()), "a string");
    equal(String(cause(ctx)), "Error: a string");

    for (const swallow of [false, true]) {
      const [own, waitOwn] = withPipeline(bg);
      const out = map(own, source(own, numbers().values), function* (n) {
        try {
          if (n === 3) goexit();
        } catch (error) {
          if (!swallow) throw error;
        }
        yield* gosched();
        return n;
      });
      equal(yield* thrownByOp(collect(own, out)), canceled);
      equal(String(yield* thrownByOp(waitOwn())), "Error: pipeline.map: step ended its goroutine with goexit");
    }
  }),
);

test(
  "a pipeline without end in its parent is forgotten once wait has returned, and known again when it is used again",
  leavesNothing(function* () {
    const [parent, cancel] = withCancel(bg);
    const [ctx, wait] = withPipeline(parent);
    deepEqual(yield* collect(ctx, source(ctx, [1])), [1]);
    yield* wait();
    const again = map(ctx, source(ctx, numbers().values), (n) => n);
    yield* again.recv();
    cancel();
    equal(yield* thrownByOp(wait()), canceled);
    equal(ctx.err(), canceled);
  }),
);

test(
  "errors after ctx has ended are dropped, in a pipeline or not",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    const out = map(ctx, source(ctx, [1]), function* (): Routine<number> {
      yield* ctx.done();
      throw new Error("too late");
    });
    yield* idle();
    cancel();
    deepEqual(yield* out.recvOk(), [undefined, false]);
    yield* settle();
  }),
);

// --------------------------------------------------------------------------------------------------------- arguments

test("bad arguments are refused by name, at the call", () => {
  const input = chan<number>();
  const bad = (value: unknown): never => value as never;
  for (const n of [0, -1, 1.5, NaN, Infinity, "2", null]) {
    badArgument(() => map(bg, input, (v) => v, { workers: bad(n) }), "workers");
    badArgument(() => forEach(bg, input, (v) => v, { workers: bad(n) }), "workers");
    badArgument(() => split(bg, input, bad(n)), "n");
    badArgument(() => broadcast(bg, input, bad(n)), "n");
    badArgument(() => batch(bg, input, bad(n)), "size");
  }
  for (const n of [-1, 1.5, NaN, "2"]) {
    badArgument(() => source(bg, [], { buffer: bad(n) }), "buffer");
    badArgument(() => filter(bg, input, () => true, { buffer: bad(n) }), "buffer");
  }
  for (const ms of [NaN, "2"]) badArgument(() => batch(bg, input, 1, bad(ms)), "maxWait");
  for (const fn of notFunctions) badArgument(() => map(bg, input, bad(fn)), "fn");
  for (const values of [5, null, undefined, {}]) badArgument(() => source(bg, bad(values)), "values");
  for (const other of [undefined, null, {}, []]) {
    badArgument(() => map(bg, bad(other), (v) => v), "input");
    badArgument(() => collect(bg, bad(other)), "input");
    badArgument(() => forEach(bg, bad(other), (v) => v), "input");
    badArgument(() => merge(bg, input, bad(other)), "input 2");
  }
  for (const ctx of [undefined, null, {}]) {
    badArgument(() => source(bad(ctx), []), "ctx");
    badArgument(() => collect(bad(ctx), input), "ctx");
    badArgument(() => forEach(bad(ctx), input, (v) => v), "ctx");
    badArgument(() => withPipeline(bad(ctx)), "parent");
  }
});
