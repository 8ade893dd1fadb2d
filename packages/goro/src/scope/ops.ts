// race, all, any, timeout: several Ops as one. Those that lose are withdrawn, as the losing cases of a select are.

import { select } from "../chan/select.js";
import { deadlineExceeded } from "../context/errors.js";
import { typeError } from "../ds/type-error.js";
import { mapOp } from "../runtime/mapped.js";
import { Operation } from "../runtime/operation.js";
import { checkDuration, sleep } from "../runtime/sleep.js";
import type { Op, Routine } from "../types.js";
import { scope, type Scope } from "./scope.js";

type Ops = readonly Op<unknown>[];
type ValueOf<O> = O extends Op<infer T> ? T : never;
type ValuesOf<L extends Ops> = { -readonly [K in keyof L]: ValueOf<L[K]> };

function checkOps(what: string, ops: unknown): void {
  if (!Array.isArray(ops)) throw typeError(`${what}: ops`, "a list of Ops", ops);
  ops.forEach((op, i) => checkOp(what, `ops[${i}]`, op));
}

function checkOp(what: string, name: string, op: unknown): void {
  if (!(op instanceof Operation)) throw typeError(`${what}: ${name}`, "an Op, such as ch.recv() or sleep(ms)", op);
}

/** What op gives, unless the scope's context ends first: then that is thrown. */
function* inScope<T>(s: Scope, op: Op<T>): Routine<T> {
  const got = yield* select({ ended: s.ctx.done(), op }, { ordered: true });
  if (got.case === "ended") throw s.ctx.err()!;
  return got.value;
}

/**
 * Whatever completes first: its value, or what it throws. The others are withdrawn. Of several that are ready one is taken at
 * random. Without any it waits for ever, as select does.
 * @throws TypeError where ops is no list of Ops.
 * @example
 * const answer = yield* race([ask(primary), ask(replica)]);
 */
export function race<const L extends Ops>(ops: L): Op<ValueOf<L[number]>> {
  checkOps("race", ops);
  return mapOp(select(ops), (got) => got.value as ValueOf<L[number]>, "select", true);
}

/**
 * All at once; their values in the order of the list. The first that throws has the others withdrawn, and is what all throws.
 * What the others may have completed by then is lost: a value that was received, a lock that was taken.
 * @throws TypeError where ops is no list of Ops.
 * @example
 * const [user, orders] = yield* all([until(fetchUser(id)), orders.recv()]);
 */
export function all<const L extends Ops>(ops: L): Op<ValuesOf<L>> {
  checkOps("all", ops);
  return scope(function* (s) {
    const values: unknown[] = new Array(ops.length).fill(undefined);
    ops.forEach((op, i) =>
      s.go(function* () {
        values[i] = yield* inScope(s, op);
      }),
    );
    return values as ValuesOf<L>;
  });
}

/**
 * The first that completes without throwing; the others are withdrawn.
 * @throws AggregateError where all have thrown, with their errors in the order of the list; TypeError where ops is no list of
 * Ops.
 */
export function any<const L extends Ops>(ops: L): Op<ValueOf<L[number]>> {
  checkOps("any", ops);
  const found = scope(function* (s) {
    const errors: unknown[] = new Array(ops.length).fill(undefined);
    let winner: { readonly value: unknown } | null = null;
    ops.forEach((op, i) =>
      s.go(function* () {
        try {
          const value = yield* inScope(s, op);
          winner ??= { value };
          s.cancel();
        } catch (error) {
          errors[i] = error;
        }
      }),
    );
    return { errors, winner: () => winner };
  });
  return mapOp(
    found,
    ({ errors, winner }) => {
      const won = winner();
      if (won === null) throw new AggregateError(errors, "any: all have thrown");
      return won.value as ValueOf<L[number]>;
    },
    "select",
  );
}

/**
 * What op gives, if it does so within so many milliseconds; the clock starts when the Op runs. Then op is withdrawn.
 * @throws deadlineExceeded of goro/context where it does not; what op throws; TypeError, RangeError for bad arguments.
 * @example
 * const line = yield* timeout(lines.recv(), 500);
 */
export function timeout<T>(op: Op<T>, ms: number): Op<T> {
  checkOp("timeout", "op", op);
  checkDuration("timeout", "ms", ms);
  return mapOp(
    select({ op, late: sleep(ms) }, { ordered: true }),
    (got) => {
      if (got.case === "late") throw deadlineExceeded;
      return got.value;
    },
    (op as Operation<T>).reason,
    true,
  );
}
