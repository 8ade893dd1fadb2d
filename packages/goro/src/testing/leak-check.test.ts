import { test } from "node:test";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chan, go, sleep, until, type Routine } from "goro";
import { leakCheck, LeakError, verifyNone } from "goro/testing";

/** What it rejects with. */
async function leakOf(promise: Promise<unknown>): Promise<LeakError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  ok(error instanceof LeakError, `no LeakError but ${String(error)}`);
  return error;
}

// First of all: the tests below leave goroutines behind that nothing can wake.
test("verifyNone resolves where nobody is left, and names who is", async () => {
  await verifyNone();
  const gate = chan<number>();
  go(function* stuck() {
    yield* gate.recv();
  });
  const error = await leakOf(verifyNone({ settle: 20 }));
  deepEqual(
    error.goroutines.map((g) => g.state),
    ["chan receive"],
  );
  match(error.message, /^verifyNone: 1 goroutine is left\n/);
  await verifyNone({ settle: 20, ignore: (g) => g.state === "chan receive" });
  gate.close();
  await verifyNone();
});

test("verifyNone leaves the goroutine out that calls it", async () => {
  await leakCheck(function* () {
    yield* until(verifyNone());
  });
});

test("leakCheck gives what fn returns where every goroutine that it started has ended", async () => {
  const result = await leakCheck(function* () {
    const ch = chan<number>();
    go(function* () {
      yield* ch.send(7);
    });
    return yield* ch.recv();
  });
  equal(result, 7);
});

test("leakCheck lets goroutines settle that are about to end", async () => {
  await leakCheck(function* () {
    go(function* () {
      yield* sleep(30);
    });
    yield* sleep(0);
  });
});

test("leakCheck names the goroutine that was left behind", async () => {
  const gate = chan<number>();
  function* stuck(): Routine {
    yield* gate.recv();
  }
  const error = await leakOf(
    leakCheck(
      function* () {
        go(stuck);
        yield* sleep(0);
      },
      { settle: 20 },
    ),
  );
  equal(error.name, "LeakError");
  equal(error.goroutines.length, 1);
  const [g] = error.goroutines;
  equal(g?.state, "chan receive");
  match(error.message, /^leakCheck: 1 goroutine is left\n\ngoroutine \d+ \[chan receive\]:\n/);
  gate.close();
});

test("leakCheck names one that nothing refers to any more", async () => {
  const error = await leakOf(
    leakCheck(
      function* () {
        go(function* lost() {
          yield* chan<number>().recv();
        });
        yield* sleep(0);
      },
      { settle: 20 },
    ),
  );
  deepEqual(
    error.goroutines.map((g) => g.state),
    ["chan receive"],
  );
});

test("leakCheck counts goroutines that goroutines of fn start, and those of callbacks", async () => {
  const gate = chan<number>();
  function* stuck(): Routine {
    yield* gate.recv();
  }
  const error = await leakOf(
    leakCheck(
      function* () {
        go(function* () {
          go(stuck);
          yield* sleep(0);
        });
        setTimeout(() => go(stuck), 1);
        yield* sleep(30);
      },
      { settle: 20 },
    ),
  );
  equal(error.goroutines.length, 2);
  gate.close();
});

test("leakCheck leaves those alone that were there before, and what they start", async () => {
  const work = chan<boolean>();
  const gate = chan<number>();
  const before = go(function* () {
    yield* work.recv();
    go(function* () {
      yield* gate.recv();
    });
  });
  await leakCheck(
    function* () {
      yield* work.send(true);
      yield* sleep(5);
    },
    { settle: 20 },
  );
  await before.join();
  gate.close();
});

test("leakCheck leaves those out that are to be ignored", async () => {
  const gate = chan<number>();
  await leakCheck(
    function* () {
      go(function* janitor() {
        yield* gate.recv();
      });
      yield* sleep(0);
    },
    { settle: 20, ignore: (g) => g.state === "chan receive" },
  );
  gate.close();
});

test("what fn throws is thrown, leaks or not", async () => {
  const gate = chan<number>();
  const wrong = new RangeError("wrong");
  await rejects(
    leakCheck(
      function* () {
        go(function* () {
          yield* gate.recv();
        });
        throw wrong;
      },
      { settle: 20 },
    ),
    (error) => error === wrong,
  );
  gate.close();
});

test("two checks at the same time blame each for its own", async () => {
  const gate = chan<number>();
  const leaking = leakOf(
    leakCheck(
      function* () {
        yield* sleep(5);
        go(function* stuck() {
          yield* gate.recv();
        });
        yield* sleep(5);
      },
      { settle: 20 },
    ),
  );
  const clean = leakCheck(function* () {
    go(function* () {
      yield* sleep(10);
    });
    yield* sleep(10);
  });
  await clean;
  equal((await leaking).goroutines.length, 1);
  gate.close();
});
