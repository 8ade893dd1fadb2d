import { test } from "node:test";
import { deepEqual, equal, notEqual, ok, rejects, throws } from "node:assert/strict";
import { chan, go, Panic, sleep, type Chan, type Range, type Received } from "goro";
import { gosched } from "goro/runtime";
import { idle, inGoroutine, isError, seeded, thrownBy, watch, watchInTurn, within } from "../testkit.portable.js";

const sizes = [0, 1, 2, 3, 10, 100];

/** What can be had without waiting. */
function drain<T>(ch: Chan<T>): T[] {
  const values: T[] = [];
  for (let got = ch.tryRecv(); got?.[1]; got = ch.tryRecv()) values.push(got[0]);
  return values;
}

// Making one

test("chan() has capacity 0 and length 0", () => {
  const ch = chan<number>();
  equal(ch.capacity, 0);
  equal(ch.length, 0);
});

test("capacity is what was asked for, whatever is in the channel", () => {
  for (const size of sizes) {
    const ch = chan<number>(size);
    equal(ch.capacity, size);
    for (let i = 0; i < size; i++) {
      equal(ch.length, i);
      equal(ch.trySend(i), true);
      equal(ch.capacity, size);
    }
    equal(ch.length, size);
  }
});

test("chan() with a negative, fractional, infinite or absurd capacity is a RangeError that names it", () => {
  for (const bad of [
    -1,
    -0.5,
    0.5,
    1.5,
    Infinity,
    -Infinity,
    NaN,
    2 ** 53,
    1e15,
    1e100,
    Number.MAX_VALUE,
    -(2 ** 31),
  ]) {
    throws(
      () => chan(bad),
      (error) => {
        isError(error, RangeError, /capacity/);
        return true;
      },
      `chan(${bad})`,
    );
  }
});

test("chan() with a capacity that is no number is a TypeError that names it", () => {
  for (const bad of ["10", null, {}, [], true, 10n, () => 1]) {
    throws(
      () => chan(bad as unknown as number),
      (error) => {
        isError(error, TypeError, /capacity/);
        return true;
      },
      `chan of a ${typeof bad}`,
    );
  }
});

test("chan(undefined) is chan()", () => {
  equal(chan<number>(undefined).capacity, 0);
});

// Sending and receiving

test(
  "a send to an unbuffered channel waits for its receiver",
  inGoroutine(function* () {
    const ch = chan<number>();
    const sender = watch(function* () {
      yield* ch.send(1);
    });
    yield* idle();
    equal(sender.settled, false);
    equal(ch.length, 0, "a waiting value is not in the channel");
    equal(yield* ch.recv(), 1);
    yield* idle();
    equal(sender.settled, true);
  }),
);

for (const size of sizes) {
  test(
    `capacity ${size}: recv, recvOk and tryRecv find nothing in an empty channel`,
    inGoroutine(function* () {
      const ch = chan<number>(size);
      const first = watch(function* () {
        return yield* ch.recv();
      });
      yield* idle();
      const second = watch(function* () {
        return yield* ch.recvOk();
      });
      yield* idle();
      equal(first.settled, false);
      equal(second.settled, false);
      equal(ch.tryRecv(), undefined);
      yield* ch.send(7);
      yield* ch.send(8);
      yield* idle();
      equal(first.value, 7);
      deepEqual(second.value, [8, true]);
    }),
  );

  test(
    `capacity ${size}: send waits and trySend is refused once it is full`,
    inGoroutine(function* () {
      const ch = chan<number>(size);
      for (let i = 0; i < size; i++) yield* ch.send(i);
      const sender = watch(function* () {
        yield* ch.send(size);
      });
      yield* idle();
      equal(sender.settled, false);
      equal(ch.trySend(-1), false);
      equal(ch.length, size);
      for (let i = 0; i <= size; i++) equal(yield* ch.recv(), i);
      yield* idle();
      equal(sender.settled, true);
      equal(ch.tryRecv(), undefined);
    }),
  );

  test(
    `capacity ${size}: a closed channel gives what it holds, then undefined, for ever`,
    inGoroutine(function* () {
      const ch = chan<number>(size);
      for (let i = 0; i < size; i++) yield* ch.send(i);
      ch.close();
      equal(ch.length, size);
      for (let i = 0; i < size; i++) {
        if (i % 3 === 0) equal(yield* ch.recv(), i);
        else if (i % 3 === 1) deepEqual(yield* ch.recvOk(), [i, true]);
        else deepEqual(ch.tryRecv(), [i, true]);
      }
      for (let i = 0; i < 3; i++) {
        equal(yield* ch.recv(), undefined);
        deepEqual(yield* ch.recvOk(), [undefined, false]);
        deepEqual(ch.tryRecv(), [undefined, false]);
      }
      equal(ch.length, 0);
    }),
  );

  test(
    `capacity ${size}: close wakes every receiver`,
    inGoroutine(function* () {
      const ch = chan<number>(size);
      const plain = [1, 2, 3].map(() =>
        watch(function* () {
          return yield* ch.recv();
        }),
      );
      const comma = [1, 2, 3].map(() =>
        watch(function* () {
          return yield* ch.recvOk();
        }),
      );
      const ranges = [1, 2].map(() =>
        watch(function* () {
          return yield* ch.range().next();
        }),
      );
      yield* idle();
      ok([...plain, ...comma, ...ranges].every((w) => !w.settled));
      ch.close();
      yield* idle();
      for (const w of plain) equal(w.value, undefined);
      for (const w of comma) deepEqual(w.value, [undefined, false]);
      for (const w of ranges) equal(w.value, false);
    }),
  );

  test(
    `capacity ${size}: values come in the order they were sent`,
    inGoroutine(function* () {
      const ch = chan<number>(size);
      go(function* () {
        for (let i = 0; i < 300; i++) yield* ch.send(i);
      });
      for (let i = 0; i < 100; i++) equal(yield* ch.recv(), i);
      for (let i = 100; i < 200; i++) deepEqual(yield* ch.recvOk(), [i, true]);
      const rest = ch.range();
      for (let i = 200; i < 300; i++) {
        equal(yield* rest.next(), true);
        equal(rest.value, i);
      }
    }),
  );

  test(
    `capacity ${size}: four senders and four receivers exchange every value exactly once`,
    inGoroutine(function* () {
      const senders = 4;
      const each = 1000;
      const ch = chan<number>(size);
      const done = chan<number[]>();
      for (let p = 0; p < senders; p++) {
        go(function* () {
          for (let i = 0; i < each; i++) yield* ch.send(p * each + i);
        });
        go(function* () {
          const got: number[] = [];
          for (let i = 0; i < each; i++) got.push((yield* ch.recv()) as number);
          yield* done.send(got);
        });
      }
      const all: number[] = [];
      for (let p = 0; p < senders; p++) {
        const got = (yield* done.recv()) ?? [];
        // What one receiver gets of one sender is in order.
        const last = new Array<number>(senders).fill(-1);
        for (const value of got) {
          const sender = Math.floor(value / each);
          ok(value > (last[sender] ?? -1), `${value} after ${last[sender]}`);
          last[sender] = value;
        }
        all.push(...got);
      }
      all.sort((a, b) => a - b);
      deepEqual(
        all,
        Array.from({ length: senders * each }, (_, i) => i),
      );
      equal(ch.tryRecv(), undefined);
    }),
  );
}

test(
  "receivers are served first come, first served",
  inGoroutine(function* () {
    const ch = chan<number>();
    const served: string[] = [];
    for (let i = 0; i < 10; i++) {
      go(function* () {
        served.push(`${i} got ${yield* ch.recv()}`);
      });
      yield* idle(2);
    }
    for (let i = 0; i < 10; i++) yield* ch.send(i);
    yield* idle();
    deepEqual(
      served,
      Array.from({ length: 10 }, (_, i) => `${i} got ${i}`),
    );
  }),
);

test(
  "senders are served first come, first served, behind what is buffered",
  inGoroutine(function* () {
    for (const size of [0, 1, 3]) {
      const ch = chan<number>(size);
      const went: number[] = [];
      for (let i = 0; i < 10; i++) {
        go(function* () {
          yield* ch.send(i);
          went.push(i);
        });
        yield* idle(2);
      }
      equal(ch.length, size);
      for (let i = 0; i < 10; i++) equal(yield* ch.recv(), i);
      yield* idle();
      deepEqual(went, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  }),
);

test(
  "a value sent to waiting receivers goes to exactly one of them",
  inGoroutine(function* () {
    const ch = chan<string>(5);
    const waiting = yield* watchInTurn(
      Array.from(
        { length: 5 },
        () =>
          function* () {
            return yield* ch.recv();
          },
      ),
    );
    yield* ch.send("only");
    yield* idle();
    deepEqual(
      waiting.map((w) => w.settled),
      [true, false, false, false, false],
    );
    equal(waiting[0]?.value, "only");
    equal(ch.length, 0, "it went past the buffer");
    ch.close();
  }),
);

test(
  "a channel that was filled and emptied many times over still keeps its order and its bound",
  inGoroutine(function* () {
    const random = seeded("ring");
    const ch = chan<number>(7);
    let sent = 0;
    let received = 0;
    for (let step = 0; step < 20_000; step++) {
      if (random() < 0.5) {
        const took = ch.trySend(sent);
        equal(took, sent - received < 7);
        if (took) sent++;
      } else {
        const got = ch.tryRecv();
        if (sent === received) equal(got, undefined);
        else deepEqual(got, [received++, true]);
      }
      equal(ch.length, sent - received);
    }
  }),
);

test(
  "every kind of value goes through as it is",
  inGoroutine(function* () {
    const thenable = { then: (done: (value: string) => void) => done("unwrapped") };
    const values: unknown[] = [
      undefined,
      null,
      0,
      -0,
      NaN,
      false,
      "",
      1n,
      Symbol("s"),
      {},
      [],
      new Error("a value, not a failure"),
      () => 1,
      Promise.resolve(1),
      thenable,
      { done: false, value: 1 },
      { done: true, value: 1 },
      chan<number>(),
      sleep(1),
      (function* () {})(),
    ];
    for (const size of [0, values.length]) {
      const ch = chan<unknown>(size);
      go(function* () {
        for (const value of values) yield* ch.send(value);
        for (const value of values) yield* ch.send(value);
      });
      for (const value of values) ok(Object.is(yield* ch.recv(), value));
      for (const value of values) {
        const got = yield* ch.recvOk();
        ok(Object.is(got[0], value));
        equal(got[1], true);
      }
    }
  }),
);

test(
  "undefined as a value is told from the end by recvOk, tryRecv and range",
  inGoroutine(function* () {
    const ch = chan<undefined>(3);
    for (let i = 0; i < 3; i++) yield* ch.send(undefined);
    ch.close();
    deepEqual(yield* ch.recvOk(), [undefined, true]);
    deepEqual(ch.tryRecv(), [undefined, true]);
    const rest = ch.range();
    equal(yield* rest.next(), true);
    equal(yield* rest.next(), false);
    deepEqual(yield* ch.recvOk(), [undefined, false]);
  }),
);

// Closing

const closedSend = (error: unknown): true => {
  isError(error, Panic, "send on closed channel");
  return true;
};
const closedTwice = (error: unknown): true => {
  isError(error, Panic, "close of closed channel");
  return true;
};

test(
  "send and trySend on a closed channel throw Panic: send on closed channel, each time a new one",
  inGoroutine(function* () {
    for (const size of [0, 1, 5]) {
      const ch = chan<number>(size);
      ch.close();
      throws(() => ch.trySend(1), closedSend);
      const first = yield* thrownBy(function* () {
        yield* ch.send(1);
      });
      closedSend(first);
      const second = yield* thrownBy(function* () {
        yield* ch.send(1);
      });
      closedSend(second);
      notEqual(first, second);
      deepEqual(ch.tryRecv(), [undefined, false], "what could not be sent is not there");
    }
  }),
);

test("a Panic is an Error with a stack and says so", () => {
  const ch = chan<number>();
  ch.close();
  throws(
    () => ch.close(),
    (error) => {
      ok(error instanceof Error);
      ok(error instanceof Panic);
      equal(error.name, "Panic");
      ok(typeof error.stack === "string");
      return true;
    },
  );
});

test("the second close throws Panic: close of closed channel", () => {
  for (const size of [0, 3]) {
    const ch = chan<number>(size);
    ch.close();
    throws(() => ch.close(), closedTwice);
    throws(() => ch.close(), closedTwice);
  }
});

test(
  "close wakes every waiting sender with Panic: send on closed channel, and leaves what is buffered",
  inGoroutine(function* () {
    for (const size of [0, 2]) {
      const ch = chan<number>(size);
      for (let i = 0; i < size; i++) yield* ch.send(i);
      const senders = [1, 2, 3].map((n) =>
        watch(function* () {
          yield* ch.send(n * 100);
        }),
      );
      yield* idle();
      ok(senders.every((w) => !w.settled));
      ch.close();
      yield* idle();
      for (const w of senders) closedSend(w.error);
      deepEqual(
        drain(ch),
        Array.from({ length: size }, (_, i) => i),
      );
      deepEqual(ch.tryRecv(), [undefined, false]);
    }
  }),
);

test(
  "the stack of the Panic shows the function that sent, also where it had been waiting",
  inGoroutine(function* () {
    const ch = chan<number>();
    const waiting = watch(function* theOneThatSent() {
      yield* ch.send(1);
    });
    yield* idle();
    ch.close();
    yield* idle();
    ok(/theOneThatSent/.test(String((waiting.error as Error).stack)), String((waiting.error as Error).stack));
  }),
);

test(
  "close does not run anybody: who was woken runs when the closer blocks",
  inGoroutine(function* () {
    const ch = chan<number>();
    const receiver = watch(function* () {
      return yield* ch.recvOk();
    });
    yield* idle();
    ch.close();
    equal(receiver.settled, false);
    yield* idle();
    deepEqual(receiver.value, [undefined, false]);
  }),
);

// Without waiting

test(
  "trySend gives to a waiting receiver, and is refused where there is none and no room",
  inGoroutine(function* () {
    const ch = chan<number>();
    equal(ch.trySend(1), false);
    const receiver = watch(function* () {
      return yield* ch.recv();
    });
    yield* idle();
    equal(ch.trySend(2), true);
    equal(ch.trySend(3), false, "the receiver has been served");
    yield* idle();
    equal(receiver.value, 2);
  }),
);

test(
  "tryRecv takes from a waiting sender, in order, and lets it go on",
  inGoroutine(function* () {
    for (const size of [0, 2]) {
      const ch = chan<number>(size);
      const senders = yield* watchInTurn(
        [0, 1, 2, 3].map(
          (n) =>
            function* () {
              yield* ch.send(n);
            },
        ),
      );
      deepEqual(ch.tryRecv(), [0, true]);
      equal(ch.length, size);
      yield* idle();
      deepEqual(
        senders.map((w) => w.settled),
        size === 0 ? [true, false, false, false] : [true, true, true, false],
      );
      deepEqual(drain(ch), [1, 2, 3]);
      yield* idle();
      ok(senders.every((w) => w.settled));
    }
  }),
);

test("trySend, tryRecv and close work outside any goroutine", async () => {
  const ch = chan<string>(1);
  equal(ch.trySend("a"), true);
  equal(ch.trySend("b"), false);
  deepEqual(ch.tryRecv(), ["a", true]);
  equal(ch.tryRecv(), undefined);
  const waiting = ch.recv().then((value) => value);
  await Promise.resolve();
  setTimeout(() => ch.trySend("from a timer"), 5);
  equal(await within(10_000, waiting), "from a timer");
  ch.close();
  deepEqual(ch.tryRecv(), [undefined, false]);
});

test(
  "a receive of what is buffered with somebody beside it sees the channel at one moment",
  inGoroutine(function* () {
    // Whoever comes second after the close finds the end, never "not ready".
    for (let i = 0; i < 200; i++) {
      const ch = chan<number>(1);
      yield* ch.send(1);
      let seen: Received<number> | undefined;
      const other = go(function* () {
        seen = ch.tryRecv();
      });
      ch.close();
      equal(yield* ch.recv(), 1);
      yield* other.join();
      deepEqual(seen, [undefined, false]);
    }
  }),
);

// Ranges

test(
  "range gives every value and ends when the channel is closed and drained",
  inGoroutine(function* () {
    for (const size of [0, 3, 20]) {
      const ch = chan<number>(size);
      go(function* () {
        for (let i = 0; i < 10; i++) yield* ch.send(i);
        ch.close();
      });
      const got: number[] = [];
      const values = ch.range();
      while (yield* values.next()) got.push(values.value);
      deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      equal(yield* values.next(), false, "it stays at its end");
    }
  }),
);

test(
  "range takes nothing before next is run, and one value for each that is",
  inGoroutine(function* () {
    const ch = chan<number>(3);
    for (let i = 0; i < 3; i++) yield* ch.send(i);
    const values = ch.range();
    equal(ch.length, 3);
    const next = values.next();
    equal(ch.length, 3);
    equal(yield* next, true);
    equal(values.value, 0);
    equal(values.value, 0);
    equal(ch.length, 2);
    equal(yield* next, true, "the same Op again");
    equal(values.value, 1);
  }),
);

test(
  "ranges over one channel share its values, and each keeps its own value",
  inGoroutine(function* () {
    const ch = chan<number>(4);
    for (let i = 0; i < 4; i++) yield* ch.send(i);
    ch.close();
    const [a, b]: [Range<number>, Range<number>] = [ch.range(), ch.range()];
    equal(yield* a.next(), true);
    equal(yield* b.next(), true);
    deepEqual([a.value, b.value], [0, 1]);
    equal(yield* b.next(), true);
    deepEqual([a.value, b.value], [0, 2]);
    equal(yield* a.next(), true);
    deepEqual([a.value, b.value], [3, 2]);
    equal(yield* a.next(), false);
    equal(yield* b.next(), false);
  }),
);

test(
  "leaving a range takes nothing and leaves the channel open",
  inGoroutine(function* () {
    const ch = chan<number>(3);
    for (let i = 0; i < 3; i++) yield* ch.send(i);
    for (const values = ch.range(); yield* values.next();) {
      if (values.value === 1) break;
    }
    equal(ch.length, 1);
    equal(yield* ch.recv(), 2);
    equal(ch.trySend(9), true);
  }),
);

// In async code

test("await works on send, recv, recvOk and range, ready or not", async () => {
  const ch = chan<number>();
  const sender = (async () => {
    for (let i = 0; i < 3; i++) await ch.send(i);
    ch.close();
  })();
  equal(await within(10_000, ch.recv()), 0);
  deepEqual(await within(10_000, ch.recvOk()), [1, true]);
  const values = ch.range();
  equal(await within(10_000, values.next()), true);
  equal(values.value, 2);
  equal(await within(10_000, values.next()), false);
  await sender;
  equal(await ch.recv(), undefined);
  deepEqual(await ch.recvOk(), [undefined, false]);
});

test("await on a send to a closed channel rejects, and so does one that waits when it is closed", async () => {
  const ch = chan<number>();
  const waiting = ch.send(1).then(() => "sent");
  await new Promise((resolve) => setTimeout(resolve, 5));
  ch.close();
  await rejects(within(10_000, waiting), closedSend);
  await rejects(async () => ch.send(2), closedSend);
});

test("for await gives every value and ends with the channel", async () => {
  for (const size of [0, 2, 50]) {
    const ch = chan<number>(size);
    go(function* () {
      for (let i = 0; i < 20; i++) yield* ch.send(i);
      ch.close();
    });
    const got: number[] = [];
    for await (const value of ch) got.push(value);
    deepEqual(
      got,
      Array.from({ length: 20 }, (_, i) => i),
    );
  }
});

test("leaving for await takes nothing more and leaves the channel open", async () => {
  const ch = chan<number>(5);
  for (let i = 0; i < 5; i++) ch.trySend(i);
  for await (const value of ch) if (value === 2) break;
  equal(ch.length, 2);
  equal(ch.trySend(5), true);
  deepEqual(await ch.recvOk(), [3, true]);
});

test("two for await loops share the values", async () => {
  const ch = chan<number>();
  const read = async (): Promise<number[]> => {
    const got: number[] = [];
    for await (const value of ch) got.push(value);
    return got;
  };
  const readers = [read(), read()];
  go(function* () {
    for (let i = 0; i < 100; i++) yield* ch.send(i);
    ch.close();
  });
  const both = (await within(10_000, Promise.all(readers))).flat();
  deepEqual(
    both.sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test(
  "goroutines and async code wait in one queue, in the order they came",
  inGoroutine(function* () {
    const ch = chan<number>();
    const got: string[] = [];
    for (let i = 0; i < 6; i++) {
      if (i % 2 === 0) {
        go(function* () {
          got.push(`goroutine ${i}: ${yield* ch.recv()}`);
        });
      } else {
        void ch.recv().then((value) => got.push(`async ${i}: ${value}`));
      }
      // A promise's turn, then the goroutine's.
      yield* sleep(1);
    }
    for (let i = 0; i < 6; i++) yield* ch.send(i);
    yield* sleep(1);
    deepEqual(got.sort(), [
      "async 1: 1",
      "async 3: 3",
      "async 5: 5",
      "goroutine 0: 0",
      "goroutine 2: 2",
      "goroutine 4: 4",
    ]);
  }),
);

// What a channel costs

test(
  "an unbuffered channel hands over between goroutines that only ever yield",
  inGoroutine(function* () {
    const ch = chan<number>();
    const receiver = watch(function* () {
      let sum = 0;
      for (let i = 0; i < 1000; i++) {
        if (i % 7 === 0) yield* gosched();
        const value = yield* ch.recv();
        sum += value ?? 0;
      }
      return sum;
    });
    for (let i = 0; i < 1000; i++) {
      if (i % 5 === 0) yield* gosched();
      yield* ch.send(i);
    }
    yield* idle();
    equal(receiver.value, 499_500);
  }),
);
