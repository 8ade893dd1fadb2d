// What must type-check and what must not. The compiler is the test: an error that does not come is one. (perm.go, and the typings of go and select.)
import { test } from "node:test";
import { equal } from "node:assert/strict";
import {
  chan,
  defer,
  go,
  main,
  move,
  parallel,
  run,
  select,
  sleep,
  trySelect,
  until,
  type Chan,
  type Goroutine,
  type Op,
  type Parallel,
  type Received,
  type RecvChan,
  type Routine,
  type Selected,
  type SelectedOf,
  type SendChan,
} from "goro";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function type<_ extends true>(): void {}

// None of this is ever run.
export function permutations(cr: RecvChan<number>, cs: SendChan<number>, c: Chan<number>): void {
  cr = c;
  cs = c;
  // @ts-expect-error a channel to receive from is no channel to send to
  c = cr;
  // @ts-expect-error a channel to send to is no channel to receive from
  c = cs;
  // @ts-expect-error the one is not the other
  cr = cs;
  // @ts-expect-error nor the other way round
  cs = cr;

  void c.send(0);
  void c.recv();
  // @ts-expect-error no sending here
  void cr.send(0);
  void cr.recv();
  void cs.send(0);
  // @ts-expect-error no receiving here
  void cs.recv();
  // @ts-expect-error nor in a range
  void cs.range();
  c.close();
  cs.close();
  // @ts-expect-error only who sends closes
  cr.close();
  // @ts-expect-error a string is no number
  void c.send("text");

  // Who can take any animal can take a dog; who promises dogs promises animals.
  const animals = chan<{ name: string }>();
  const dogs = chan<{ name: string; bark(): void }>();
  const dogSink: SendChan<{ name: string; bark(): void }> = animals;
  const animalSource: RecvChan<{ name: string }> = dogs;
  // @ts-expect-error not every animal barks
  const dogSource: RecvChan<{ name: string; bark(): void }> = animals;
  // @ts-expect-error who takes dogs does not take any animal
  const animalSink: SendChan<{ name: string }> = dogSink;
  void [animalSource, dogSource, animalSink];
}

export function* received(c: Chan<string>): Routine {
  type<Equal<Received<string>, readonly [value: string, ok: true] | readonly [value: undefined, ok: false]>>();
  const value = yield* c.recv();
  type<Equal<typeof value, string | undefined>>();
  const [comma, ok] = yield* c.recvOk();
  if (ok) type<Equal<typeof comma, string>>();
  else type<Equal<typeof comma, undefined>>();
  const range = c.range();
  const more = yield* range.next();
  type<Equal<typeof more, boolean>>();
  type<Equal<typeof range.value, string>>();
  const tried = c.tryRecv();
  type<Equal<typeof tried, Received<string> | undefined>>();
}

export function* selected(c: Chan<string>, n: Chan<number>, maybe: Chan<Date> | null): Routine {
  const got = yield* select({ c: c.recv(), n: n.recvOk(), out: n.send(1), late: sleep(5), d: maybe?.recv() });
  switch (got.case) {
    case "c":
      type<Equal<typeof got.value, string | undefined>>();
      break;
    case "n":
      type<Equal<typeof got.value, Received<number>>>();
      break;
    case "d":
      type<Equal<typeof got.value, Date | undefined>>();
      break;
    case "out":
    case "late":
      type<Equal<typeof got.value, void>>();
      break;
    // @ts-expect-error there is no such case
    case "nothing":
      break;
  }
  const numbered = yield* select({ 0: c.recv(), 1: n.recv() });
  type<Equal<typeof numbered.case, "0" | "1">>();
  if (numbered.case === "1") type<Equal<typeof numbered.value, number | undefined>>();
  const list = yield* select([c.recv(), n.recv(), null]);
  type<Equal<typeof list.case, number>>();
  type<Equal<typeof list.value, string | number | undefined>>();
  const tried = trySelect({ c: c.recv() });
  if (tried !== undefined) type<Equal<typeof tried.value, string | undefined>>();
  const nested = yield* select({ inner: select({ c: c.recvOk() }) });
  type<Equal<typeof nested.value.case, "c">>();
  // @ts-expect-error a promise is no Op: until makes one of it
  void select({ p: Promise.resolve(1) });
  // @ts-expect-error nor is a channel
  void select({ c });
  // @ts-expect-error nor a number in a list
  void select([5]);
  type<Equal<SelectedOf<readonly [Op<1>, Op<2>]>["value"], 1 | 2>>();
  type<Equal<Selected<{ readonly a: Op<1> }>, { readonly case: "a"; readonly value: 1 }>>();
}

export async function started(): Promise<void> {
  const a = go(
    function* (n: number, s: string) {
      yield* sleep(n);
      return s;
    },
    1,
    "x",
  );
  type<Equal<typeof a, Goroutine<string>>>();
  const b = go(async (n: number) => n, 1);
  type<Equal<typeof b, Goroutine<number>>>();
  const c = go((n: number) => n, 1);
  type<Equal<typeof c, Goroutine<number>>>();
  function* routine(n: number): Routine<boolean> {
    yield* sleep(n);
    return true;
  }
  const d = go(routine, 1);
  type<Equal<typeof d, Goroutine<boolean>>>();
  const e = go(() => routine(1));
  type<Equal<typeof e, Goroutine<boolean>>>();
  const joined = await a.join();
  type<Equal<typeof joined, string>>();
  const ran = await run(routine, 1);
  type<Equal<typeof ran, boolean>>();

  // @ts-expect-error an argument is missing
  go(routine);
  // @ts-expect-error an argument is of another type
  go(routine, "1");
  // @ts-expect-error one argument too many
  go(routine, 1, 2);
  // @ts-expect-error a generator object is no function
  go(routine(1));
  // @ts-expect-error an async generator is no goroutine
  go(async function* () {
    yield 1;
  });
  // @ts-expect-error a generator that yields anything but through yield* on Ops
  go(function* () {
    yield 1;
  });
  // @ts-expect-error the same through a function of the caller's
  go(function* () {
    yield* [1, 2, 3];
  });
  // @ts-expect-error an Op without the star
  go(function* () {
    yield sleep(1);
  });
  // @ts-expect-error a promise without until
  go(function* () {
    yield Promise.resolve();
  });
  // @ts-expect-error main takes no async function
  main(async () => {});
  // @ts-expect-error nor does run
  void run(async () => {});
}

export function* operations(): Routine {
  const a = yield* until(Promise.resolve(1));
  type<Equal<typeof a, number>>();
  const b = yield* until(() => Promise.resolve("s"));
  type<Equal<typeof b, string>>();
  // @ts-expect-error neither promise nor function
  yield* until(5);
  // @ts-expect-error no number
  yield* sleep("5");
  const square = parallel(import.meta.url, function* square(n: number) {
    return n * n;
  });
  type<Equal<typeof square, Parallel<[n: number], number>>>();
  const inline = yield* square(3);
  type<Equal<typeof inline, number>>();
  const g = go(square, 3);
  type<Equal<typeof g, Goroutine<number>>>();
  const buffer = move(new ArrayBuffer(1));
  type<Equal<typeof buffer, ArrayBuffer>>();
  const disposable: Disposable = defer(() => {});
  void disposable;
  // @ts-expect-error defer wants something to do
  defer(5);
}

test("what must not type-check does not", () => {
  // Had it been otherwise, this file would not have been compiled.
  equal(typeof permutations, "function");
});
