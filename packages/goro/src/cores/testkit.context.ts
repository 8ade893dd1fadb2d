// What other cores do with contexts in context.node.test.ts.
import {
  afterFunc,
  background,
  canceled,
  cause,
  deadlineExceeded,
  todo,
  withCancelCause,
  type Context,
} from "../context/index.js";
import { go, parallel, select, sleep, type Chan, type RecvChan, type Routine, type SendChan } from "../index.js";
import { processor } from "../runtime/processor.js";
import { taken, type Taken } from "./testkit.elsewhere.js";

export interface Seen {
  readonly core: number;
  readonly ending: string;
  readonly cause: Error | undefined;
  readonly ms: number;
}

export function endingOf(ctx: Context): string {
  const error = ctx.err();
  return error === canceled ? "canceled" : error === deadlineExceeded ? "deadline" : String(error);
}

const seen = (ctx: Context, since: number): Seen => ({
  core: processor.id,
  ending: endingOf(ctx),
  cause: cause(ctx),
  ms: performance.now() - since,
});

/** Waits for the end. */
export const awaitEnd = parallel(import.meta.url, function* awaitEnd(flag: Taken, ctx: Context): Routine<Seen> {
  const since = performance.now();
  taken(flag);
  yield* ctx.done();
  return seen(ctx, since);
});

/** Looks for the end without ever parking. */
export const lookForEnd = parallel(import.meta.url, function* lookForEnd(flag: Taken, ctx: Context): Routine<Seen> {
  const since = performance.now();
  const [child, cancel] = withCancelCause(ctx);
  using _ = cancel;
  taken(flag);
  while (child.err() === undefined && performance.now() - since < 20_000);
  return { ...seen(child, since), cause: cause(child) };
});

/** What hangs below a context there is told in the order of one core. */
export const tellBelow = parallel(
  import.meta.url,
  function* tellBelow(flag: Taken, ctx: Context, ready: SendChan<boolean>): Routine<readonly unknown[]> {
    taken(flag);
    const order: string[] = [];
    const [child] = withCancelCause(ctx);
    afterFunc(child, () => {
      order.push("afterFunc");
    });
    child.signal.addEventListener("abort", () => order.push("abort"));
    const stop = afterFunc(child, () => {
      order.push("stopped");
    });
    stop();
    yield* ready.send(true);
    yield* child.done();
    order.push("done");
    yield* sleep(1);
    return [order, endingOf(child), cause(child), child.signal.reason === cause(ctx), ctx.signal.aborted];
  },
);

export const valuesThere = parallel(
  import.meta.url,
  function* valuesThere(
    flag: Taken,
    ctx: Context,
    keys: readonly unknown[],
    symbols: readonly string[],
  ): Routine<readonly unknown[]> {
    taken(flag);
    const asked = [...keys, ...symbols.map((name) => Symbol.for(name))];
    return asked.map((key) => ctx.value(key));
  },
);

/** A value is read once: what is done to it is seen by who asks again, there. */
export const changeValue = parallel(import.meta.url, function* changeValue(flag: Taken, ctx: Context): Routine<
  readonly unknown[]
> {
  taken(flag);
  const list = ctx.value("list") as number[];
  list.push(processor.id);
  return [list === ctx.value("list"), list];
});

export const itself = parallel(
  import.meta.url,
  function* itself(flag: Taken, bg: Context, td: Context, errors: readonly Error[]): Routine<readonly boolean[]> {
    taken(flag);
    return [bg === background(), td === todo(), errors[0] === canceled, errors[1] === deadlineExceeded];
  },
);

/** Hands back what it was given, and a child of its own. */
export const handBack = parallel(
  import.meta.url,
  function* handBack(flag: Taken, ctx: Context, end: RecvChan<Error>, out: SendChan<Context>): Routine {
    taken(flag);
    const [child, cancel] = withCancelCause(ctx);
    yield* out.send(ctx);
    yield* out.send(child);
    cancel(yield* end.recv());
  },
);

export const deadlineThere = parallel(import.meta.url, function* deadlineThere(flag: Taken, ctx: Context): Routine<
  Date | undefined
> {
  taken(flag);
  return ctx.deadline();
});

/** Receives until the context ends; says how many. */
export const receiveUntil = parallel(
  import.meta.url,
  function* receiveUntil(flag: Taken, ctx: Context, numbers: RecvChan<number>): Routine<number> {
    taken(flag);
    for (let n = 0; ; n++) {
      const got = yield* select({ number: numbers.recv(), end: ctx.done() });
      if (got.case === "end") return n;
    }
  },
);

/** Waits for each of the contexts in one way or another, and says how each has ended. */
export const witness = parallel(
  import.meta.url,
  function* witness(contexts: readonly Context[], seed: number, never: Chan<number>): Routine<readonly string[]> {
    const joins = contexts.map((ctx, i) => {
      switch ((seed + i) % 4) {
        case 0:
          return go(function* () {
            yield* ctx.done();
          }).join();
        case 1:
          return go(function* () {
            const [child] = withCancelCause(ctx);
            yield* select([child.done(), never.recv()]);
          }).join();
        case 2:
          return go(function* () {
            const told = new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
            if (!ctx.signal.aborted) yield* select([go(async () => void (await told)).join()]);
          }).join();
        default:
          return go(function* () {
            while (ctx.err() === undefined) yield* sleep(1);
          }).join();
      }
    });
    for (const join of joins) yield* join;
    return contexts.map((ctx) => `${endingOf(ctx)}: ${cause(ctx)!.message}`);
  },
);
