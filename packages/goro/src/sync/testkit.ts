// What the tests of sync, context, time and x share beyond testkit.portable.ts. It knows goro's public surface alone.
import { fail, ok } from "node:assert/strict";
import { Panic, until } from "goro";
import type { Op, Routine } from "goro";
import { idle, isError, thrownBy, watch } from "../testkit.portable.js";
import type { Watched } from "../testkit.portable.js";

/** A goroutine that runs this one Op, under observation. */
export function watchOp<T>(op: Op<T>): Watched<T> {
  return watch(function* () {
    return yield* op;
  });
}

/** What an Op throws; fails where it throws nothing. */
export function* thrownByOp(op: Op<unknown>): Routine<unknown> {
  return yield* thrownBy(function* () {
    yield* op;
  });
}

/** What `fn` throws; fails where it throws nothing. */
export function thrown(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return fail("nothing was thrown");
}

/** Fails unless `fn` throws a Panic that says exactly this. */
export function panics(fn: () => unknown, message: string): void {
  isError(thrown(fn), Panic, message);
}

/** Fails unless `fn` throws a RangeError or TypeError that names the argument. */
export function badArgument(fn: () => unknown, name: string): void {
  isBadArgument(thrown(fn), name);
}

/** The same for an Op, where it makes no difference whether it is refused when it is made or when it runs. */
export function* badOp(make: () => Op<unknown>, name: string): Routine {
  isBadArgument(
    yield* thrownBy(function* () {
      yield* make();
    }),
    name,
  );
}

/** Lets every goroutine run that can, and the event loop turn a few times: promises settle, what is put off to a later turn runs. */
export function* settle(): Routine {
  for (let i = 0; i < 3; i++) {
    yield* idle();
    yield* until(() => new Promise<void>((resolve) => setTimeout(resolve, 0)));
  }
  yield* idle();
}

/** How many milliseconds it takes. */
export function* timed(body: () => Routine<unknown> | Op<unknown>): Routine<number> {
  const start = performance.now();
  yield* body();
  return performance.now() - start;
}

/** Not a generator function, not a function at all: what callers pass by mistake for one. */
export const notFunctions: readonly unknown[] = [undefined, null, 5, "fn", {}, (function* () {})()];

function isBadArgument(error: unknown, name: string): void {
  ok(
    error instanceof RangeError || error instanceof TypeError,
    `expected a RangeError or TypeError for ${name}, got ${String(error)}`,
  );
  ok(new RegExp(`\\b${name}\\b`).test(error.message), `${JSON.stringify(error.message)} does not name ${name}`);
}
