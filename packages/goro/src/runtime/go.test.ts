import { test } from "node:test";
import { deepEqual, equal, notEqual, ok, rejects, throws } from "node:assert/strict";
import { chan, go, run, select, sleep, until, type Goroutine, type Op, type Routine } from "goro";
import { WaitGroup } from "goro/sync";
import { goexit, goid, gosched, numGoroutine } from "goro/runtime";
import { idle, inGoroutine, isError, thrownBy, watch, within } from "../testkit.portable.js";

function* joined<T>(op: Op<T>): Routine<T> {
  return yield* op;
}

// Starting

test(
  "go returns at once with a goroutine of its own id, and ids only increase",
  inGoroutine(function* () {
    const started = Array.from({ length: 100 }, () => go(function* () {}));
    let last = goid();
    for (const g of started) {
      ok(Number.isInteger(g.id));
      ok(g.id > last, `${g.id} after ${last}`);
      last = g.id;
    }
    yield* idle();
    ok(go(function* () {}).id > last, "an id is not used again");
  }),
);

test(
  "goid is the id of the goroutine that runs, wherever it has been parked",
  inGoroutine(function* () {
    const ch = chan<void>();
    const seen: number[][] = [];
    const started = Array.from({ length: 3 }, () =>
      go(function* () {
        const mine = [goid()];
        seen.push(mine);
        yield* gosched();
        mine.push(goid());
        yield* ch.recv();
        mine.push(goid());
        yield* sleep(1);
        mine.push(goid());
        yield* until(Promise.resolve());
        mine.push(goid());
      }),
    );
    const own = goid();
    for (const _ of started) yield* ch.send();
    for (const g of started) yield* g.join();
    equal(goid(), own);
    deepEqual(
      seen.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
      started.map((g) => Array<number>(5).fill(g.id)),
    );
  }),
);

test("goid is 0 outside any goroutine", async () => {
  equal(goid(), 0);
  await run(function* () {
    notEqual(goid(), 0);
    yield* sleep(1);
  });
  equal(goid(), 0);
  await new Promise<void>((resolve) => setTimeout(resolve, 1));
  equal(goid(), 0);
});

test("go from plain code returns before the goroutine runs", async () => {
  let ran = false;
  const g = go(function* () {
    ran = true;
  });
  equal(ran, false);
  await within(10_000, g.join());
  equal(ran, true);
});

test(
  "goroutines start in the order of their go, but for the newest, which may go first as in Go",
  inGoroutine(function* () {
    const order: number[] = [];
    for (let i = 0; i < 100; i++) {
      go(function* () {
        order.push(i);
      });
    }
    equal(order.length, 0);
    yield* gosched();
    equal(order.length, 100, "gosched let all of them run");
    const withoutNewest = order.filter((i) => i !== 99);
    deepEqual(
      withoutNewest,
      Array.from({ length: 99 }, (_, i) => i),
    );
  }),
);

test(
  "arguments arrive as they were given",
  inGoroutine(function* () {
    const shared = { n: 1 };
    const got = chan<unknown[]>(3);
    go(
      function* (a: number, b: string, c: object, ...rest: unknown[]) {
        yield* got.send([a, b, c, ...rest]);
      },
      1,
      "two",
      shared,
      undefined,
      null,
    );
    const args = (yield* got.recv()) ?? [];
    deepEqual(args, [1, "two", { n: 1 }, undefined, null]);
    equal(args[2], shared, "on this core an argument is not copied");
    go(function* (...none: unknown[]) {
      yield* got.send(none);
    });
    deepEqual(yield* got.recv(), []);
    const named = function* (n: number): Routine<number> {
      return n * 2;
    };
    equal(yield* go(named, 21).join(), 42);
  }),
);

test(
  "an argument that changes after go is seen as it is when the goroutine looks, and a loop variable is its own",
  inGoroutine(function* () {
    const seen: number[] = [];
    const wg = new WaitGroup();
    for (let i = 0; i < 10; i++) {
      wg.go(function* () {
        yield* gosched();
        seen.push(i);
      });
    }
    yield* wg.wait();
    deepEqual(
      seen.sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  }),
);

test(
  "an async function is a goroutine until it settles",
  inGoroutine(function* () {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const before = numGoroutine();
    let begun = false;
    const g = go(async (n: number) => {
      begun = true;
      await gate;
      return n + 1;
    }, 41);
    equal(begun, false, "it does not run inside go");
    equal(numGoroutine(), before + 1);
    yield* idle();
    equal(begun, true);
    yield* sleep(2);
    equal(numGoroutine(), before + 1, "it has not settled");
    open();
    equal(yield* g.join(), 42);
    equal(numGoroutine(), before);
  }),
);

test(
  "a function that gives a thenable is a goroutine until that settles",
  inGoroutine(function* () {
    const thenable: PromiseLike<string> = {
      then: (done) => Promise.resolve("value").then(done),
    };
    equal(yield* go(() => thenable).join(), "value");
    equal(yield* go(() => sleep(1).then(() => "op")).join(), "op");
  }),
);

test(
  "a plain function is a goroutine for the length of its call, which is not inside go",
  inGoroutine(function* () {
    let called = 0;
    let id = 0;
    const before = numGoroutine();
    const g = go(
      (a: number, b: number) => {
        called++;
        id = goid();
        return a + b;
      },
      1,
      2,
    );
    equal(called, 0);
    equal(numGoroutine(), before + 1);
    equal(yield* g.join(), 3);
    equal(called, 1);
    equal(id, g.id);
    equal(numGoroutine(), before);
    equal(yield* go(() => undefined).join(), undefined);
    equal(yield* go(() => null).join(), null);
  }),
);

test(
  "an arrow function that gives a Routine runs it",
  inGoroutine(function* () {
    function* work(n: number): Routine<number> {
      yield* gosched();
      return n * n;
    }
    equal(yield* go(() => work(7)).join(), 49);
    equal(yield* go((n: number) => work(n), 8).join(), 64);
  }),
);

test(
  "a method needs its object bound, and then runs as any other",
  inGoroutine(function* () {
    class Counter {
      n = 0;
      *bump(by: number): Routine<number> {
        yield* gosched();
        this.n += by;
        return this.n;
      }
    }
    const counter = new Counter();
    equal(yield* go(counter.bump.bind(counter), 3).join(), 3);
    equal(yield* go(() => counter.bump(4)).join(), 7);
  }),
);

for (const [what, wrong] of [
  ["undefined", undefined],
  ["null", null],
  ["a number", 5],
  ["a string", "work"],
  ["an object", {}],
  ["a promise", Promise.resolve()],
  ["an Op", sleep(1)],
] as const) {
  test(`go with ${what} for a function is a TypeError that says so`, () => {
    const before = numGoroutine();
    throws(
      () => go(wrong as unknown as () => void),
      (error) => {
        isError(error, TypeError, /\bfn\b|function/);
        return true;
      },
    );
    equal(numGoroutine(), before);
  });
}

test("go with a generator object instead of the function is a TypeError that says what to do", () => {
  function* work(): Routine {
    yield* sleep(1);
  }
  throws(
    () => go(work() as unknown as () => Routine),
    (error) => {
      isError(error, TypeError, /generator/i);
      return true;
    },
  );
});

test(
  "go with an async generator function is a TypeError",
  inGoroutine(function* () {
    async function* wrong(): AsyncGenerator<number> {
      yield 1;
    }
    const start = (fn: unknown): (() => Routine<unknown>) =>
      function* () {
        return yield* go(fn as () => void).join();
      };
    isError(yield* thrownBy(start(wrong)), TypeError, /async generator/i);
    isError(yield* thrownBy(start(() => wrong())), TypeError, /async generator/i);
  }),
);

test("run with what is no function is a TypeError", async () => {
  for (const wrong of [undefined, 5, {}, (function* () {})()]) {
    await rejects(
      async () => run(wrong as unknown as () => Routine),
      (error: unknown) => {
        isError(error, TypeError, /function/);
        return true;
      },
    );
  }
});

// Joining

test(
  "join gives the result, to all who ask, as often as they ask, early and late",
  inGoroutine(function* () {
    const gate = chan<void>();
    const result = { n: 1 };
    const g = go(function* () {
      yield* gate.recv();
      return result;
    });
    const early = Array.from({ length: 10 }, () =>
      watch(function* () {
        return yield* g.join();
      }),
    );
    yield* idle();
    ok(early.every((w) => !w.settled));
    yield* gate.send();
    yield* idle();
    for (const w of early) equal(w.value, result);
    equal(yield* g.join(), result);
    equal(yield* g.join(), result);
  }),
);

test(
  "join of a goroutine that has long ended gives its result, or its error where it was claimed in time",
  inGoroutine(function* () {
    const good = go(function* () {
      return "good";
    });
    const boom = new Error("boom");
    const bad = go(function* (): Routine<string> {
      yield* gosched();
      throw boom;
    });
    const claim = bad.join();
    yield* idle();
    yield* sleep(5);
    equal(yield* good.join(), "good");
    equal(yield* thrownBy(() => joined(claim)), boom);
    equal(yield* thrownBy(() => joined(bad.join())), boom);
  }),
);

test(
  "an error of a claimed goroutine is thrown at every joiner, the very same error",
  inGoroutine(function* () {
    for (const thrown of [new Error("boom"), new TypeError("type"), "a string", 0, null, undefined, Symbol("s")]) {
      const g = go(function* () {
        yield* gosched();
        throw thrown;
      });
      const joiners = Array.from({ length: 3 }, () => watch(() => joined(g.join())));
      yield* idle();
      for (const w of joiners) equal(w.error, thrown);
    }
  }),
);

test(
  "the errors of async and plain functions are thrown at their joiners too",
  inGoroutine(function* () {
    const boom = new Error("boom");
    const ways: Goroutine<unknown>[] = [
      go(async () => {
        await null;
        throw boom;
      }),
      go(() => Promise.reject(boom)),
      go(() => {
        throw boom;
      }),
      go((): Routine => {
        throw boom;
      }),
    ];
    const claims = ways.map((g) => g.join());
    for (const claim of claims) equal(yield* thrownBy(() => joined(claim)), boom);
  }),
);

test(
  "calling join claims the outcome before its Op is run",
  inGoroutine(function* () {
    const boom = new Error("boom");
    const g = go(function* () {
      yield* gosched();
      throw boom;
    });
    const claim = g.join();
    // It ends here; were it not claimed the whole program would.
    yield* idle();
    equal(yield* thrownBy(() => joined(claim)), boom);
  }),
);

test(
  "join in a select: the one that ends first wins, and the other can still be joined",
  inGoroutine(function* () {
    const gates = [chan<void>(), chan<void>()] as const;
    const [a, b] = gates.map((gate, i) =>
      go(function* () {
        yield* gate.recv();
        return i;
      }),
    ) as [Goroutine<number>, Goroutine<number>];
    const waiting = watch(function* () {
      return yield* select({ a: a.join(), b: b.join(), late: sleep(60_000) });
    });
    yield* idle();
    yield* gates[1].send();
    yield* idle();
    deepEqual(waiting.value, { case: "b", value: 1 });
    yield* gates[0].send();
    equal(yield* a.join(), 0);
    deepEqual(yield* select({ a: a.join() }), { case: "a", value: 0 });
  }),
);

test(
  "an error of a joined goroutine is thrown by the select in which it wins",
  inGoroutine(function* () {
    const boom = new Error("boom");
    const g = go(function* () {
      yield* gosched();
      throw boom;
    });
    const other = chan<number>();
    equal(
      yield* thrownBy(function* () {
        yield* select({ g: g.join(), other: other.recv() });
      }),
      boom,
    );
    equal(other.trySend(1), false, "the other case is gone");
  }),
);

test("await on join gives the result and rejects with the error", async () => {
  equal(
    await go(function* () {
      yield* sleep(1);
      return 42;
    }).join(),
    42,
  );
  const boom = new Error("boom");
  await rejects(
    async () =>
      go(function* () {
        yield* sleep(1);
        throw boom;
      }).join(),
    boom,
  );
});

test("run resolves with what the goroutine returns and rejects with what it throws", async () => {
  equal(
    await run(
      function* (a: number, b: number) {
        yield* gosched();
        return a + b;
      },
      1,
      2,
    ),
    3,
  );
  equal(await run(function* () {}), undefined);
  const boom = new Error("boom");
  await rejects(
    run(function* () {
      yield* gosched();
      throw boom;
    }),
    boom,
  );
  // What is not an Error comes as it is.
  const thrown = await run(function* () {
    throw "text";
  }).catch((error: unknown) => error);
  equal(thrown, "text");
});

test("many runs at once do not disturb each other", async () => {
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      run(function* () {
        yield* sleep(i % 5);
        return i;
      }),
    ),
  );
  deepEqual(
    results,
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test("run does not wait for the goroutines that its own started", async () => {
  const done: string[] = [];
  const gate = chan<void>();
  const late = await run(function* () {
    const late = go(function* () {
      yield* gate.recv();
      done.push("late");
    });
    yield* gosched();
    return late;
  });
  equal(done.length, 0);
  gate.close();
  await within(10_000, late.join());
  deepEqual(done, ["late"]);
});

// goexit

test(
  "goexit ends the goroutine, runs its finally blocks from the inside out, and join gives undefined",
  inGoroutine(function* () {
    const order: string[] = [];
    function* inner(): Routine {
      try {
        yield* gosched();
        goexit();
      } finally {
        order.push("inner");
      }
    }
    const g = go(function* (): Routine<string> {
      try {
        yield* inner();
        order.push("not here");
      } finally {
        order.push("outer");
      }
      return "not this";
    });
    equal(yield* g.join(), undefined);
    deepEqual(order, ["inner", "outer"]);
    equal(yield* g.join(), undefined);
    deepEqual(yield* select({ g: g.join() }), { case: "g", value: undefined });
  }),
);

test(
  "goexit before the first Op and from a plain or async function",
  inGoroutine(function* () {
    equal(
      yield* go(function* () {
        goexit();
      }).join(),
      undefined,
    );
    equal(
      yield* go(() => {
        goexit();
      }).join(),
      undefined,
    );
  }),
);

test(
  "goexit throws something that is no Error, so that catch blocks for errors can let it pass",
  inGoroutine(function* () {
    let seen: unknown = "nothing";
    const g = go(function* () {
      try {
        goexit();
      } catch (thrown) {
        seen = thrown;
        throw thrown;
      }
    });
    equal(yield* g.join(), undefined);
    ok(!(seen instanceof Error), String(seen));
    notEqual(seen, "nothing");
  }),
);

for (const [title, op] of [
  ["an Op that waits", () => sleep(1)],
  [
    "an Op that is ready",
    () => {
      const ch = chan<number>(1);
      ch.trySend(1);
      return ch.recv();
    },
  ],
  ["a select", () => select({ a: sleep(1) })],
  ["gosched", () => gosched()],
] as [string, () => Op<unknown>][]) {
  test(
    `goexit that a catch block swallows ends the goroutine at its next Op: ${title}`,
    inGoroutine(function* () {
      const order: string[] = [];
      const g = go(function* (): Routine<string> {
        try {
          try {
            goexit();
          } catch {
            order.push("swallowed");
          }
          yield* op();
          order.push("not here");
        } finally {
          order.push("finally");
        }
        return "not this";
      });
      equal(yield* g.join(), undefined);
      deepEqual(order, ["swallowed", "finally"]);
    }),
  );
}

test(
  "goexit that is swallowed again and again still ends",
  inGoroutine(function* () {
    let swallowed = 0;
    const g = go(function* () {
      for (;;) {
        try {
          if (swallowed === 0) goexit();
          yield* gosched();
        } catch {
          swallowed++;
        }
        // Without an Op in it this loop could not be ended by anybody.
        if (swallowed > 1000) return;
      }
    });
    const waiting = watch(() => joined(g.join()));
    yield* idle(50);
    ok(waiting.settled);
    ok(swallowed <= 1000, `it was thrown ${swallowed} times`);
  }),
);

test(
  "an error thrown by a finally block on the way out takes the place of goexit",
  inGoroutine(function* () {
    const boom = new Error("boom");
    const g = go(function* () {
      try {
        goexit();
      } finally {
        // eslint-disable-next-line no-unsafe-finally
        throw boom;
      }
    });
    equal(yield* thrownBy(() => joined(g.join())), boom);
  }),
);

test("goexit outside a goroutine throws an Error", () => {
  throws(
    () => goexit(),
    (error) => {
      isError(error, Error, /goroutine/);
      return true;
    },
  );
});

// numGoroutine

test(
  "numGoroutine is what was started and has not ended",
  inGoroutine(function* () {
    const before = numGoroutine();
    ok(before >= 1, "this one counts");
    const gate = chan<void>();
    for (let i = 0; i < 50; i++) {
      go(function* () {
        yield* gate.recv();
      });
    }
    equal(numGoroutine(), before + 50, "also before they run");
    yield* idle();
    equal(numGoroutine(), before + 50);
    for (let i = 0; i < 20; i++) yield* gate.send();
    yield* idle();
    equal(numGoroutine(), before + 30);
    gate.close();
    yield* idle();
    equal(numGoroutine(), before);
    const bad = go(function* () {
      throw new Error("claimed");
    }).join();
    go(function* () {
      goexit();
    });
    equal(numGoroutine(), before + 2);
    yield* idle();
    equal(numGoroutine(), before, "however they end");
    yield* thrownBy(() => joined(bad));
  }),
);

// gosched

test(
  "gosched lets every other goroutine run before it returns",
  inGoroutine(function* () {
    const order: string[] = [];
    for (const name of ["a", "b", "c"]) {
      go(function* () {
        for (let i = 0; i < 3; i++) {
          order.push(name + i);
          yield* gosched();
        }
      });
    }
    yield* gosched();
    deepEqual([...order].sort(), ["a0", "b0", "c0"]);
    yield* gosched();
    deepEqual([...order.slice(3)].sort(), ["a1", "b1", "c1"]);
    yield* gosched();
    deepEqual([...order.slice(6)].sort(), ["a2", "b2", "c2"]);
  }),
);

test(
  "gosched gives undefined and works with nobody else there",
  inGoroutine(function* () {
    for (let i = 0; i < 1000; i++) equal(yield* gosched(), undefined);
  }),
);
