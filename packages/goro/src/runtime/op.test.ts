// What is true of every Op, asked of every kind: it is lazy, reusable, awaitable, a case of select, shared by many, and leaves nothing where it lost.
import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { chan, go, Panic, run, select, sleep, trySelect, until, type Op, type Routine } from "goro";
import { Cond, Mutex, Once, onceFunc, onceValue, RWMutex, WaitGroup } from "goro/sync";
import { background, withCancel } from "goro/context";
import { after } from "goro/time";
import { Group as ErrGroup } from "goro/errgroup";
import { Weighted } from "goro/semaphore";
import { Group as Flights } from "goro/singleflight";
import { every, Limiter } from "goro/rate";
import { goid, gosched } from "goro/runtime";
import { idle, inGoroutine, isError, thrownBy, watch, within, type Watched } from "../testkit.portable.js";

/** An Op that has to wait, and what is around it. */
interface Subject {
  readonly op: Op<unknown>;
  /** Lets a run of the Op complete: one run, or all where the kind says so. */
  release(): Routine;
  /** Makes it wait again after a run has completed. */
  rearm?(): Routine;
  /** Fails where a run that lost holds something, has taken something, or is still waiting. Leaves everything as it was. */
  untouched?(): Routine;
  check?(value: unknown): void;
}
interface Kind {
  readonly name: string;
  make(): Routine<Subject>;
  /** What one release lets complete. */
  readonly wakes: "one" | "all";
  /** Completes at once for ever after the first release. */
  readonly final?: true;
  /** Can never complete without waiting. */
  readonly slow?: true;
}

/** When those with a clock of their own complete: late enough to see before, also on a machine that stops now and then, that they wait. */
const dueMs = 150;

const kinds: readonly Kind[] = [
  {
    name: "send, unbuffered",
    wakes: "one",
    *make() {
      const ch = chan<number>();
      return {
        op: ch.send(7),
        *release() {
          equal(yield* ch.recv(), 7);
        },
        *untouched() {
          equal(ch.tryRecv(), undefined);
        },
        check: (value) => equal(value, undefined),
      };
    },
  },
  {
    name: "send, buffer full",
    wakes: "one",
    *make() {
      const ch = chan<number>(2);
      ch.trySend(7);
      ch.trySend(7);
      return {
        op: ch.send(7),
        *release() {
          equal(yield* ch.recv(), 7);
        },
        *untouched() {
          equal(ch.length, 2);
          ch.tryRecv();
          equal(ch.length, 1);
          ch.trySend(7);
        },
      };
    },
  },
  ...(["recv", "recvOk", "range"] as const).map((way): Kind => ({
    name: way,
    wakes: "one",
    *make() {
      const ch = chan<number>();
      return {
        op: way === "range" ? ch.range().next() : ch[way](),
        *release() {
          yield* ch.send(7);
        },
        *untouched() {
          equal(ch.trySend(0), false);
        },
        check: (value) => deepEqual(value, { recv: 7, recvOk: [7, true], range: true }[way]),
      };
    },
  })),
  {
    name: "select",
    wakes: "one",
    *make() {
      const [ch, other] = [chan<number>(), chan<number>()];
      return {
        op: select({ ch: ch.recv(), other: other.send(1) }),
        *release() {
          yield* ch.send(7);
        },
        *untouched() {
          equal(ch.trySend(0), false);
          equal(other.tryRecv(), undefined);
        },
        check: (value) => deepEqual(value, { case: "ch", value: 7 }),
      };
    },
  },
  ...(["lock", "guard"] as const).map((way): Kind => ({
    name: `Mutex.${way}`,
    wakes: "one",
    *make() {
      const mutex = new Mutex();
      yield* mutex.lock();
      return {
        op: mutex[way](),
        *release() {
          mutex.unlock();
        },
        *untouched() {
          mutex.unlock();
          ok(mutex.tryLock(), "somebody else holds the lock");
        },
        check: (value) =>
          equal(typeof (value as Disposable | undefined)?.[Symbol.dispose], way === "guard" ? "function" : "undefined"),
      };
    },
  })),
  ...(["lock", "guard"] as const).map((way): Kind => ({
    name: `RWMutex.${way}, a writer before it`,
    wakes: "one",
    *make() {
      const mutex = new RWMutex();
      yield* mutex.lock();
      return {
        op: mutex[way](),
        *release() {
          mutex.unlock();
        },
        *untouched() {
          mutex.unlock();
          ok(mutex.tryLock(), "somebody else holds the lock");
        },
      };
    },
  })),
  {
    name: "RWMutex.lock, a reader before it",
    wakes: "one",
    *make() {
      const mutex = new RWMutex();
      yield* mutex.rLock();
      let byReader = true;
      return {
        op: mutex.lock(),
        *release() {
          if (byReader) mutex.rUnlock();
          else mutex.unlock();
          byReader = false;
        },
        *untouched() {
          ok(mutex.tryRLock(), "a writer that left still holds readers back");
          mutex.rUnlock();
        },
      };
    },
  },
  ...(["rLock", "rGuard", "rLocker"] as const).map((way): Kind => ({
    name: `RWMutex.${way}`,
    wakes: "all",
    *make() {
      const mutex = new RWMutex();
      yield* mutex.lock();
      return {
        op: way === "rLocker" ? mutex.rLocker().lock() : mutex[way](),
        *release() {
          mutex.unlock();
        },
        *rearm() {
          mutex.rUnlock();
          ok(mutex.tryLock());
        },
        *untouched() {
          mutex.unlock();
          ok(mutex.tryLock(), "somebody else holds the lock");
        },
      };
    },
  })),
  {
    name: "WaitGroup.wait",
    wakes: "all",
    *make() {
      const wg = new WaitGroup();
      wg.add(1);
      return {
        op: wg.wait(),
        *release() {
          wg.done();
        },
        *rearm() {
          wg.add(1);
        },
      };
    },
  },
  {
    name: "Once.do, while another does it",
    wakes: "all",
    final: true,
    *make() {
      const once = new Once();
      const gate = chan<void>();
      const first = watch(function* () {
        yield* once.do(function* () {
          yield* gate.recv();
        });
      });
      yield* idle(2);
      return {
        op: once.do(() => ok(false, "it runs once")),
        *release() {
          gate.close();
          yield* idle(2);
          ok(first.settled);
        },
      };
    },
  },
  ...(
    [
      ["onceFunc", onceFunc],
      ["onceValue", onceValue],
    ] as const
  ).map(([name, make]): Kind => ({
    name,
    wakes: "all",
    final: true,
    *make() {
      const gate = chan<void>();
      let calls = 0;
      const once = make(function* () {
        calls++;
        yield* gate.recv();
      });
      const first = watch(function* () {
        yield* once();
      });
      yield* idle(2);
      return {
        op: once(),
        *release() {
          gate.close();
          yield* idle(2);
          ok(first.settled);
          equal(calls, 1);
        },
      };
    },
  })),
  {
    name: "join",
    wakes: "all",
    final: true,
    *make() {
      const gate = chan<void>();
      const g = go(function* () {
        yield* gate.recv();
        return "result";
      });
      return {
        op: g.join(),
        *release() {
          gate.close();
          yield* idle(2);
        },
        check: (value) => equal(value, "result"),
      };
    },
  },
  {
    name: "sleep",
    wakes: "all",
    slow: true,
    *make() {
      return {
        op: sleep(dueMs),
        *release() {
          yield* sleep(dueMs + 30);
        },
        check: (value) => equal(value, undefined),
      };
    },
  },
  {
    name: "until a promise",
    wakes: "all",
    final: true,
    slow: true,
    *make() {
      let resolve = (_: string): void => {};
      const promise = new Promise<string>((done) => (resolve = done));
      return {
        op: until(promise),
        *release() {
          resolve("value");
          yield* sleep(1);
        },
        check: (value) => equal(value, "value"),
      };
    },
  },
  {
    name: "until a function",
    wakes: "all",
    slow: true,
    *make() {
      const pending: (() => void)[] = [];
      return {
        op: until(() => new Promise<string>((done) => pending.push(() => done("value")))),
        *release() {
          for (const done of pending.splice(0)) done();
          yield* sleep(1);
        },
        check: (value) => equal(value, "value"),
      };
    },
  },
  {
    name: "Context.done",
    wakes: "all",
    final: true,
    *make() {
      const [ctx, cancel] = withCancel(background());
      return {
        op: ctx.done(),
        *release() {
          cancel();
        },
      };
    },
  },
  {
    name: "Weighted.acquire",
    wakes: "one",
    *make() {
      const weights = new Weighted(3);
      ok(weights.tryAcquire(3));
      return {
        op: weights.acquire(background(), 2),
        *release() {
          weights.release(2);
        },
        *untouched() {
          weights.release(3);
          ok(weights.tryAcquire(3), "somebody else holds a part");
        },
      };
    },
  },
  {
    name: "errgroup's wait",
    wakes: "all",
    final: true,
    *make() {
      const gate = chan<void>();
      const group = new ErrGroup();
      group.go(function* () {
        yield* gate.recv();
      });
      return {
        op: group.wait(),
        *release() {
          gate.close();
          yield* idle(2);
        },
      };
    },
  },
  {
    name: "singleflight's do, while another flies",
    wakes: "all",
    final: true,
    slow: true,
    *make() {
      const gate = chan<void>();
      const flights = new Flights<string>();
      let calls = 0;
      const fly = function* (): Routine<string> {
        calls++;
        yield* gate.recv();
        return "value";
      };
      go(function* () {
        yield* flights.do("key", fly);
      });
      yield* idle(2);
      return {
        op: flights.do("key", fly),
        *release() {
          equal(calls, 1);
          gate.close();
          yield* idle(3);
        },
        check: (value) => equal((value as { value: string }).value, "value"),
      };
    },
  },
  {
    name: "a timer's channel",
    wakes: "one",
    slow: true,
    *make() {
      let channel = after(dueMs);
      return {
        get op() {
          return channel.recv();
        },
        *release() {
          yield* sleep(dueMs + 30);
        },
        *rearm() {
          channel = after(dueMs);
        },
        check: (value) => ok(value instanceof Date),
      };
    },
  },
];

function never(): Op<unknown> {
  return chan<never>().recv();
}

function running(subject: Subject): Watched<unknown> {
  return watch(function* () {
    return yield* subject.op;
  });
}

function* proven(subject: Subject, w: Watched<unknown>): Routine {
  yield* idle();
  ok(w.settled, "it has been let go, and should have completed");
  subject.check?.(w.value);
}

for (const kind of kinds) {
  test(
    `${kind.name}: making it does nothing`,
    inGoroutine(function* () {
      const subject = yield* kind.make();
      void subject.op;
      yield* idle();
      yield* subject.untouched?.() ?? idle(0);
    }),
  );

  test(
    `${kind.name}: it waits, then completes, and can be run again`,
    inGoroutine(function* () {
      const subject = yield* kind.make();
      for (let round = 0; round < 3; round++) {
        const w = running(subject);
        yield* idle();
        if (round === 0 || kind.final === undefined) {
          if (round === 0) equal(w.settled, false);
          yield* subject.release();
        } else if (kind.slow) {
          yield* sleep(1);
        }
        yield* proven(subject, w);
        yield* subject.rearm?.() ?? idle(0);
      }
    }),
  );

  test(
    `${kind.name}: many goroutines run the same Op at once`,
    inGoroutine(function* () {
      const subject = yield* kind.make();
      const op = subject.op;
      const many: Watched<unknown>[] = [];
      for (let i = 0; i < 5; i++) {
        many.push(
          watch(function* () {
            return yield* op;
          }),
        );
        yield* idle(2);
      }
      ok(many.every((w) => !w.settled));
      // The timer's channel has one value for all of them.
      if (kind.name === "a timer's channel") {
        yield* subject.release();
        equal(many.filter((w) => w.settled).length, 1);
        return;
      }
      for (let i = 0; i < (kind.wakes === "all" ? 1 : many.length); i++) {
        yield* subject.release();
        yield* idle();
        if (kind.wakes === "one") {
          deepEqual(
            many.map((w) => w.settled),
            many.map((_, n) => n <= i),
            "first come, first served",
          );
        }
      }
      for (const w of many) yield* proven(subject, w);
    }),
  );

  test(
    `${kind.name}: async code awaits it`,
    inGoroutine(function* () {
      const subject = yield* kind.make();
      const results: unknown[] = [];
      const awaiting = async (): Promise<void> => {
        results.push(await subject.op);
      };
      const promise = awaiting();
      yield* sleep(1);
      equal(results.length, 0);
      yield* subject.release();
      yield* until(promise);
      equal(results.length, 1);
      subject.check?.(results[0]);
    }),
  );

  test(
    `${kind.name}: select waits for it beside others`,
    inGoroutine(function* () {
      const subject = yield* kind.make();
      const waiting = watch(function* () {
        return yield* select({ other: never(), it: subject.op, none: null });
      });
      yield* idle();
      equal(waiting.settled, false);
      yield* subject.release();
      yield* idle();
      const got = waiting.value;
      equal(got.case, "it");
      subject.check?.(got.value);
    }),
  );

  test(
    `${kind.name}: where it loses a select it leaves nothing behind, and works afterwards`,
    inGoroutine(function* () {
      const subject = yield* kind.make();
      for (let round = 0; round < 3; round++) {
        const other = chan<number>();
        const waiting = watch(function* () {
          return yield* round === 2
            ? select({ inner: select([subject.op, subject.op]), other: other.recv() })
            : select({ it: subject.op, other: other.recv(), again: subject.op });
        });
        yield* idle();
        equal(waiting.settled, false);
        yield* other.send(1);
        yield* idle();
        deepEqual(waiting.value, { case: "other", value: 1 });
        yield* subject.untouched?.() ?? idle(0);
      }
      const w = running(subject);
      yield* idle();
      yield* subject.release();
      yield* proven(subject, w);
    }),
  );

  test(
    `${kind.name}: a ready rival takes the select and it is not even begun`,
    inGoroutine(function* () {
      const subject = yield* kind.make();
      const rival = chan<number>();
      rival.close();
      for (let i = 0; i < 20; i++) {
        equal((yield* select({ it: subject.op, rival: rival.recv() })).case, "rival");
        equal(trySelect({ it: subject.op, rival: rival.recv() })?.case, "rival");
      }
      yield* subject.untouched?.() ?? idle(0);
    }),
  );

  test(
    `${kind.name}: trySelect does not wait for it`,
    inGoroutine(function* () {
      const subject = yield* kind.make();
      equal(trySelect({ it: subject.op }), undefined);
      equal(trySelect([null, subject.op]), undefined);
      yield* subject.untouched?.() ?? idle(0);
      if (kind.slow) return;
      const releasing = watch(() => subject.release());
      yield* idle();
      const got = trySelect({ none: null, it: subject.op });
      equal(got?.case, "it");
      subject.check?.(got?.value);
      yield* idle();
      ok(releasing.settled);
    }),
  );

  if (kind.slow) continue;
  test(
    `${kind.name}: ready beside a ready rival, either it completes wholly or it does nothing`,
    inGoroutine(function* () {
      const rival = chan<number>();
      rival.close();
      let won = 0;
      const rounds = 60;
      for (let i = 0; i < rounds; i++) {
        const subject = yield* kind.make();
        const releasing = watch(() => subject.release());
        yield* idle(4);
        const got = yield* select({ it: subject.op, rival: rival.recv() });
        if (got.case === "it") {
          won++;
          subject.check?.(got.value);
        } else {
          // It is as ready as before.
          const w = running(subject);
          yield* proven(subject, w);
        }
        yield* idle(2);
        ok(releasing.settled);
      }
      ok(won > 0 && won < rounds, `won ${won} of ${rounds}`);
    }),
  );
}

// Ops of several steps

test(
  "Once.do that loses goes on to its end for the others who wait",
  inGoroutine(function* () {
    const once = new Once();
    const gate = chan<void>();
    const away = chan<void>();
    const did: string[] = [];
    const op = once.do(function* () {
      did.push("begun");
      yield* gate.recv();
      did.push("done");
    });
    yield* idle();
    equal(did.length, 0, "making it does nothing");
    const first = watch(function* () {
      return (yield* select({ op, away: away.recv() })).case;
    });
    yield* idle();
    const second = watch(function* () {
      yield* once.do(() => {
        did.push("again");
      });
    });
    yield* idle();
    deepEqual(did, ["begun"]);
    yield* away.send();
    yield* idle();
    equal(first.value, "away");
    equal(second.settled, false);
    yield* gate.send();
    yield* idle();
    ok(second.settled);
    deepEqual(did, ["begun", "done"]);
  }),
);

test(
  "singleflight's do that loses goes on to its end for the others who wait",
  inGoroutine(function* () {
    const flights = new Flights<number>();
    const gate = chan<void>();
    const away = chan<void>();
    let calls = 0;
    const op = flights.do("key", function* () {
      calls++;
      yield* gate.recv();
      return 42;
    });
    yield* idle();
    equal(calls, 0, "making it does nothing");
    const first = watch(function* () {
      return (yield* select({ op, away: away.recv() })).case;
    });
    yield* idle();
    const second = watch(function* () {
      return (yield* op).value;
    });
    yield* idle();
    yield* away.send();
    yield* idle();
    equal(first.value, "away");
    yield* gate.send();
    yield* idle();
    equal(second.value, 42);
    equal(calls, 1);
  }),
);

test(
  "Cond.wait that loses holds its locker again before select returns, and no signal is lost on it",
  inGoroutine(function* () {
    const mutex = new Mutex();
    const cond = new Cond(mutex);
    const away = chan<void>();
    const loser = watch(function* () {
      yield* mutex.lock();
      const got = yield* select({ signal: cond.wait(), away: away.recv() });
      const held = !mutex.tryLock();
      mutex.unlock();
      return [got.case, held];
    });
    yield* idle();
    ok(mutex.tryLock(), "waiting gave the lock back");
    const winner = watch(function* () {
      yield* mutex.lock();
      yield* cond.wait();
      mutex.unlock();
      return "signalled";
    });
    yield* away.send();
    yield* idle();
    equal(loser.settled, false, "we hold the lock, so its select cannot return");
    mutex.unlock();
    yield* idle();
    deepEqual(loser.value, ["away", true]);
    cond.signal();
    yield* idle();
    equal(winner.value, "signalled");
    ok(mutex.tryLock());
  }),
);

test(
  "Cond.wait wins a select holding its locker",
  inGoroutine(function* () {
    const cond = new Cond(new Mutex());
    const waiting = watch(function* () {
      yield* cond.l.lock();
      const got = yield* select({ signal: cond.wait(), never: never() });
      const held = !(cond.l as Mutex).tryLock();
      cond.l.unlock();
      return [got.case, held];
    });
    yield* idle();
    equal(waiting.settled, false);
    cond.signal();
    yield* idle();
    deepEqual(waiting.value, ["signal", true]);
  }),
);

test(
  "Limiter.wait that loses gives its tokens back",
  inGoroutine(function* () {
    const limiter = new Limiter(every(60_000), 1);
    ok(limiter.allow());
    const other = chan<void>(1);
    const before = limiter.tokens;
    for (let i = 0; i < 10; i++) {
      const waiting = watch(function* () {
        return (yield* select({ token: limiter.wait(background()), other: other.recv() })).case;
      });
      yield* idle();
      equal(waiting.settled, false);
      ok(limiter.tokens < before - 0.5, "a token is reserved");
      yield* other.send();
      yield* idle();
      equal(waiting.value, "other");
      ok(limiter.tokens > before - 0.5, `${limiter.tokens} tokens after ${before}`);
    }
  }),
);

test(
  "gosched is a case of select that lets others run, and can be awaited",
  inGoroutine(function* () {
    let ran = 0;
    go(function* () {
      ran++;
    });
    deepEqual(yield* select({ turn: gosched(), never: never() }), { case: "turn", value: undefined });
    equal(ran, 1);
    yield* until(
      (async () => {
        await gosched();
      })(),
    );
  }),
);

// Running an Op

test(
  "an Op that completes at once does not give up the processor",
  inGoroutine(function* () {
    let others = 0;
    const ch = chan<number>(10);
    const gone = chan<number>();
    gone.close();
    const mutex = new Mutex();
    const nobody = new WaitGroup();
    const [ctx, cancel] = withCancel(background());
    cancel();
    const ended = go(function* () {});
    yield* ended.join();
    // A slice ends after 10 ms, and on a busy machine that may be just here; not five times in a row.
    for (let attempt = 0; attempt < 5; attempt++) {
      yield* gosched();
      others = 0;
      go(function* () {
        others++;
      });
      for (let i = 0; i < 10; i++) yield* ch.send(i);
      for (let i = 0; i < 5; i++) yield* ch.recv();
      for (let i = 0; i < 5; i++) yield* select({ ch: ch.recv(), never: never() });
      yield* gone.recv();
      yield* gone.recvOk();
      yield* mutex.lock();
      mutex.unlock();
      yield* nobody.wait();
      yield* ended.join();
      yield* ctx.done();
      if (others === 0) return;
    }
    equal(others, 0);
  }),
);

test(
  "what is begun with go runs no earlier than the caller blocks or yields",
  inGoroutine(function* () {
    const order: string[] = [];
    go(function* () {
      order.push("started");
    });
    order.push("after go");
    yield* gosched();
    order.push("after gosched");
    deepEqual(order, ["after go", "started", "after gosched"]);
  }),
);

for (const [title, given] of [
  ["nothing", undefined],
  ["a number", 5],
  ["a promise", Promise.resolve(5)],
  ["an Op without the star", sleep(1)],
  ["null", null],
  ["an object", {}],
] as const) {
  test(
    `a bare yield of ${title} throws a TypeError in the goroutine, which can catch it and go on`,
    inGoroutine(function* () {
      const finals: string[] = [];
      function* bare(): Generator<unknown, void, unknown> {
        try {
          yield given;
        } finally {
          finally_();
        }
      }
      function finally_(): void {
        finals.push("finally");
      }
      const caught = yield* thrownBy(bare as unknown as () => Routine);
      isError(caught, TypeError, /yield/);
      deepEqual(finals, ["finally"]);
      yield* sleep(1);
      const ch = chan<number>(1);
      yield* ch.send(1);
      equal(yield* ch.recv(), 1);

      const uncaught = go(bare as unknown as () => Routine);
      isError(yield* thrownBy(() => joined(uncaught.join())), TypeError, /yield/);
    }),
  );
}

test("then() runs the Op anew each time, and its promise is like any other", async () => {
  const ch = chan<number>(3);
  const op = ch.recv();
  for (const n of [1, 2, 3]) ch.trySend(n);
  deepEqual(await within(10_000, Promise.all([op, op, op])), [1, 2, 3]);
  ch.trySend(4);
  equal(await op.then((value) => (value ?? 0) * 10).then((value) => value + 1), 41);
  ch.trySend(5);
  equal(await op.then(), 5, "without callbacks the value goes through");
  ch.close();
  const send = ch.send(1);
  equal(
    await send.then(
      () => "sent",
      (error: unknown) => (error instanceof Panic ? "refused" : "?"),
    ),
    "refused",
  );
  await rejects(
    async () =>
      send.then(() => {
        throw new Error("not this one");
      }),
    Panic,
  );
  await rejects(
    async () =>
      op.then(() => {
        throw new Error("from the callback");
      }),
    /from the callback/,
  );
});

test("async code outside any goroutine uses locks, groups and contexts", async () => {
  const mutex = new Mutex();
  let [inside, most] = [0, 0];
  const worker = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) {
      await mutex.lock();
      most = Math.max(most, ++inside);
      await null;
      inside--;
      mutex.unlock();
    }
  };
  await within(10_000, Promise.all([worker(), worker(), worker()]));
  equal(most, 1);
  const wg = new WaitGroup();
  wg.go(async () => {
    await sleep(2);
  });
  await within(10_000, wg.wait());
});

test("async code is outside any goroutine, also while it runs in an Op that a goroutine completes", async () => {
  const ch = chan<number>();
  const seen: number[] = [];
  const receiver = (async () => {
    await ch.recv();
    seen.push(goid());
  })();
  await run(function* () {
    yield* ch.send(1);
    yield* idle();
    ok(goid() > 0);
  });
  await receiver;
  deepEqual(seen, [0]);
});

function* joined<T>(op: Op<T>): Routine<T> {
  return yield* op;
}
