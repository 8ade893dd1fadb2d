// Functions made by parallel, on one core: what they are given and what they give back is copied as if it had gone to another core.
import { test } from "node:test";
import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import {
  chan,
  go,
  move,
  parallel,
  run,
  select,
  type Chan,
  type Parallel,
  type RecvChan,
  type Routine,
  type SendChan,
} from "goro";
import { Cond, Mutex, Once, RWMutex, WaitGroup } from "goro/sync";
import { Bool, Int32, Int64, Uint32, Uint64 } from "goro/sync/atomic";
import { background, withCancel, withValue, type Context } from "goro/context";
import { goid, gomaxprocs, gosched, numGoroutine } from "goro/runtime";
import { idle, inGoroutine, isError, thrownBy, watch } from "../testkit.portable.js";

// What arrives is looked at through variables of this module, so all of it has to run on this core.
gomaxprocs(1);

const square = parallel(import.meta.url, function* square(n: number) {
  return n * n;
});
/** Gives its arguments back, so that they have been copied twice. */
const echo = parallel(import.meta.url, function* echo(...args: unknown[]) {
  yield* gosched();
  return args;
});
/** What arrived inside, which on this core can be looked at from outside. */
let arrived: unknown[] = [];
const keep = parallel(import.meta.url, function* keep(...args: unknown[]) {
  arrived = args;
});
const failing = parallel(import.meta.url, function* failing(error: unknown) {
  yield* gosched();
  throw error;
});

/** What arrives inside for these arguments. */
function* inside(...args: unknown[]): Routine<unknown[]> {
  yield* go(keep, ...args).join();
  return arrived;
}

test(
  "a parallel function runs as a goroutine and is joined like any other",
  inGoroutine(function* () {
    const g = go(square, 7);
    ok(g.id > goid());
    equal(yield* g.join(), 49);
    equal(yield* g.join(), 49);
    deepEqual(yield* select({ g: g.join() }), { case: "g", value: 49 });
  }),
);

test(
  "called directly it runs inline, on the very arguments, in the goroutine that calls",
  inGoroutine(function* () {
    equal(yield* square(6), 36);
    const seen: unknown[] = [];
    const direct = parallel(import.meta.url, function* direct(list: unknown[], fn: () => number) {
      list.push(goid(), fn());
      yield* gosched();
      return list;
    });
    equal(yield* direct(seen, () => 5), seen);
    deepEqual(seen, [goid(), 5]);
    const boom = new Error("boom");
    equal(
      yield* thrownBy(function* () {
        yield* failing(boom);
      }),
      boom,
    );
  }),
);

test("a parallel function can be the goroutine of run", async () => {
  equal(await run(square, 5), 25);
});

test(
  "a parallel function sees only its arguments as they were at go",
  inGoroutine(function* () {
    const given = { n: 1, list: [1, 2] };
    const g = go(echo, given);
    given.n = 2;
    given.list.push(3);
    deepEqual(yield* g.join(), [{ n: 1, list: [1, 2] }]);
  }),
);

test(
  "what it does to its arguments is not seen outside, nor what is done to its result inside",
  inGoroutine(function* () {
    const given = { list: [1] };
    const [inner] = (yield* inside(given)) as [typeof given];
    notEqual(inner, given);
    notEqual(inner.list, given.list);
    inner.list.push(2);
    deepEqual(given, { list: [1] });
    const results: object[] = [];
    const returns = parallel(import.meta.url, function* returns() {
      const result = { n: 1 };
      results.push(result);
      return result;
    });
    const result = yield* go(returns).join();
    deepEqual(result, { n: 1 });
    notEqual(result, results[0]);
  }),
);

const cycle: { self?: unknown; list: unknown[] } = { list: [] };
cycle.self = cycle;
cycle.list.push(cycle, cycle.list);

const sparse: unknown[] = [];
sparse[3] = "three";

for (const [what, value] of [
  ["undefined", undefined],
  ["null", null],
  ["booleans", [true, false]],
  ["numbers", [0, 1.5, -1, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE]],
  ["NaN", NaN],
  ["-0", -0],
  ["bigints", [0n, -1n, 2n ** 200n]],
  ["strings", ["", "a", "\u0000", "\ud800", "\u{1f600}", "x".repeat(100_000)]],
  ["objects", { a: 1, b: { c: undefined }, "": null, 1: 2 }],
  ["undefined in an object", { a: undefined }],
  ["arrays", [[], [1, [2, [3]]]]],
  ["a list with holes", sparse],
  ["dates", [new Date(0), new Date(1e12)]],
  ["regular expressions", [/a.b/giu, /\//]],
  [
    "maps",
    new Map<unknown, unknown>([
      ["a", 1],
      [{ key: true }, new Map([[1, 2]])],
      [NaN, undefined],
    ]),
  ],
  ["sets", new Set<unknown>([1, "a", new Set([2]), undefined])],
  ["buffers", new Uint8Array([1, 2, 3]).buffer],
  [
    "typed arrays",
    [new Uint8Array([1, 2]), new Float64Array([1.5, -0]), new BigInt64Array([-1n]), new Uint8ClampedArray([255])],
  ],
  ["a view", new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)],
  ["boxed values", [new Number(5), new String("s"), new Boolean(false)]],
] as const) {
  test(
    `arguments and results are copied: ${what}`,
    inGoroutine(function* () {
      const [inner] = yield* inside(value);
      deepEqual(inner, value);
      if (typeof value === "number") ok(Object.is(inner, value));
      if (typeof value === "object" && value !== null) notEqual(inner, value);
      const [back] = (yield* go(echo, value).join()) ?? [];
      deepEqual(back, value);
      if (typeof value === "number") ok(Object.is(back, value));
      const [nested] = yield* inside({ list: [value] });
      deepEqual(nested, { list: [value] });
    }),
  );
}

test(
  "an invalid date arrives as one",
  inGoroutine(function* () {
    const [inner] = yield* inside(new Date(NaN));
    ok(inner instanceof Date && Number.isNaN(inner.getTime()));
  }),
);

test(
  "cycles and things that stand in several places keep their shape",
  inGoroutine(function* () {
    const [inner] = (yield* inside(cycle)) as [typeof cycle];
    equal(inner.self, inner);
    equal(inner.list[0], inner);
    equal(inner.list[1], inner.list);
    notEqual(inner, cycle);
    const twice = { n: 1 };
    const [a, { b }] = (yield* inside(twice, { b: twice })) as [object, { b: object }];
    equal(a, b, "one object among the arguments is one object there");
    const buffer = new ArrayBuffer(8);
    const [x, y] = (yield* inside(new Uint8Array(buffer, 0, 4), new Uint8Array(buffer, 4, 4))) as [
      Uint8Array,
      Uint8Array,
    ];
    equal(x.buffer, y.buffer);
    notEqual(x.buffer, buffer);
    const [results] = (yield* go(echo, cycle).join()) as [typeof cycle];
    equal(results.self, results);
  }),
);

test(
  "an object of a class arrives as what it has of its own, as structured clone does it",
  inGoroutine(function* () {
    class Point {
      x = 1;
      y = { z: 2 };
      length(): number {
        return 5;
      }
    }
    const [inner] = (yield* inside(new Point())) as [Record<string, unknown>];
    deepEqual(inner, { x: 1, y: { z: 2 } });
    ok(!(inner instanceof Point));
    const withGetter = {
      get computed() {
        return 42;
      },
    };
    deepEqual(yield* inside(withGetter), [{ computed: 42 }]);
  }),
);

test(
  "errors are copied with their class, message, stack and cause",
  inGoroutine(function* () {
    const error = new TypeError("outer", { cause: new RangeError("inner", { cause: "innermost" }) });
    const [inner] = (yield* inside(error)) as [TypeError];
    notEqual(inner, error);
    isError(inner, TypeError, "outer");
    equal(inner.stack, error.stack);
    isError(inner.cause, RangeError, "inner");
    equal(inner.cause.cause, "innermost");
    const nested = (yield* inside({ error: [error] })) as [{ error: [TypeError] }];
    isError(nested[0].error[0].cause, RangeError, "inner");
  }),
);

test(
  "what it throws is thrown at the joiner: an error with its message, or the value",
  inGoroutine(function* () {
    const thrown = (error: unknown): (() => Routine<unknown>) =>
      function* () {
        return yield* go(failing, error).join();
      };
    isError(yield* thrownBy(thrown(new RangeError("boom", { cause: "why" }))), RangeError, "boom");
    equal(yield* thrownBy(thrown("text")), "text");
    deepEqual(yield* thrownBy(thrown({ code: 5 })), { code: 5 });
  }),
);

// What is shared by nature

const talk = parallel(import.meta.url, function* talk(from: RecvChan<number>, to: SendChan<number>) {
  for (const values = from.range(); yield* values.next();) yield* to.send(values.value * 2);
  to.close();
});

test(
  "channels are shared: both sides talk over the same one",
  inGoroutine(function* () {
    const [there, back] = [chan<number>(), chan<number>(3)];
    const g = go(talk, there, back);
    const got: number[] = [];
    const reader = go(function* () {
      for (const values = back.range(); yield* values.next();) got.push(values.value);
    });
    for (let i = 0; i < 10; i++) yield* there.send(i);
    there.close();
    yield* g.join();
    yield* reader.join();
    deepEqual(got, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    const channelOfChannels = chan<Chan<number>>(1);
    const [inner] = yield* inside(channelOfChannels);
    equal(inner, channelOfChannels);
  }),
);

const bump = parallel(
  import.meta.url,
  function* bump(mutex: Mutex, count: { readonly cell: Int32 }, wg: WaitGroup, n: number) {
    for (let i = 0; i < n; i++) {
      yield* mutex.lock();
      const before = count.cell.load();
      yield* gosched();
      count.cell.store(before + 1);
      mutex.unlock();
    }
    wg.done();
  },
);

test(
  "locks, groups and atomics are shared: a counter under a mutex is right",
  inGoroutine(function* () {
    const mutex = new Mutex();
    const wg = new WaitGroup();
    const cell = new Int32();
    wg.add(5);
    for (let i = 0; i < 5; i++) go(bump, mutex, { cell }, wg, 20);
    yield* wg.wait();
    equal(cell.load(), 100);
    ok(mutex.tryLock());
  }),
);

const hasSharedMemory = typeof SharedArrayBuffer === "function";
const [someContext, cancelSome] = withCancel(withValue(background(), "key", "value"));
const shared: readonly [string, object][] = [
  ["a channel", chan<number>()],
  ["a buffered channel", chan<number>(3)],
  ["Mutex", new Mutex()],
  ["RWMutex", new RWMutex()],
  ["WaitGroup", new WaitGroup()],
  ["Once", new Once()],
  ["Cond", new Cond(new Mutex())],
  ["Int32", new Int32(1)],
  ["Uint32", new Uint32(1)],
  ["Int64", new Int64(1n)],
  ["Uint64", new Uint64(1n)],
  ["Bool", new Bool(true)],
  ["background()", background()],
  ["a context", someContext],
  ["a parallel function", square],
  // A page that is not isolated has none.
  ["SharedArrayBuffer", hasSharedMemory ? new SharedArrayBuffer(8) : new Mutex()],
];

for (const [what, thing] of shared) {
  test(
    `shared by identity, wherever it stands among the arguments and in the result: ${what}`,
    inGoroutine(function* () {
      const args = (yield* inside(
        thing,
        { a: { b: [thing] } },
        [thing],
        new Map([["k", thing]]),
        new Set([thing]),
      )) as [object, { a: { b: [object] } }, [object], Map<string, object>, Set<object>];
      const list = [args[0], args[1].a.b[0], args[2][0], args[3].get("k"), [...args[4]][0]];
      for (const found of list) {
        if (hasSharedMemory && thing instanceof SharedArrayBuffer) {
          // The memory is shared; the object may be another one.
          const value = Math.floor(Math.random() * 1e9);
          new Int32Array(thing)[0] = value;
          equal(new Int32Array(found as SharedArrayBuffer)[0], value);
        } else {
          equal(found, thing);
        }
      }
      if (hasSharedMemory && thing instanceof SharedArrayBuffer) return;
      const [first, second] = (yield* go(echo, thing, { thing }).join()) as [object, { thing: object }];
      equal(first, thing);
      equal(second.thing, thing);
    }),
  );
}

test(
  "views of shared memory are shared, views of other memory are copied",
  inGoroutine(function* () {
    if (hasSharedMemory) {
      const memory = new SharedArrayBuffer(16);
      const view = new Int32Array(memory, 4, 2);
      const [inner] = (yield* inside({ view })) as [{ view: Int32Array }];
      equal(inner.view.length, 2);
      equal(inner.view.byteOffset, 4);
      Atomics.store(inner.view, 1, 42);
      equal(view[1], 42);
    }
    const own = new Int32Array(2);
    const [copy] = (yield* inside(own)) as [Int32Array];
    copy[0] = 42;
    equal(own[0], 0);
  }),
);

const waits = parallel(import.meta.url, function* waits(ctx: Context, gate: Chan<void>) {
  const got = yield* select({ done: ctx.done(), gate: gate.recv() });
  return [got.case, ctx.value("key"), ctx.err()?.message];
});

test(
  "a context is shared: it is cancelled on both sides, and its values are there",
  inGoroutine(function* () {
    const g = watch(() => joining(waits, someContext, chan<void>()));
    yield* idle();
    equal(g.settled, false);
    cancelSome();
    yield* idle();
    deepEqual(g.value, ["done", "value", "context canceled"]);
  }),
);

const applies = parallel(import.meta.url, function* applies(fn: Parallel<[number], number>, n: number) {
  return (yield* go(fn, n).join()) + (yield* fn(n));
});

test(
  "a parallel function may be given another, and start or call it",
  inGoroutine(function* () {
    equal(yield* go(applies, square, 3).join(), 18);
  }),
);

// What is moved

test(
  "a buffer wrapped in move is there afterwards and gone here",
  inGoroutine(function* () {
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    const [inner] = (yield* inside(move(buffer))) as [ArrayBuffer];
    equal(buffer.byteLength, 0, "unusable here");
    deepEqual([...new Uint8Array(inner)], [1, 2, 3]);
  }),
);

test(
  "a moved view takes its buffer along, also where it stands inside an object",
  inGoroutine(function* () {
    const view = new Float64Array([1.5, 2.5]);
    const other = new Float64Array([3.5]);
    const buffer = new ArrayBuffer(4);
    const [inner] = (yield* inside({ deep: [{ view: move(view) }], other, buffer: move(buffer) })) as [
      { deep: [{ view: Float64Array }]; other: Float64Array; buffer: ArrayBuffer },
    ];
    equal(view.length, 0);
    equal(buffer.byteLength, 0);
    deepEqual([...inner.deep[0].view], [1.5, 2.5]);
    equal(inner.buffer.byteLength, 4);
    equal(other.length, 1, "what is not moved is copied");
    deepEqual([...inner.other], [3.5]);
  }),
);

test(
  "a result may be moved back",
  inGoroutine(function* () {
    let left: ArrayBuffer | undefined;
    const makes = parallel(import.meta.url, function* makes() {
      left = new Uint8Array([7, 8]).buffer;
      return move(left);
    });
    const got = yield* go(makes).join();
    deepEqual([...new Uint8Array(got)], [7, 8]);
    equal(left?.byteLength, 0);
  }),
);

test(
  "a port wrapped in move goes over and works there",
  inGoroutine(function* () {
    const { port1, port2 } = new MessageChannel();
    const [inner] = (yield* inside({ port: move(port2) })) as [{ port: MessagePort }];
    const heard = chan<unknown>(1);
    inner.port.onmessage = (event: MessageEvent) => {
      heard.trySend(event.data);
    };
    port1.postMessage("hello");
    equal(yield* heard.recv(), "hello");
    port1.close();
    inner.port.close();
  }),
);

// What cannot go

for (const [what, args, path] of [
  ["a function", [() => 1], "argument 1"],
  ["a function further on", [1, () => 1], "argument 2"],
  ["a function in an object in a list", [0, { callbacks: [() => 1] }], "argument 2.callbacks[0]"],
  ["a function far below", [{ a: { b: [{}, { c: () => 1 }] } }], "argument 1.a.b[1].c"],
  ["a generator function", [function* () {}], "argument 1"],
  ["an async function", [async () => {}], "argument 1"],
  ["a class", [class {}], "argument 1"],
] as const) {
  test(
    `what cannot be sent is a TypeError at the go, naming the place: ${what}`,
    inGoroutine(function* () {
      const before = numGoroutine();
      throws(
        () => go(echo, ...args),
        (error) => {
          isError(error, TypeError, `${path}: a function cannot be sent to another core`);
          return true;
        },
      );
      equal(numGoroutine(), before, "nothing has been started");
      yield* idle(1);
    }),
  );
}

for (const [what, value] of [
  ["a symbol", Symbol("s")],
  ["a promise", Promise.resolve()],
  ["a WeakMap", new WeakMap()],
  ["a WeakRef", new WeakRef({})],
  ["a generator", (function* () {})()],
  ["an Op", chan<number>().recv()],
  ["a running goroutine", undefined],
] as const) {
  test(
    `what cannot be sent is a TypeError at the go, naming the place: ${what}`,
    inGoroutine(function* () {
      const wrong = value ?? go(function* () {});
      for (const [args, path] of [
        [[wrong], /^argument 1(: |[.[])/],
        [[1, { deep: [wrong] }], /^argument 2\.deep\[0\](: |[.[])/],
      ] as const) {
        throws(
          () => go(echo, ...args),
          (error) => {
            isError(error, TypeError, path);
            ok(/cannot be sent to another core/.test(error.message), error.message);
            return true;
          },
        );
      }
      yield* idle(1);
    }),
  );
}

test(
  "a go that throws has moved nothing",
  inGoroutine(function* () {
    const buffer = new ArrayBuffer(8);
    throws(() => go(echo, move(buffer), () => 1), TypeError);
    equal(buffer.byteLength, 8);
    yield* idle(1);
  }),
);

test(
  "a result that cannot be sent is a TypeError at the joiner",
  inGoroutine(function* () {
    const wrong = parallel(import.meta.url, function* wrong(): Routine<() => void> {
      return () => {};
    });
    isError(yield* thrownBy(() => joining(wrong)), TypeError, /a function cannot be sent to another core/);
  }),
);

test("parallel of what is no generator function, or without an address, is a TypeError", () => {
  for (const wrong of [undefined, null, 5, {}, (function* () {})()]) {
    throws(
      () => parallel(import.meta.url, wrong as () => Routine),
      (error) => {
        isError(error, TypeError, /function/);
        return true;
      },
    );
  }
  for (const wrong of [undefined, null, 5, {}]) {
    throws(
      () => parallel(wrong as string, function* named() {}),
      (error) => {
        isError(error, TypeError, /url/);
        return true;
      },
    );
  }
});

function* joining<A extends unknown[], T>(fn: Parallel<A, T>, ...args: A): Routine<T> {
  return yield* go(fn, ...args).join();
}
