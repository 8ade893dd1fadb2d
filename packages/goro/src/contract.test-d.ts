// What must type-check, and what must not. tsc is the test: nothing here runs, and a line under @ts-expect-error has to be an error.
import {
  chan,
  DeadlockError,
  defer,
  go,
  main,
  move,
  Panic,
  parallel,
  run,
  select,
  sleep,
  trySelect,
  until,
} from "goro";
import type {
  Case,
  Cases,
  Chan,
  Goroutine,
  GoroutineInfo,
  Op,
  Parallel,
  Range,
  Received,
  RecvChan,
  Routine,
  Selected,
  SelectedOf,
  SelectOptions,
  SendChan,
  Suspend,
} from "goro";
import { Cache } from "goro/cache";
import type { CacheOptions } from "goro/cache";
import * as context from "goro/context";
import type { CancelCauseFunc, CancelFunc, Context } from "goro/context";
import { Group as ErrGroup, withContext } from "goro/errgroup";
import * as pipeline from "goro/pipeline";
import type { StageOptions } from "goro/pipeline";
import { every, Limiter } from "goro/rate";
import type { Limit, Reservation } from "goro/rate";
import * as runtime from "goro/runtime";
import type { MemStats } from "goro/runtime";
import { Weighted } from "goro/semaphore";
import { notify, notifyContext, stop } from "goro/signal";
import type { Signal } from "goro/signal";
import { Group as Flight } from "goro/singleflight";
import type { Result } from "goro/singleflight";
import { Cond, Map as SyncMap, Mutex, Once, onceFunc, onceValue, Pool, RWMutex, WaitGroup } from "goro/sync";
import type { Locker } from "goro/sync";
import { Bool, Int32, Int64, Uint32, Uint64, Value } from "goro/sync/atomic";
import * as time from "goro/time";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Type-checks only where the two types are the same: `is<Expected>()(value)`. */
declare function is<Expected>(): <Actual>(
  value: Actual,
  ...same: Equal<Actual, Expected> extends true ? [] : [never]
) => void;

declare const numbers: Chan<number>;
declare const strings: Chan<string>;
declare const mixed: Chan<number | string>;

// ------------------------------------------------------------------------------------------------------------ goro: Ops

export function* ops(op: Op<number>): Routine<string> {
  is<number>()(yield* op);
  is<number | undefined>()(yield* numbers.recv());
  is<void>()(yield* numbers.send(1));
  is<Op<number | undefined>>()(numbers.recv());
  // An Op of something narrower is an Op of something wider, and not the other way round.
  const wider: Op<number | string> = op;
  // @ts-expect-error
  const narrower: Op<1> = op;
  const anything: Op<unknown> = op;
  const awaitable: PromiseLike<number> = op;
  // @ts-expect-error an Op is no promise
  const promise: Promise<number> = op;
  // @ts-expect-error only the scheduler makes one
  const suspend: Suspend = {};
  void [wider, narrower, anything, awaitable, promise, suspend];
  return "result";
}

export async function asynchronous(op: Op<number>): Promise<void> {
  is<number>()(await op);
  is<number | undefined>()(await numbers.recv());
  is<[number, void]>()(await Promise.all([op, sleep(1)]));
  is<string>()(await op.then((n) => String(n)));
}

export function* bareYields(op: Op<number>): Routine {
  // @ts-expect-error
  yield 5;
  // @ts-expect-error
  yield;
  // @ts-expect-error the Op wants a yield*
  yield op;
  // @ts-expect-error
  yield* [1, 2, 3];
  // @ts-expect-error
  yield* Promise.resolve(5);
}

export function* routines(): Routine {
  is<string>()(yield* ops(sleepOf(5)));
  // @ts-expect-error
  const wrong: Routine<number> = ops(sleepOf(5));
  const right: Routine<string | number> = ops(sleepOf(5));
  void [wrong, right];
}
declare function sleepOf<T>(value: T): Op<T>;

// ------------------------------------------------------------------------------------------------------------- goro: go

export function goroutines(): void {
  const sum = function* (a: number, b: number): Routine<number> {
    return a + b;
  };
  is<Goroutine<number>>()(go(sum, 1, 2));
  is<Goroutine<void>>()(go(function* () {}));
  is<Goroutine<void>>()(
    go(function* () {
      yield* sleep(1);
    }),
  );
  is<Goroutine<string>>()(
    go(function* (n: number) {
      yield* numbers.send(n);
      return "sent";
    }, 5),
  );
  is<Goroutine<number>>()(go(async () => 5));
  is<Goroutine<number>>()(go(async (n: number) => n, 5));
  is<Goroutine<number>>()(go(() => Promise.resolve(5)));
  is<Goroutine<number>>()(go(() => 5));
  is<Goroutine<string>>()(go((a: string, b: number) => a.repeat(b), "a", 2));
  is<Goroutine<void>>()(go(() => {}));
  is<number>()(go(sum, 1, 2).id);
  is<Op<number>>()(go(sum, 1, 2).join());
  // @ts-expect-error
  go(sum, 1, 2).id = 5;
  // @ts-expect-error too few arguments
  go(sum, 1);
  // @ts-expect-error too many arguments
  go(sum, 1, 2, 3);
  // @ts-expect-error
  go(sum, 1, "2");
  // @ts-expect-error
  go(async (n: number) => n, "5");
  // @ts-expect-error a generator that yields something of its own
  go(function* () {
    yield 5;
  });
  // @ts-expect-error a bare yield
  go(function* () {
    yield;
  });
  // @ts-expect-error an Op without the star
  go(function* () {
    yield sleep(1);
  });
  // @ts-expect-error of both kinds
  go(function* () {
    yield* sleep(1);
    yield 5;
  });
  // @ts-expect-error an async generator
  go(async function* () {});
  // @ts-expect-error an async generator
  go(async function* () {
    yield 5;
  });
  // @ts-expect-error a generator object instead of a function
  go(sum(1, 2));
  // @ts-expect-error a promise instead of a function
  go(Promise.resolve(5));
  // @ts-expect-error
  go(5);
  // @ts-expect-error
  go();
  // @ts-expect-error a Goroutine is no Op: it wants its join()
  const op: Op<number> = go(sum, 1, 2);
  // @ts-expect-error and no promise
  const promise: PromiseLike<number> = go(sum, 1, 2);
  void [op, promise];
}

export function* joins(g: Goroutine<number>): Routine {
  is<number>()(yield* g.join());
  // @ts-expect-error
  yield* g;
  const wider: Goroutine<number | string> = g;
  // @ts-expect-error
  const narrower: Goroutine<1> = g;
  void [wider, narrower];
}

const square = parallel(import.meta.url, function* square(n: number, label?: string) {
  yield* sleep(1);
  return label === undefined ? n * n : label;
});

export function* parallels(): Routine {
  is<Parallel<[n: number, label?: string], string | number>>()(square);
  is<Goroutine<string | number>>()(go(square, 5));
  is<Goroutine<string | number>>()(go(square, 5, "label"));
  is<string | number>()(yield* square(5));
  is<Promise<string | number>>()(run(square, 5));
  // @ts-expect-error
  go(square, "5");
  // @ts-expect-error
  go(square);
  // @ts-expect-error a plain generator function is no parallel one
  const plain: Parallel<[n: number], number> = function* (n: number): Routine<number> {
    return n;
  };
  // @ts-expect-error
  parallel(import.meta.url, async (n: number) => n);
  // @ts-expect-error
  parallel(import.meta.url, (n: number) => n);
  // @ts-expect-error the module's address comes first
  parallel(function* () {});
  is<ArrayBuffer>()(move(new ArrayBuffer(8)));
  is<Uint8Array<ArrayBuffer>>()(move(new Uint8Array(8)));
  // @ts-expect-error
  move(5);
  // @ts-expect-error
  move("text");
  void plain;
}

// ----------------------------------------------------------------------------------------------------- goro: channels

export function* channels(received: Received<number>): Routine {
  is<Chan<number>>()(chan<number>());
  is<Chan<string>>()(chan<string>(5));
  // @ts-expect-error
  chan<number>("5");
  is<number>()(numbers.length);
  is<number>()(numbers.capacity);
  // @ts-expect-error
  numbers.length = 5;
  // @ts-expect-error
  numbers.capacity = 5;
  // @ts-expect-error
  yield* numbers.send("text");
  // @ts-expect-error
  yield* numbers.send();
  is<boolean>()(numbers.trySend(5));
  // @ts-expect-error
  numbers.trySend("text");
  is<void>()(numbers.close());
  is<Received<number> | undefined>()(numbers.tryRecv());
  is<Op<Received<number>>>()(numbers.recvOk());

  const [value, ok] = yield* numbers.recvOk();
  is<number | undefined>()(value);
  if (ok) is<number>()(value);
  else is<undefined>()(value);
  if (received[1]) is<number>()(received[0]);
  else is<undefined>()(received[0]);
  // @ts-expect-error
  received[0] = 5;

  const range = numbers.range();
  is<Range<number>>()(range);
  for (; yield* range.next();) is<number>()(range.value);
  // @ts-expect-error
  range.value = 5;
  // @ts-expect-error a channel is no iterable: in a goroutine it is ranged over
  for (const each of numbers) void each;
}

export async function iterated(receiver: RecvChan<number>): Promise<void> {
  for await (const each of numbers) is<number>()(each);
  for await (const each of receiver) is<number>()(each);
}

export function directions(): void {
  const send: SendChan<number> = numbers;
  const recv: RecvChan<number> = numbers;
  // @ts-expect-error
  send.recv();
  // @ts-expect-error
  send.range();
  // @ts-expect-error
  recv.send(5);
  // @ts-expect-error
  recv.close();
  // @ts-expect-error
  const both: Chan<number> = send;
  // @ts-expect-error
  const again: Chan<number> = recv;
  // @ts-expect-error
  const turned: RecvChan<number> = send;
  void [both, again, turned];
}

export function variance(): void {
  // Who receives may expect more kinds; who sends may send fewer.
  const recvWider: RecvChan<number | string> = numbers as RecvChan<number>;
  const sendNarrower: SendChan<number> = mixed as SendChan<number | string>;
  const fromBoth: [RecvChan<number | string>, SendChan<number>] = [mixed, mixed];
  // @ts-expect-error
  const recvNarrower: RecvChan<number> = mixed as RecvChan<number | string>;
  // @ts-expect-error
  const sendWider: SendChan<number | string> = numbers as SendChan<number>;
  // @ts-expect-error
  const chanWider: Chan<number | string> = numbers;
  // @ts-expect-error
  const chanNarrower: Chan<number> = mixed;
  const recvFromChan: RecvChan<number | string> = numbers;
  const rangeWider: Range<number | string> = numbers.range();
  // @ts-expect-error
  const rangeNarrower: Range<number> = mixed.range();
  void [recvWider, sendNarrower, fromBoth, recvNarrower, sendWider, chanWider, chanNarrower];
  void [recvFromChan, rangeWider, rangeNarrower];
}

// ------------------------------------------------------------------------------------------------------- goro: select

export function* selects(ctx: Context, maybe: Op<boolean> | null, optional: { only?: Op<number> }): Routine {
  const got = yield* select({
    job: numbers.recv(),
    full: strings.send("text"),
    pair: strings.recvOk(),
    late: sleep(50),
    stop: ctx.done(),
    maybe,
    joined: go(async () => 5n).join(),
  });
  is<"job" | "full" | "pair" | "late" | "stop" | "maybe" | "joined">()(got.case);
  switch (got.case) {
    case "job":
      is<number | undefined>()(got.value);
      break;
    case "full":
    case "late":
    case "stop":
      is<void>()(got.value);
      break;
    case "pair":
      is<Received<string>>()(got.value);
      if (got.value[1]) is<string>()(got.value[0]);
      break;
    case "maybe":
      is<boolean>()(got.value);
      break;
    case "joined":
      is<bigint>()(got.value);
      break;
    default:
      is<never>()(got);
  }
  // @ts-expect-error there is no such case
  if (got.case === "nope") return;
  // @ts-expect-error
  got.case = "job";
  // @ts-expect-error
  got.value = undefined;

  // Names that look like numbers are strings in the answer.
  const numbered = yield* select({ 1: numbers.recv(), 2: strings.recv() });
  is<"1" | "2">()(numbered.case);
  if (numbered.case === "1") is<number | undefined>()(numbered.value);
  else is<string | undefined>()(numbered.value);
  // @ts-expect-error
  if (numbered.case === 1) return;

  const only = yield* select({ only: maybe });
  is<{ readonly case: "only"; readonly value: boolean }>()(only);

  // Declared elsewhere, also with an optional case.
  const written: Selected<{ a: Op<number>; b: Op<string> | undefined }> = { case: "b", value: "text" };
  // @ts-expect-error
  const mixedUp: Selected<{ a: Op<number>; b: Op<string> }> = { case: "a", value: "text" };
  is<Selected<{ a: Op<number> }>>()({ case: "a", value: 5 } as { readonly case: "a"; readonly value: number });
  const cases: Cases = { a: numbers.recv(), b: null, c: undefined };
  is<"only">()((yield* select({ only: optional.only })).case);

  // Of selects.
  const nested = yield* select({ inner: select({ a: numbers.recv() }), other: sleep(1) });
  if (nested.case === "inner") is<number | undefined>()(nested.value.value);

  const ordered: SelectOptions = { ordered: true };
  is<"a">()((yield* select({ a: numbers.recv() }, ordered)).case);
  is<"a">()((yield* select({ a: numbers.recv() }, { ordered: false })).case);
  // @ts-expect-error
  yield* select({ a: numbers.recv() }, { order: true });
  // @ts-expect-error
  yield* select({ a: numbers.recv() }, { ordered: "yes" });
  // @ts-expect-error
  ordered.ordered = false;

  // @ts-expect-error a channel is no Op
  yield* select({ a: numbers });
  // @ts-expect-error a promise is no Op
  yield* select({ a: Promise.resolve(5) });
  // @ts-expect-error a goroutine is no Op
  yield* select({ a: go(async () => 5) });
  // @ts-expect-error
  yield* select({ a: 5 });
  // @ts-expect-error a function that makes an Op is none
  yield* select({ a: () => numbers.recv() });
  // @ts-expect-error
  yield* select();
  void [cases, written, mixedUp];
}

export function* selectsOfLists(list: readonly Op<number>[], live: (Op<string> | null)[]): Routine {
  const pair = yield* select([numbers.recv(), strings.recvOk(), null]);
  is<number>()(pair.case);
  is<number | undefined | Received<string>>()(pair.value);
  const many = yield* select(list);
  is<number>()(many.case);
  is<number>()(many.value);
  is<SelectedOf<readonly Op<number>[]>>()(many);
  is<string>()((yield* select(live)).value);
  is<number>()((yield* select([...list, sleepOf(5)], { ordered: true })).value);
  // @ts-expect-error
  yield* select([numbers.recv(), 5]);
  // @ts-expect-error
  yield* select([numbers]);
  const cases: Case[] = [numbers.recv(), null, undefined, sleep(1)];
  is<unknown>()((yield* select(cases)).value);
}

export function trySelects(list: Op<number>[]): void {
  const got = trySelect({ job: numbers.recv(), full: strings.send("text") });
  // @ts-expect-error it may be undefined
  void got.case;
  if (got?.case === "job") is<number | undefined>()(got.value);
  is<"job" | "full" | undefined>()(got?.case);
  is<SelectedOf<Op<number>[]> | undefined>()(trySelect(list));
  is<number | undefined>()(trySelect(list, { ordered: true })?.value);
  // @ts-expect-error
  trySelect({ a: 5 });
}

// ----------------------------------------------------------------------------------------------- goro: everything else

export function* rest(promise: Promise<number>, thenable: PromiseLike<string>): Routine {
  is<number>()(yield* until(promise));
  is<string>()(yield* until(thenable));
  is<number>()(yield* until(() => promise));
  is<boolean>()(yield* until(async () => true));
  // @ts-expect-error
  until(5);
  // @ts-expect-error
  until(() => 5);
  is<Op<void>>()(sleep(5));
  // @ts-expect-error
  sleep("5");
  // @ts-expect-error
  sleep();
  // @ts-expect-error
  sleep(5n);

  using _ = defer(() => {});
  is<Disposable>()(defer(() => {}));
  // @ts-expect-error
  defer(5);
}

function* needsNumber(n: number): Routine {
  yield* sleep(n);
}

export function programs(): void {
  is<void>()(main(function* () {}));
  main(function* () {
    yield* sleep(1);
  });
  // @ts-expect-error
  main(async () => {});
  // @ts-expect-error
  main(() => {});
  // @ts-expect-error it takes no arguments
  main(function* (n: number) {
    void n;
  });
  // @ts-expect-error
  main(function* () {
    yield 5;
  });
  // @ts-expect-error a generator object
  main(rest(Promise.resolve(5), Promise.resolve("")));
  is<Promise<string>>()(
    run(function* (n: number) {
      yield* sleep(n);
      return "done";
    }, 5),
  );
  is<Promise<void>>()(run(function* () {}));
  // @ts-expect-error
  run(async () => 5);
  // @ts-expect-error
  run(() => 5);
  // @ts-expect-error
  run(needsNumber, "5");
  // @ts-expect-error
  run(function* () {
    yield 5;
  });
}

export function errors(info: GoroutineInfo): void {
  const panic: Error = new Panic("message");
  const deadlock: Error & { readonly goroutines: readonly GoroutineInfo[] } = null as unknown as DeadlockError;
  is<number>()(info.id);
  is<string>()(info.state);
  is<Date | undefined>()(info.waitSince);
  is<string>()(info.name);
  is<string | undefined>()(info.at);
  is<string | undefined>()(info.createdAt);
  is<number>()(info.processor);
  // @ts-expect-error
  info.state = "running";
  // @ts-expect-error
  deadlock.goroutines = [];
  void panic;
}

// -------------------------------------------------------------------------------------------------------------- sync

export function* syncs(wg: WaitGroup, mu: Mutex, rw: RWMutex): Routine {
  is<void>()(wg.add(1));
  is<void>()(wg.done());
  is<Op<void>>()(wg.wait());
  is<Goroutine<string>>()(
    wg.go(
      function* (a: number, b: string) {
        yield* sleep(a);
        return b;
      },
      1,
      "b",
    ),
  );
  is<Goroutine<number>>()(wg.go(async () => 5));
  is<Goroutine<number>>()(wg.go(() => 5));
  is<Goroutine<void>>()(wg.go(() => {}));
  is<Goroutine<string | number>>()(wg.go(square, 5));
  // @ts-expect-error
  wg.go(needsNumber, "5");
  // @ts-expect-error
  wg.go(5);
  // @ts-expect-error
  wg.add("1");
  // @ts-expect-error
  wg.add();

  is<Op<void>>()(mu.lock());
  is<boolean>()(mu.tryLock());
  is<void>()(mu.unlock());
  is<Op<Disposable>>()(mu.guard());
  {
    using _ = yield* mu.guard();
    using __ = yield* rw.guard();
    using ___ = yield* rw.rGuard();
  }
  // @ts-expect-error the Op is not the guard
  using ____ = mu.guard();
  is<Op<void>>()(rw.rLock());
  is<boolean>()(rw.tryRLock());
  is<void>()(rw.rUnlock());
  is<Locker>()(rw.rLocker());
  const lockers: Locker[] = [mu, rw, rw.rLocker()];

  const once = new Once();
  is<Op<void>>()(once.do(() => {}));
  is<Op<void>>()(once.do(function* () {}));
  // @ts-expect-error
  once.do(async () => {});
  // @ts-expect-error
  once.do(function* () {
    yield 5;
  });
  is<() => Op<void>>()(onceFunc(function* () {}));
  is<() => Op<void>>()(onceFunc(() => {}));
  const plainValue = onceValue(() => 5 as number);
  is<() => Op<number>>()(plainValue);
  const routineValue = onceValue(function* () {
    yield* sleep(1);
    return 5 as number;
  });
  is<() => Op<number>>()(routineValue);
  // @ts-expect-error
  onceFunc(5);

  const cond = new Cond(mu);
  new Cond(rw.rLocker());
  // @ts-expect-error
  new Cond({});
  // @ts-expect-error
  new Cond();
  is<Locker>()(cond.l);
  // @ts-expect-error
  cond.l = mu;
  is<Op<void>>()(cond.wait());
  is<void>()(cond.signal());
  is<void>()(cond.broadcast());
  void lockers;
}

export function maps(map: SyncMap<string, number>): void {
  const [value, ok] = map.load("k");
  is<number | undefined>()(value);
  if (ok) is<number>()(value);
  else is<undefined>()(value);
  is<readonly [number, boolean]>()(map.loadOrStore("k", 5));
  const [taken, loaded] = map.loadAndDelete("k");
  if (loaded) is<number>()(taken);
  else is<undefined>()(taken);
  is<readonly [number | undefined, boolean]>()(map.swap("k", 5));
  is<boolean>()(map.compareAndSwap("k", 1, 2));
  is<boolean>()(map.compareAndDelete("k", 1));
  is<void>()(map.store("k", 5));
  is<void>()(map.delete("k"));
  is<void>()(map.clear());
  map.range((k, v) => {
    is<string>()(k);
    is<number>()(v);
    return true;
  });
  // @ts-expect-error fn says whether to go on
  map.range(() => {});
  // @ts-expect-error
  map.store(5, 5);
  // @ts-expect-error
  map.store("k", "v");
  // @ts-expect-error
  map.load(5);
  const pool = new Pool(() => new Uint8Array(8));
  is<Uint8Array<ArrayBuffer>>()(pool.get());
  is<void>()(pool.put(new Uint8Array(8)));
  // @ts-expect-error
  pool.put("text");
  // @ts-expect-error
  new Pool();
}

export function atomics(): void {
  for (const atom of [new Int32(), new Uint32(5)]) {
    is<number>()(atom.load());
    is<void>()(atom.store(5));
    is<number>()(atom.add(5));
    is<number>()(atom.swap(5));
    is<boolean>()(atom.compareAndSwap(5, 6));
    is<number>()(atom.and(5));
    is<number>()(atom.or(5));
    // @ts-expect-error
    atom.add(5n);
  }
  for (const atom of [new Int64(), new Uint64(5n)]) {
    is<bigint>()(atom.load());
    is<void>()(atom.store(5n));
    is<bigint>()(atom.add(5n));
    is<bigint>()(atom.swap(5n));
    is<boolean>()(atom.compareAndSwap(5n, 6n));
    is<bigint>()(atom.and(5n));
    is<bigint>()(atom.or(5n));
    // @ts-expect-error
    atom.add(5);
  }
  // @ts-expect-error
  new Int32(5n);
  // @ts-expect-error
  new Int64(5);
  const flag = new Bool(true);
  is<boolean>()(flag.load());
  is<void>()(flag.store(false));
  is<boolean>()(flag.swap(true));
  is<boolean>()(flag.compareAndSwap(true, false));
  // @ts-expect-error
  flag.store(1);
  // @ts-expect-error a Bool does not count
  flag.add(1);
  const value = new Value<string>();
  is<string | undefined>()(value.load());
  is<void>()(value.store("text"));
  is<string | undefined>()(value.swap("text"));
  is<boolean>()(value.compareAndSwap(undefined, "text"));
  is<Value<string>>()(new Value("text" as string));
  // @ts-expect-error
  value.store(5);
}

// ----------------------------------------------------------------------------------------------------------- context

export function* contexts(ctx: Context): Routine {
  is<Date | undefined>()(ctx.deadline());
  is<Op<void>>()(ctx.done());
  is<Error | undefined>()(ctx.err());
  is<unknown>()(ctx.value("key"));
  is<AbortSignal>()(ctx.signal);
  // @ts-expect-error
  ctx.signal = new AbortController().signal;
  is<Error>()(context.canceled);
  is<Error>()(context.deadlineExceeded);
  is<Context>()(context.background());
  is<Context>()(context.todo());
  is<[ctx: Context, cancel: CancelFunc]>()(context.withCancel(ctx));
  is<[ctx: Context, cancel: CancelCauseFunc]>()(context.withCancelCause(ctx));
  is<[ctx: Context, cancel: CancelFunc]>()(context.withTimeout(ctx, 5));
  is<[ctx: Context, cancel: CancelFunc]>()(context.withTimeoutCause(ctx, 5, new Error("why")));
  is<[ctx: Context, cancel: CancelFunc]>()(context.withDeadline(ctx, new Date()));
  is<[ctx: Context, cancel: CancelFunc]>()(context.withDeadlineCause(ctx, new Date(), new Error("why")));
  is<Context>()(context.withValue(ctx, Symbol("key"), 5));
  is<Context>()(context.withoutCancel(ctx));
  is<() => boolean>()(context.afterFunc(ctx, () => {}));
  is<() => boolean>()(context.afterFunc(ctx, function* () {}));
  is<Error | undefined>()(context.cause(ctx));
  is<Context>()(context.fromSignal(new AbortController().signal));
  is<Context>()(context.fromSignal(new AbortController().signal, ctx));
  const [, cancel] = context.withCancel(ctx);
  using _ = cancel;
  const [, cancelCause] = context.withCancelCause(ctx);
  is<void>()(cancel());
  cancelCause();
  cancelCause(new Error("why"));
  const plain: () => void = cancel;
  // @ts-expect-error it takes no cause
  cancel(new Error("why"));
  // @ts-expect-error
  cancelCause("why");
  // @ts-expect-error
  context.withCancel();
  // @ts-expect-error
  context.withTimeout(ctx);
  // @ts-expect-error
  context.withDeadline(ctx, 5);
  // @ts-expect-error
  context.withTimeoutCause(ctx, 5);
  // @ts-expect-error
  context.withTimeoutCause(ctx, 5, "why");
  // @ts-expect-error
  context.afterFunc(ctx, async () => {});
  // @ts-expect-error
  context.fromSignal(new AbortController());
  // @ts-expect-error a function alone is no CancelFunc
  const notDisposable: CancelFunc = () => {};
  // A context of one's own.
  const own: Context = {
    deadline: () => undefined,
    done: () => numbersDone,
    err: () => undefined,
    value: () => undefined,
    signal: new AbortController().signal,
  };
  context.withCancel(own);
  void [plain, notDisposable];
}
declare const numbersDone: Op<void>;

// -------------------------------------------------------------------------------------------------------------- time

export function* times(timer: time.Timer, ticker: time.Ticker): Routine {
  const units: { millisecond: 1; second: 1000; minute: 60_000; hour: 3_600_000 } = time;
  is<number>()(time.nanosecond);
  is<number>()(time.microsecond);
  is<Date>()(time.now());
  is<number>()(time.since(new Date()));
  is<Op<void>>()(time.sleep(5 * time.second));
  is<RecvChan<Date>>()(time.after(5));
  is<RecvChan<Date>>()(time.tick(5));
  is<time.Timer>()(time.afterFunc(5, () => {}));
  is<time.Timer>()(time.afterFunc(5, function* () {}));
  is<time.Timer>()(new time.Timer(5));
  is<RecvChan<Date>>()(timer.c);
  is<boolean>()(timer.stop());
  is<boolean>()(timer.reset(5));
  is<RecvChan<Date>>()(ticker.c);
  is<void>()(ticker.stop());
  is<void>()(ticker.reset(5));
  is<Date | undefined>()(yield* timer.c.recv());
  // @ts-expect-error
  timer.c.send(new Date());
  // @ts-expect-error
  timer.c = time.after(5);
  // @ts-expect-error
  time.after("5");
  // @ts-expect-error
  time.since(5);
  // @ts-expect-error
  time.afterFunc(5);
  // @ts-expect-error
  time.afterFunc(5, async () => {});
  // @ts-expect-error
  new time.Timer();
  void units;
}

// ----------------------------------------------------------------------------------------------------------- runtime

export function* runtimes(stats: MemStats): Routine<string> {
  is<number>()(runtime.numGoroutine());
  is<number>()(runtime.numCPU());
  is<number>()(runtime.gomaxprocs());
  is<number>()(runtime.gomaxprocs(2));
  is<Op<void>>()(runtime.gosched());
  is<number>()(runtime.goid());
  is<void>()(runtime.gc());
  is<MemStats>()(runtime.readMemStats());
  is<readonly GoroutineInfo[]>()(runtime.goroutines());
  is<string>()(runtime.stack());
  is<string>()(runtime.stack(true));
  for (const bytes of [stats.alloc, stats.totalAlloc, stats.sys, stats.heapAlloc, stats.heapSys, stats.heapInuse]) {
    is<number>()(bytes);
  }
  is<number>()(stats.numGC);
  is<number>()(stats.pauseTotalNs);
  // @ts-expect-error
  runtime.gomaxprocs("2");
  // It never returns, so nothing has to be returned after it.
  const never: () => never = runtime.goexit;
  never();
}

export function unreachableAfterGoexit(n: number | undefined): number {
  if (n === undefined) runtime.goexit();
  return n;
}

// ----------------------------------------------------------------------------------------------------------------- x

export function* extras(ctx: Context): Routine {
  const group = new ErrGroup();
  is<void>()(group.go(function* () {}));
  group.go(async () => 5);
  group.go(() => {});
  group.go(function* () {
    yield* sleep(1);
    return 5;
  });
  is<boolean>()(group.tryGo(function* () {}));
  is<void>()(group.setLimit(5));
  is<Op<void>>()(group.wait());
  is<[group: ErrGroup, ctx: Context]>()(withContext(ctx));
  // @ts-expect-error it takes no arguments
  group.go(function* (n: number) {
    void n;
  });
  // @ts-expect-error
  group.go(function* () {
    yield 5;
  });
  // @ts-expect-error
  group.go(5);
  // @ts-expect-error
  withContext();

  const sem = new Weighted(5);
  is<Op<void>>()(sem.acquire(ctx, 2));
  is<boolean>()(sem.tryAcquire(2));
  is<void>()(sem.release(2));
  // @ts-expect-error the context comes first
  sem.acquire(2);
  // @ts-expect-error
  new Weighted();

  const flight = new Flight<number>();
  is<Op<{ readonly value: number; readonly shared: boolean }>>()(flight.do("k", async () => 5));
  is<RecvChan<Result<number>>>()(
    flight.doChan("k", function* () {
      return 5;
    }),
  );
  is<void>()(flight.forget("k"));
  const result = (yield* flight.doChan("k", async () => 5).recv())!;
  is<number | undefined>()(result.value);
  is<Error | undefined>()(result.error);
  is<boolean>()(result.shared);
  // @ts-expect-error
  flight.do("k", async () => "text");
  // @ts-expect-error it wants a routine or a promise
  flight.do("k", () => 5);
  // @ts-expect-error
  flight.do(5, async () => 5);

  const lim = new Limiter(every(100), 5);
  const limit: Limit = 5;
  is<number>()(limit as Limit);
  is<boolean>()(lim.allow());
  is<boolean>()(lim.allowN(2));
  is<Op<void>>()(lim.wait(ctx));
  is<Op<void>>()(lim.waitN(ctx, 2));
  is<Reservation>()(lim.reserve());
  is<Reservation>()(lim.reserveN(2));
  is<boolean>()(lim.reserve().ok);
  is<number>()(lim.reserve().delay());
  is<void>()(lim.reserve().cancel());
  is<void>()(lim.setLimit(Infinity));
  is<void>()(lim.setBurst(5));
  is<number>()(lim.limit);
  is<number>()(lim.burst);
  is<number>()(lim.tokens);
  // @ts-expect-error
  lim.limit = 5;
  // @ts-expect-error
  lim.wait();
  // @ts-expect-error
  lim.reserve().ok = true;
}

// ------------------------------------------------------------------------------------------------ pipeline, cache, signal

export function* pipelines(ctx: Context, anywhere: Parallel<[n: number], string>): Routine {
  is<RecvChan<number>>()(pipeline.source(ctx, [1, 2]));
  is<RecvChan<string>>()(pipeline.source(ctx, (async function* () { yield "a"; })(), { buffer: 1 })); // prettier-ignore
  is<RecvChan<boolean>>()(pipeline.map(ctx, numbers, (n) => n > 1));
  is<RecvChan<string>>()(pipeline.map(ctx, numbers, async (n) => String(n), { workers: 2, buffer: 1, ordered: true }));
  is<RecvChan<string>>()(
    pipeline.map(ctx, numbers, function* (n) {
      yield* sleep(n);
      return String(n);
    }),
  );
  is<RecvChan<string>>()(pipeline.map(ctx, numbers, anywhere));
  is<RecvChan<number>>()(pipeline.filter(ctx, numbers, (n) => n > 1));
  is<RecvChan<number[]>>()(pipeline.batch(ctx, numbers, 10, 5));
  is<RecvChan<number>>()(pipeline.merge(ctx, numbers, numbers));
  is<RecvChan<number>[]>()(pipeline.split(ctx, numbers, 2));
  is<RecvChan<number>[]>()(pipeline.broadcast(ctx, numbers, 2));
  is<Op<void>>()(pipeline.forEach(ctx, numbers, (n) => n, { workers: 2 }));
  is<Op<number[]>>()(pipeline.collect(ctx, numbers));
  const [own, wait] = pipeline.withPipeline(ctx);
  is<Context>()(own);
  is<void>()(yield* wait());
  const options: StageOptions = { workers: 1, buffer: 2, ordered: false };
  // @ts-expect-error the values are numbers
  pipeline.map(ctx, numbers, (s: string) => s, options);
  // @ts-expect-error keep says yes or no
  pipeline.filter(ctx, numbers, (n) => String(n));
  // @ts-expect-error nothing to iterate over
  pipeline.source(ctx, 5);
  // @ts-expect-error only results that are to be passed on have an order
  pipeline.forEach(ctx, numbers, (n) => n, { ordered: true });
}

export function* caches(ctx: Context, options: CacheOptions<string, number>): Routine {
  const cache = new Cache<string, number>(ctx, options);
  is<number | undefined>()(cache.get("a"));
  is<number>()(yield* cache.getOrLoad("a", async (key: string) => key.length));
  is<number>()(
    yield* cache.getOrLoad("a", function* (key) {
      yield* sleep(1);
      return key.length;
    }),
  );
  is<boolean>()(cache.delete("a"));
  is<{ readonly hits: number; readonly misses: number; readonly evictions: number }>()(cache.stats());
  // @ts-expect-error a lifetime is needed
  new Cache(ctx, {});
  // @ts-expect-error the values are numbers
  cache.set("a", "b");
  // @ts-expect-error read only
  cache.size = 1;
}

export function signals(ctx: Context, c: Chan<Signal>): void {
  notify(c, "SIGINT", "SIGTERM");
  stop(c);
  is<[ctx: Context, stop: CancelFunc]>()(notifyContext(ctx, "SIGHUP"));
  // @ts-expect-error cannot be caught
  notify(c, "SIGKILL");
}
