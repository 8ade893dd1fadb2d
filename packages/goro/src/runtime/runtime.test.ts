import { test } from "node:test";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { chan, go } from "goro";
import { gc, goid, gomaxprocs, goroutines, numCPU, readMemStats, stack } from "goro/runtime";
import { idle, inGoroutine } from "../testkit.portable.js";

test("numCPU is a whole number, at least one, and always the same", () => {
  ok(Number.isInteger(numCPU()) && numCPU() >= 1);
  equal(numCPU(), numCPU());
});

test("gomaxprocs gives the number of processors, sets it where it is given more than 0, and gives the one before", () => {
  const before = gomaxprocs();
  ok(Number.isInteger(before) && before >= 1);
  try {
    equal(gomaxprocs(0), before);
    equal(gomaxprocs(-1), before);
    equal(gomaxprocs(), before, "asking does not set");
    equal(gomaxprocs(3), before);
    equal(gomaxprocs(1), 3);
    equal(gomaxprocs(), 1);
    equal(gomaxprocs(0), 1);
  } finally {
    gomaxprocs(before);
  }
  equal(gomaxprocs(), before);
});

test("gomaxprocs of what is no number is a TypeError or RangeError", () => {
  for (const wrong of ["2", null, NaN, {}]) {
    throws(
      () => gomaxprocs(wrong as unknown as number),
      (error) => error instanceof TypeError || error instanceof RangeError,
    );
  }
});

test("readMemStats has Go's fields, in numbers that are there", () => {
  const stats = readMemStats();
  const fields = ["alloc", "totalAlloc", "sys", "heapAlloc", "heapSys", "heapInuse", "numGC", "pauseTotalNs"] as const;
  for (const field of fields) {
    ok(
      typeof stats[field] === "number" && Number.isFinite(stats[field]) && stats[field] >= 0,
      `${field}: ${stats[field]}`,
    );
  }
  deepEqual(Object.keys(stats).sort(), [...fields].sort());
});

test("gc can be called anywhere", () => {
  equal(gc(), undefined);
  equal(gc(), undefined);
});

test(
  "stack has the goroutine that runs in Go's form",
  inGoroutine(function* () {
    // Its frames are those of the user's files, which this one, beside the library's, is not: inspect.node.test.ts looks at them.
    const [head = ""] = stack().split("\n");
    equal(head, `goroutine ${goid()} [running]:`);
    yield* idle(1);
  }),
);

test(
  "goroutines has the goroutine that runs, with its id and state",
  inGoroutine(function* () {
    const own = goroutines().find((g) => g.id === goid());
    ok(own, "it is not there");
    equal(own.state, "running");
    equal(own.processor, 0);
    const ch = chan<void>();
    const other = go(function* () {
      yield* ch.recv();
    });
    yield* idle();
    ok(goroutines().some((g) => g.id === own.id));
    ch.close();
    yield* other.join();
  }),
);
