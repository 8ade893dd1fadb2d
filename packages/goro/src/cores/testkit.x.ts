// What other cores do with errgroups, singleflight groups and limiters in x.node.test.ts.
import { background, cause, withTimeout, type Context } from "../context/index.js";
import { chan, go, parallel, select, sleep, type RecvChan, type Routine, type SendChan } from "../index.js";
import { goexit } from "../runtime/index.js";
import { processor } from "../runtime/processor.js";
import type { Group } from "../x/errgroup.js";
import type { Limiter } from "../x/rate.js";
import type { Group as Flights } from "../x/singleflight.js";
import { endingOf } from "./testkit.context.js";
import { taken, type Taken } from "./testkit.elsewhere.js";

type Words = Int32Array<SharedArrayBuffer>;

/** Starts so many in the group; each notes how many run at once, over all cores. */
export const startMany = parallel(
  import.meta.url,
  function* startMany(flag: Taken, group: Group, count: number, running: Words): Routine<number> {
    taken(flag);
    for (let i = 0; i < count; i++) group.go(() => oneMore(running, 2));
    return processor.id;
  },
);

/** Word 0: how many run; word 1: the most that ever did; word 2: how many have ended. */
export function* oneMore(running: Words, ms: number): Routine {
  const now = Atomics.add(running, 0, 1) + 1;
  for (let most = running[1]!; now > most; most = running[1]!) Atomics.compareExchange(running, 1, most, now);
  yield* sleep(ms);
  Atomics.sub(running, 0, 1);
  Atomics.add(running, 2, 1);
}

/** One of the group fails there, another waits for the context to end. */
export const failInGroup = parallel(
  import.meta.url,
  function* failInGroup(
    flag: Taken,
    group: Group,
    ctx: Context,
    error: Error | undefined,
    ended: SendChan<string>,
  ): Routine<unknown> {
    taken(flag);
    group.go(function* () {
      yield* ctx.done();
      yield* ended.send(`${endingOf(ctx)}: ${cause(ctx)?.message}`);
    });
    if (error !== undefined) {
      group.go(function* () {
        yield* sleep(1);
        throw error;
      });
    }
    try {
      yield* group.wait();
      return "no error";
    } catch (caught) {
      return caught === error ? "the same" : caught;
    }
  },
);

export const limitThere = parallel(
  import.meta.url,
  function* limitThere(flag: Taken, group: Group, n: number): Routine<string> {
    taken(flag);
    const tried = group.tryGo(function* () {});
    try {
      group.setLimit(n);
      return `${tried} set`;
    } catch (error) {
      return `${tried} ${String(error)}`;
    }
  },
);

/** Queues functions that say when they start. */
export const queueThere = parallel(
  import.meta.url,
  function* queueThere(flag: Taken, group: Group, names: readonly string[], started: SendChan<string>): Routine {
    for (const name of names) {
      group.go(function* () {
        yield* started.send(name);
      });
    }
    taken(flag);
  },
);

/** What wait throws. */
export const waitThere = parallel(import.meta.url, function* waitThere(flag: Taken, group: Group): Routine<unknown> {
  taken(flag);
  try {
    yield* group.wait();
    return undefined;
  } catch (error) {
    return error;
  }
});

/** So many callers at once; says how many runs there were here, and what came of it. */
export const askMany = parallel(
  import.meta.url,
  function* askMany(
    flag: Taken,
    flights: Flights<unknown>,
    key: string,
    callers: number,
    what: "value" | "error" | "function" | "goexit",
    go_: RecvChan<never>,
  ): Routine<readonly [runs: number, outcomes: readonly string[]]> {
    let runs = 0;
    const outcomes: string[] = [];
    const done = chan<void>(callers);
    for (let i = 0; i < callers; i++) {
      go(function* () {
        let outcome = "goexit";
        try {
          const got = yield* flights.do(key, function* () {
            runs++;
            yield* go_.recv();
            if (what === "error") throw new RangeError("failed");
            if (what === "goexit") goexit();
            return what === "function" ? { call: () => 1 } : { by: processor.id, list: [1, 2] };
          });
          outcome = `${JSON.stringify(got.value)} ${got.shared}`;
        } catch (error) {
          if (error instanceof Error) outcome = String(error);
          else throw error;
        } finally {
          outcomes.push(outcome);
          done.trySend();
        }
      });
    }
    yield* sleep(1);
    taken(flag);
    for (let i = 0; i < callers; i++) yield* done.recv();
    return [runs, outcomes];
  },
);

/** Many keys, a few callers each. */
export const askKeys = parallel(
  import.meta.url,
  function* askKeys(flights: Flights<string>, keys: number, runs: Words): Routine<boolean> {
    const joins = Array.from({ length: keys }, (_, i) =>
      go(function* () {
        const key = `ключ ${i}`;
        const { value } = yield* flights.do(key, function* () {
          Atomics.add(runs, i, 1);
          yield* sleep(30);
          return `value of ${key}`;
        });
        return value === `value of ${key}`;
      }).join(),
    );
    let isRight = true;
    for (const join of joins) isRight = (yield* join) && isRight;
    return isRight;
  },
);

export const chanThere = parallel(
  import.meta.url,
  function* chanThere(flag: Taken, flights: Flights<number>): Routine<unknown> {
    const result = flights.doChan("k", function* () {
      return -1;
    });
    taken(flag);
    return yield* result.recv();
  },
);

/** Takes what it gets without waiting; says how many. */
export const allowMany = parallel(
  import.meta.url,
  function* allowMany(limiter: Limiter, tries: number): Routine<number> {
    let n = 0;
    for (let i = 0; i < tries; i++) if (limiter.allow()) n++;
    return n;
  },
);

export const waitMany = parallel(
  import.meta.url,
  function* waitMany(flag: Taken, limiter: Limiter, count: number): Routine<number> {
    taken(flag);
    const since = performance.now();
    for (let i = 0; i < count; i++) yield* limiter.wait(background());
    return performance.now() - since;
  },
);

export const stateThere = parallel(import.meta.url, function* stateThere(flag: Taken, limiter: Limiter): Routine<
  readonly number[]
> {
  taken(flag);
  return [limiter.limit, limiter.burst, Math.round(limiter.tokens)];
});

/** Reserves, gives back, changes. */
export const reserveThere = parallel(import.meta.url, function* reserveThere(flag: Taken, limiter: Limiter): Routine<
  readonly unknown[]
> {
  taken(flag);
  const first = limiter.reserveN(2);
  const second = limiter.reserveN(3);
  const delays = [first.delay(), second.delay()].map((ms) => Math.round(ms / 1000));
  second.cancel();
  limiter.setBurst(50);
  return [first.ok, second.ok, ...delays];
});

export const deadlineAt = parallel(import.meta.url, function* deadlineAt(flag: Taken, limiter: Limiter): Routine<
  readonly string[]
> {
  taken(flag);
  const messages: string[] = [];
  const [ctx, cancel] = withTimeout(background(), 50);
  using _ = cancel;
  for (const n of [1000, 1]) {
    try {
      yield* limiter.waitN(ctx, n);
      messages.push("taken");
    } catch (error) {
      messages.push((error as Error).message);
    }
  }
  return messages;
});

/** A wait that loses its select gives its token back. */
export const loseWait = parallel(import.meta.url, function* loseWait(flag: Taken, limiter: Limiter): Routine<string> {
  taken(flag);
  const got = yield* select({ token: limiter.wait(background()), late: sleep(10) });
  return got.case;
});
