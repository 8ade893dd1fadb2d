// What Go's own channel tests pin down (runtime/chan_test.go, test/chan/*.go, test/closedchan.go, test/chancap.go), asked of goro.
// Words and code are our own; the name of the Go test stands beside each.
import { test } from "node:test";
import { deepEqual, equal, fail, ok } from "node:assert/strict";
import { chan, go, Panic, select, sleep, trySelect, type Chan, type RecvChan, type Routine, type SendChan } from "goro";
import { Mutex, WaitGroup } from "goro/sync";
import { gosched } from "goro/runtime";
import { assertUniform, idle, inGoroutine, isError, thrownBy, watch } from "../testkit.portable.js";

test(
  "non-blocking receive beside a close is always ready (TestNonblockRecvRace)",
  inGoroutine(function* () {
    for (let i = 0; i < 2000; i++) {
      const c = chan<number>(1);
      yield* c.send(1);
      const other = go(function* () {
        ok(trySelect({ c: c.recv() }), "the channel holds a value or is closed");
      });
      c.close();
      yield* c.recv();
      yield* other.join();
    }
  }),
);

test(
  "select acts on the channels as they are at one moment (TestNonblockSelectRace, TestNonblockSelectRace2)",
  inGoroutine(function* () {
    for (const byClosing of [false, true]) {
      for (let i = 0; i < 2000; i++) {
        const c1 = chan<number>(1);
        const c2 = chan<number>(1);
        yield* c1.send(1);
        const other = go(function* () {
          ok(trySelect({ c1: c1.recv(), c2: c2.recv() }), "one of the two is always ready");
        });
        if (byClosing) c2.close();
        else yield* c2.send(1);
        c1.tryRecv();
        yield* other.join();
      }
    }
  }),
);

test(
  "two goroutines that select over both sides of one channel never serve themselves (TestSelfSelect)",
  inGoroutine(function* () {
    for (const size of [0, 10]) {
      const c = chan<number>(size);
      const wg = new WaitGroup();
      for (const p of [0, 1]) {
        wg.go(function* () {
          for (let i = 0; i < 1000; i++) {
            const got =
              p === 0 || i % 2 === 0
                ? yield* select({ send: c.send(p), recv: c.recv() })
                : yield* select({ recv: c.recv(), send: c.send(p) });
            if (got.case === "recv" && size === 0) ok(got.value !== p, "received its own value");
          }
        });
      }
      yield* wg.wait();
    }
  }),
);

test(
  "sends, receives and selects in one tangle lose nothing and all end (TestSelectStress)",
  inGoroutine(function* () {
    const n = 10_000;
    const c = [chan<number>(), chan<number>(), chan<number>(2), chan<number>(3)];
    const wg = new WaitGroup();
    for (const ch of c) {
      wg.go(function* () {
        for (let i = 0; i < n; i++) yield* ch.send(0);
      });
      wg.go(function* () {
        for (let i = 0; i < n; i++) yield* ch.recv();
      });
    }
    wg.go(function* () {
      const open: (Chan<number> | undefined)[] = [...c];
      const count = [0, 0, 0, 0];
      for (let i = 0; i < 4 * n; i++) {
        const got = yield* select({
          3: open[3]?.send(0),
          2: open[2]?.send(0),
          0: open[0]?.send(0),
          1: open[1]?.send(0),
        });
        const at = Number(got.case);
        const sent = (count[at] ?? 0) + 1;
        count[at] = sent;
        if (sent === n) open[at] = undefined;
      }
      deepEqual(count, [n, n, n, n]);
    });
    wg.go(function* () {
      const open: (Chan<number> | undefined)[] = [...c];
      const count = [0, 0, 0, 0];
      for (let i = 0; i < 4 * n; i++) {
        const got = yield* select(open.map((ch) => ch?.recv()));
        const received = (count[got.case] ?? 0) + 1;
        count[got.case] = received;
        if (received === n) open[got.case] = undefined;
      }
      deepEqual(count, [n, n, n, n]);
    });
    yield* wg.wait();
    ok(c.every((ch) => ch.length === 0));
  }),
);

test(
  "select is fair between two that are ready, beside two that are not (TestSelectFairness)",
  inGoroutine(function* () {
    const trials = 10_000;
    const c1 = chan<number>(trials + 1);
    const c2 = chan<number>(trials + 1);
    for (let i = 0; i <= trials; i++) {
      yield* c1.send(0);
      yield* c2.send(1);
    }
    const [c3, c4, out, done] = [chan<number>(), chan<number>(), chan<number>(), chan<void>()];
    const chooser = go(function* () {
      for (;;) {
        const got = yield* select({ c3: c3.recv(), c4: c4.recv(), c1: c1.recv(), c2: c2.recv() });
        const next = yield* select({ out: out.send(got.value as number), done: done.recv() });
        if (next.case === "done") return;
      }
    });
    const counts = [0, 0];
    for (let i = 0; i < trials; i++) {
      const which = (yield* out.recv()) as number;
      counts[which] = (counts[which] ?? 0) + 1;
    }
    assertUniform(counts, "two ready channels");
    done.close();
    yield* chooser.join();
  }),
);

test(
  "objects go through channel and select by identity (TestChanSendInterface)",
  inGoroutine(function* () {
    const m = {};
    const c = chan<object>(1);
    yield* c.send(m);
    equal(trySelect({ full: c.send(m) }), undefined);
    equal(trySelect([c.send(m), c.send({})]), undefined);
    equal(yield* c.recv(), m);
  }),
);

test(
  "a select between two sends on the same channel sends both values about as often (TestPseudoRandomSend)",
  inGoroutine(function* () {
    const n = 100;
    for (const size of [0, n]) {
      const c = chan<number>(size);
      const seen: (number | undefined)[] = [];
      const m = new Mutex();
      yield* m.lock();
      go(function* () {
        for (let i = 0; i < n; i++) {
          yield* gosched();
          seen.push(yield* c.recv());
        }
        m.unlock();
      });
      for (let i = 0; i < n; i++) yield* select({ one: c.send(1), zero: c.send(0) });
      yield* m.lock();
      const ones = seen.filter((v) => v === 1).length;
      equal(seen.filter((v) => v === 0).length, n - ones);
      ok(ones > n / 10 && ones < n - n / 10, `${ones} ones of ${n} (capacity ${size})`);
    }
  }),
);

test(
  "twenty-three workers range over one queue and close the results when all are done (TestMultiConsumer)",
  inGoroutine(function* () {
    const workers = 23;
    const rounds = 100_000;
    const pn = [2, 3, 7, 11, 13, 17, 19, 23, 27, 31];
    const q = chan<number>(workers * 3);
    const r = chan<number>(workers * 3);
    const wg = new WaitGroup();
    for (let w = 0; w < workers; w++) {
      wg.go(function* () {
        for (const values = q.range(); yield* values.next();) {
          // Disturbs the order of arrival.
          if (pn[w % pn.length] === values.value) yield* gosched();
          yield* r.send(values.value);
        }
      });
    }
    let expected = 0;
    go(function* () {
      for (let i = 0; i < rounds; i++) {
        const v = pn[i % pn.length] as number;
        expected += v;
        yield* q.send(v);
      }
      q.close();
      yield* wg.wait();
      r.close();
    });
    let [count, sum] = [0, 0];
    for (const values = r.range(); yield* values.next();) {
      count++;
      sum += values.value;
    }
    equal(count, rounds);
    equal(sum, expected);
  }),
);

test(
  "one goroutine may wait on the same channel several times at once (TestSelectDuplicateChannel)",
  inGoroutine(function* () {
    const [c, d, e] = [chan<number>(), chan<number>(), chan<number>()];
    go(function* () {
      yield* select([c.recv(), c.recv(), d.recv()]);
      yield* e.send(9);
    });
    yield* idle();
    const b = watch(function* () {
      return yield* c.recv();
    });
    yield* idle();
    yield* d.send(7); // The first leaves the queue of c twice; the second must still be in it.
    equal(yield* e.recv(), 9);
    yield* c.send(8);
    yield* idle();
    equal(b.value, 8);
  }),
);

test(
  "close wakes selects that wait on the channel more than once (TestSelectStackAdjust)",
  inGoroutine(function* () {
    const [c, d] = [chan<object>(), chan<object>()];
    const plain = watch(function* () {
      return (yield* select([c.recv(), undefined, d.recv(), undefined])).case;
    });
    const doubled = watch(function* () {
      return (yield* select([c.recv(), c.recv(), d.recv(), d.recv()])).case;
    });
    yield* idle();
    d.close();
    yield* idle();
    equal(plain.value, 2);
    ok(doubled.value === 2 || doubled.value === 3);
  }),
);

test(
  "a select never completes two of its cases (doubleselect.go)",
  inGoroutine(function* () {
    const n = 20_000;
    const lines = [chan<number>(), chan<number>(), chan<number>(), chan<number>()];
    const merged = chan<number>();
    const done = chan<void>();
    go(function* sender() {
      const [c1, c2, c3, c4] = lines as [Chan<number>, Chan<number>, Chan<number>, Chan<number>];
      for (let i = 0; i < n; i++) yield* select([c1.send(i), c2.send(i), c3.send(i), c4.send(i)]);
      for (const line of lines) line.close();
    });
    for (const line of lines) {
      go(function* mux() {
        for (const values = line.range(); yield* values.next();) yield* merged.send(values.value);
        yield* done.send();
      });
    }
    go(function* () {
      for (let i = 0; i < lines.length; i++) yield* done.recv();
      merged.close();
    });
    const seen = new Set<number>();
    for (const values = merged.range(); yield* values.next();) {
      ok(!seen.has(values.value), `${values.value} came twice`);
      seen.add(values.value);
    }
    equal(seen.size, n);
  }),
);

test(
  "an unbuffered channel is a queue of goroutines in order (fifo.go)",
  inGoroutine(function* () {
    const n = 10;
    const ch = chan<number>();
    const start = chan<void>();
    let previous = start;
    for (let i = 0; i < n; i++) {
      const [before, after] = [previous, chan<void>()];
      go(function* link() {
        yield* before.recv();
        equal(yield* ch.recv(), i);
        yield* after.send();
      });
      previous = after;
    }
    yield* start.send();
    for (let i = 0; i < n; i++) yield* ch.send(i);
    yield* previous.recv();
  }),
);

test(
  "ten thousand goroutines in a chain pass one value along (goroutines.go)",
  inGoroutine(function* () {
    const leftmost = chan<number>();
    let left = leftmost;
    for (let i = 0; i < 10_000; i++) {
      const [to, from] = [left, chan<number>()];
      go(function* () {
        yield* to.send(((yield* from.recv()) as number) + 1);
      });
      left = from;
    }
    const rightmost = left;
    go(function* () {
      yield* rightmost.send(1);
    });
    equal(yield* leftmost.recv(), 10_001);
  }),
);

test(
  "trying again and again gets through to who comes late (nonblock.go)",
  inGoroutine(function* () {
    for (const size of [0, 1]) {
      for (const value of [123, 123_456n, true, "hello"]) {
        const c = chan<unknown>(size);
        const strobe = chan<boolean>();
        equal(c.tryRecv(), undefined);
        go(function* receiver() {
          equal(yield* c.recv(), value);
          yield* strobe.send(true);
        });
        for (let tries = 0; trySelect({ c: c.send(value) }) === undefined; tries++) {
          if (tries > 10_000) fail("nobody receives");
          yield* gosched();
        }
        yield* strobe.recv();
        go(function* sender() {
          yield* c.send(value);
          yield* strobe.send(true);
        });
        if (size > 0) yield* strobe.recv();
        for (let tries = 0; ; tries++) {
          const got = trySelect({ c: c.recv() });
          if (got !== undefined) {
            equal(got.value, value);
            break;
          }
          if (tries > 10_000) fail("nobody sends");
          yield* gosched();
        }
        if (size === 0) yield* strobe.recv();
      }
    }
  }),
);

test(
  "a channel of channels (sendstmt.go)",
  inGoroutine(function* () {
    const cc = chan<Chan<number>>(1);
    const c = chan<number>(1);
    yield* cc.send(c);
    const inner = (yield* cc.recv()) as Chan<number>;
    ok(trySelect({ inner: inner.send(2) }));
    equal(yield* c.recv(), 2);
  }),
);

test(
  "channels of nothing count all the same (zerosize.go)",
  inGoroutine(function* () {
    const c = chan<void>(3);
    yield* c.send();
    yield* c.send();
    equal(c.length, 2);
    deepEqual(yield* c.recvOk(), [undefined, true]);
    equal(c.length, 1);
  }),
);

test("select without waiting fills what has room, case by case (select.go)", () => {
  let made = 0;
  const value = (): number => ++made;
  const send = (a: Chan<number> | null, b: Chan<number> | null): number => {
    for (let count = 0; ; count++) {
      const got = trySelect({ a: a?.send(value()), b: b?.send(value()) });
      if (got === undefined) return count;
      if (got.case === "a") a = null;
      else b = null;
    }
  };
  const [a, b] = [chan<number>(1), chan<number>(1)];
  equal(send(a, b), 2);
  const [av, bv] = [a.tryRecv()?.[0] ?? 0, b.tryRecv()?.[0] ?? 0];
  ok(av !== bv && av > 0 && bv > 0);
  equal(send(a, null), 1);
});

// Every row of select3.go: does it block, does it panic?
const always = true;
const never = false;

function blocking(title: string, blocks: boolean, body: () => Routine<unknown>): void {
  test(
    `${title} ${blocks ? "blocks" : "does not block"} (select3.go)`,
    inGoroutine(function* () {
      const w = watch(body);
      yield* idle();
      equal(w.settled, !blocks);
      if (!blocks) void w.value;
    }),
  );
}

const none: Chan<number> | null = null as Chan<number> | null;
function full(): Chan<number> {
  const ch = chan<number>(1);
  ch.trySend(1);
  return ch;
}
function closed(): Chan<number> {
  const ch = chan<number>();
  ch.close();
  return ch;
}

blocking("sending with room in the buffer", never, function* () {
  yield* chan<number>(1).send(7);
});
blocking("receiving from a closed channel, ten times,", never, function* () {
  const ch = closed();
  for (let i = 0; i < 10; i++) {
    equal(yield* ch.recv(), undefined);
    deepEqual(yield* ch.recvOk(), [undefined, false]);
  }
});
blocking("receiving from an empty channel", always, () => receive(chan<number>()));
blocking("a select without cases", always, function* () {
  yield* select({});
});
blocking("a select over an empty list", always, function* () {
  yield* select([]);
});
blocking("a select with only a null receive", always, function* () {
  yield* select({ r: none?.recv() });
});
blocking("a select with only a null send", always, function* () {
  yield* select({ s: none?.send(7) });
});
blocking("a select with only null cases", always, function* () {
  yield* select({ r: none?.recv(), s: none?.send(7), n: null });
});
blocking("a select on an empty channel", always, function* () {
  yield* select({ r: chan<number>().recv() });
});
blocking("a select on a full channel", always, function* () {
  yield* select({ s: full().send(2) });
});
blocking("trySelect without cases", never, function* () {
  equal(trySelect({}), undefined);
  equal(trySelect([]), undefined);
});
blocking("trySelect with only null cases", never, function* () {
  equal(trySelect({ r: none?.recv(), s: none?.send(7) }), undefined);
  equal(trySelect([null, undefined]), undefined);
});
blocking("trySelect to a channel with room", never, function* () {
  deepEqual(trySelect({ s: chan<number>(1).send(7) }), { case: "s", value: undefined });
});
blocking("trySelect from a channel that holds a value", never, function* () {
  deepEqual(trySelect({ r: full().recv() }), { case: "r", value: 1 });
});
blocking("a select on a closed channel", never, function* () {
  deepEqual(yield* select({ r: closed().recv() }), { case: "r", value: undefined });
  deepEqual(yield* select({ r: closed().recvOk() }), { case: "r", value: [undefined, false] });
});
blocking("a select that sees only itself", always, function* () {
  const c = chan<number>();
  yield* select({ s: c.send(1), r: c.recv() });
});

test(
  "sending to a closed channel panics, by itself, in a select and in trySelect (select3.go)",
  inGoroutine(function* () {
    const ways: (() => Routine<unknown>)[] = [
      function* () {
        yield* closed().send(7);
      },
      function* () {
        yield* select({ s: closed().send(7) });
      },
      function* () {
        yield* select([closed().send(7), chan<number>().recv()]);
      },
      function* () {
        trySelect({ s: closed().send(7) });
      },
      function* () {
        closed().trySend(7);
      },
    ];
    for (const way of ways) isError(yield* thrownBy(way), Panic, "send on closed channel");
  }),
);

test(
  "select goes on when a value is there (select4.go)",
  inGoroutine(function* () {
    const c = chan<number>(1);
    yield* c.send(42);
    deepEqual(yield* select({ c1: chan<number>().recv(), c: c.recv() }), { case: "c", value: 42 });
  }),
);

test("the cases are made from the first to the last, as written (select5.go)", () => {
  const order: number[] = [];
  const at = <T>(place: number, value: T): T => {
    order.push(place);
    return value;
  };
  const [c, dummy] = [chan<number>(1), chan<number>()];
  trySelect({
    a: at(1, dummy).send(at(2, 1)),
    b: at(3, c).recv(),
    c: at(4, dummy).recv(),
  });
  deepEqual(order, [1, 2, 3, 4]);
});

test(
  "leaving the end of a queue keeps the queue whole (select6.go)",
  inGoroutine(function* () {
    const [c1, c2, c3] = [chan<boolean>(), chan<boolean>(), chan<boolean>()];
    go(function* () {
      yield* c1.recv();
    });
    const second = go(function* () {
      const got = yield* select({ c1: c1.recv(), c2: c2.recv() });
      equal(got.case, "c2");
      yield* c3.send(true);
      yield* c1.recv();
    });
    go(function* () {
      yield* c2.send(true);
    });
    yield* c3.recv();
    yield* c1.send(true);
    yield* c1.send(true);
    yield* second.join();
  }),
);

test(
  "each way of sending meets each way of receiving (select7.go)",
  inGoroutine(function* () {
    const receivers: ((c: RecvChan<number>) => Routine<unknown>)[] = [
      receive,
      function* (c) {
        return (yield* select({ c: c.recv() })).value;
      },
      function* (c) {
        return (yield* select({ c: c.recv(), other: chan<number>().recv() })).value;
      },
      function* (c) {
        return (yield* c.recvOk())[0];
      },
      function* (c) {
        const values = c.range();
        ok(yield* values.next());
        return values.value;
      },
    ];
    const senders: ((c: SendChan<number>) => Routine<unknown>)[] = [
      function* (c) {
        yield* c.send(1);
      },
      function* (c) {
        yield* select({ c: c.send(1) });
      },
      function* (c) {
        equal((yield* select({ c: c.send(1), other: chan<number>().send(1) })).case, "c");
      },
      function* (c) {
        ok(c.trySend(1));
      },
      function* (c) {
        ok(trySelect({ c: c.send(1) }));
      },
    ];
    for (const receiver of receivers) {
      for (const sender of senders) {
        const c = chan<number>();
        const got = watch(() => receiver(c));
        yield* idle(2);
        yield* sender(c);
        yield* idle(2);
        equal(got.value, 1);
      }
    }
  }),
);

test(
  "the first hundred primes fall through a sieve of goroutines (sieve1.go)",
  inGoroutine(function* () {
    function* generate(out: SendChan<number>): Routine {
      for (let i = 2; ; i++) yield* out.send(i);
    }
    function* filter(from: RecvChan<number>, out: SendChan<number>, prime: number): Routine {
      for (const values = from.range(); yield* values.next();) {
        if (values.value % prime !== 0) yield* out.send(values.value);
      }
    }
    let line = chan<number>();
    go(generate, line);
    const primes: number[] = [];
    for (let i = 0; i < 100; i++) {
      const prime = (yield* line.recv()) as number;
      primes.push(prime);
      const next = chan<number>();
      go(filter, line, next, prime);
      line = next;
    }
    deepEqual(primes.slice(0, 10), [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
    equal(primes[99], 541);
  }),
);

test(
  "the sieve works with buffered channels too (sieve2.go)",
  inGoroutine(function* () {
    const source = chan<number>(10);
    go(function* () {
      for (let i = 2; i < 2000; i++) yield* source.send(i);
      source.close();
    });
    let line: Chan<number> = source;
    const primes: number[] = [];
    for (;;) {
      const [prime, more] = yield* line.recvOk();
      if (!more) break;
      primes.push(prime);
      const [from, to] = [line, chan<number>(10)];
      go(function* () {
        for (const values = from.range(); yield* values.next();) {
          if (values.value % prime !== 0) yield* to.send(values.value);
        }
        to.close();
      });
      line = to;
    }
    equal(primes.length, 303);
    equal(primes.at(-1), 1999);
  }),
);

// closedchan.go: three ways to say the same, on every kind of closed channel.
interface Way {
  readonly title: string;
  send(c: Chan<number>, value: number): Routine;
  trySend(c: Chan<number>, value: number): boolean;
  recv(c: Chan<number>): Routine<number | undefined>;
  recvOk(c: Chan<number>): Routine<readonly [number | undefined, boolean]>;
  tryRecv(c: Chan<number>): readonly [number | undefined, boolean] | undefined;
}
const dummy = chan<number>();
const ways: readonly Way[] = [
  {
    title: "plain operations",
    *send(c, value) {
      yield* c.send(value);
    },
    trySend: (c, value) => c.trySend(value),
    *recv(c) {
      return yield* c.recv();
    },
    *recvOk(c) {
      return yield* c.recvOk();
    },
    tryRecv: (c) => c.tryRecv(),
  },
  {
    title: "select",
    *send(c, value) {
      yield* select({ c: c.send(value) });
    },
    trySend: (c, value) => trySelect({ c: c.send(value) }) !== undefined,
    *recv(c) {
      return (yield* select({ c: c.recv() })).value;
    },
    *recvOk(c) {
      return (yield* select({ c: c.recvOk() })).value;
    },
    tryRecv: (c) => trySelect({ c: c.recvOk() })?.value,
  },
  {
    title: "larger selects",
    *send(c, value) {
      yield* select([dummy.recv(), c.send(value)]);
    },
    trySend: (c, value) => trySelect([dummy.recv(), c.send(value)]) !== undefined,
    *recv(c) {
      return (yield* select([dummy.recv(), c.recv()])).value;
    },
    *recvOk(c) {
      const got = yield* select({ dummy: dummy.recv(), c: c.recvOk() });
      return got.case === "c" ? got.value : fail("dummy");
    },
    tryRecv: (c) => {
      const got = trySelect({ dummy: dummy.recv(), c: c.recvOk() });
      return got === undefined ? undefined : got.case === "c" ? got.value : fail("dummy");
    },
  },
];

function* provenClosed(way: Way, c: Chan<number>): Routine {
  for (let i = 0; i < 3; i++) {
    equal(yield* way.recv(c), undefined);
    deepEqual(yield* way.recvOk(c), [undefined, false]);
    deepEqual(way.tryRecv(c), [undefined, false]);
  }
  isError(
    yield* thrownBy(function* () {
      way.trySend(c, 1);
    }),
    Panic,
    "send on closed channel",
  );
  equal(yield* way.recv(c), undefined, "what could not be sent is gone");
  isError(yield* thrownBy(() => way.send(c, 2)), Panic, "send on closed channel");
  equal(yield* way.recv(c), undefined);
}

for (const way of ways) {
  test(
    `a closed channel is at its end for ${way.title} (closedchan.go)`,
    inGoroutine(function* () {
      yield* provenClosed(way, closed());
      const lastValue: ((c: Chan<number>) => Routine)[] = [
        function* (c) {
          equal(yield* way.recv(c), 1);
        },
        function* (c) {
          deepEqual(yield* way.recvOk(c), [1, true]);
        },
        function* (c) {
          deepEqual(way.tryRecv(c), [1, true]);
        },
      ];
      for (const take of lastValue) {
        const c = chan<number>(2);
        yield* c.send(1);
        c.close();
        yield* take(c);
        yield* provenClosed(way, c);
      }
    }),
  );
}

// The shapes that BenchmarkChanProdCons, BenchmarkSelectProdCons, BenchmarkChanPopular and BenchmarkChanSync have, run for their sums.
for (const size of [0, 10, 100]) {
  test(
    `producers and consumers over capacity ${size} agree on the sum (BenchmarkChanProdCons${size})`,
    inGoroutine(function* () {
      const [pairs, each] = [4, 5000];
      const work = chan<number>(size);
      const sums = chan<number>(pairs);
      for (let p = 0; p < pairs; p++) {
        go(function* producer() {
          for (let i = 1; i <= each; i++) yield* work.send(i);
          yield* work.send(0);
        });
        go(function* consumer() {
          let sum = 0;
          for (;;) {
            const value = (yield* work.recv()) as number;
            if (value === 0) break;
            sum += value;
          }
          yield* sums.send(sum);
        });
      }
      let total = 0;
      for (let p = 0; p < pairs; p++) {
        const sum = (yield* sums.recv()) as number;
        total += sum;
      }
      equal(total, (pairs * each * (each + 1)) / 2);
    }),
  );
}

test(
  "producers and consumers in selects with a timer and a stop beside (BenchmarkSelectProdCons)",
  inGoroutine(function* () {
    const each = 5000;
    const work = chan<number>(128);
    const stop = chan<void>();
    const sums = chan<number>(2);
    const hour = sleep(3_600_000);
    for (let p = 0; p < 2; p++) {
      go(function* producer() {
        for (let i = 1; i <= each; i++) {
          equal((yield* select({ work: work.send(i), hour, stop: stop.recv() })).case, "work");
        }
        yield* work.send(0);
      });
      go(function* consumer() {
        let sum = 0;
        for (;;) {
          const got = yield* select({ work: work.recv(), hour, stop: stop.recv() });
          if (got.case !== "work") fail(got.case);
          if (got.value === 0) break;
          sum += got.value as number;
        }
        yield* sums.send(sum);
      });
    }
    const [a, b] = [(yield* sums.recv()) as number, (yield* sums.recv()) as number];
    equal(a + b, each * (each + 1));
  }),
);

test(
  "a thousand selects wait on one popular channel and each on its own (BenchmarkChanPopular)",
  inGoroutine(function* () {
    const popular = chan<void>();
    const own = Array.from({ length: 1000 }, () => chan<void>());
    const wg = new WaitGroup();
    for (const d of own) {
      wg.go(function* () {
        for (let i = 0; i < 20; i++) equal((yield* select({ popular: popular.recv(), d: d.recv() })).case, "d");
      });
    }
    for (let i = 0; i < 20; i++) for (const d of own) yield* d.send();
    yield* wg.wait();
  }),
);

function* receive(c: RecvChan<number>): Routine<number | undefined> {
  return yield* c.recv();
}
