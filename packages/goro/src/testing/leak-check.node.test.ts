// Names and places: in a bundle, as the tests for browsers are, frames do not tell whose they are.
import { test } from "node:test";
import { equal, match, ok } from "node:assert/strict";
import { chan, go, sleep, type Routine } from "goro";
import { leakCheck, LeakError } from "goro/testing";

test("a LeakError has the name of each goroutine, where it is blocked, and where it was started", async () => {
  const gate = chan<number>();
  function* stuck(): Routine {
    yield* gate.recv();
  }
  const checked = leakCheck(
    function* () {
      go(stuck);
      yield* sleep(0);
    },
    { settle: 20 },
  );
  const error = await checked.then(
    () => undefined,
    (e: unknown) => e,
  );
  ok(error instanceof LeakError);
  const [g] = error.goroutines;
  equal(g?.name, "stuck");
  match(g.at ?? "", /leak-check\.node\.test\.[jt]s:\d+:\d+$/);
  match(g.createdAt ?? "", /leak-check\.node\.test\.[jt]s:\d+:\d+$/);
  match(error.message, /goroutine \d+ \[chan receive\]:\n {4}at stuck \(/);
  match(error.message, /\ncreated by /);
  gate.close();
});
