// Helpers for tests that run wherever goro runs, browsers included: nothing of Node's in here.
//
// The way to see that something blocks: start it with watch(), let everybody run with idle(), look at `settled`.
import { fail, ok } from "node:assert/strict";
import { go, run, type Goroutine, type Routine } from "goro";
import { gosched } from "goro/runtime";

/** Makes a test of a goroutine body: the runner waits for it, and is told where it hangs instead of waiting for ever. */
export function inGoroutine(body: () => Routine<void>, limitMs = 60_000): () => Promise<void> {
  return () => within(limitMs, run(body));
}

/** The promise, or a failure once the time is over. */
export async function within<T>(limitMs: number, promise: PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the test did not end within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets every goroutine run that can, so that what is not settled afterwards is blocked. Chains longer than `turns` hops need more. */
export function* idle(turns = 20): Routine {
  for (let i = 0; i < turns; i++) yield* gosched();
}

/** A goroutine under observation. */
export interface Watched<T> {
  readonly goroutine: Goroutine<void>;
  readonly settled: boolean;
  /** Fails the test unless the goroutine has returned. */
  readonly value: T;
  /** Fails the test unless the goroutine has thrown. */
  readonly error: unknown;
}

/** Starts a goroutine and keeps what becomes of it. */
export function watch<T>(body: () => Routine<T>): Watched<T> {
  let outcome: { ok: true; value: T } | { ok: false; error: unknown } | undefined;
  const goroutine = go(function* watched() {
    try {
      outcome = { ok: true, value: yield* body() };
    } catch (error) {
      outcome = { ok: false, error };
    }
  });
  return {
    goroutine,
    get settled() {
      return outcome !== undefined;
    },
    get value() {
      if (outcome === undefined) return fail("the goroutine is still blocked");
      if (!outcome.ok) throw outcome.error;
      return outcome.value;
    },
    get error() {
      if (outcome === undefined) return fail("the goroutine is still blocked");
      return outcome.ok ? fail("the goroutine did not throw") : outcome.error;
    },
  };
}

/** Starts goroutines under observation, each once the one before has run as far as it can: so that they queue up in this order. */
export function* watchInTurn<T>(bodies: readonly (() => Routine<T>)[]): Routine<Watched<T>[]> {
  const watched: Watched<T>[] = [];
  for (const body of bodies) {
    watched.push(watch(body));
    yield* idle(2);
  }
  return watched;
}

/** What `body` throws; fails where it throws nothing. */
export function* thrownBy(body: () => Routine<unknown>): Routine<unknown> {
  try {
    yield* body();
  } catch (error) {
    return error;
  }
  return fail("nothing was thrown");
}

/** Fails unless `error` is of that class and its message contains or matches `message`. */
export function isError(
  error: unknown,
  kind: abstract new (...args: never[]) => Error,
  message: string | RegExp,
): asserts error is Error {
  ok(error instanceof kind, `expected ${kind.name}, got ${String(error)}`);
  const text = error.message;
  const fits = typeof message === "string" ? text === message : message.test(text);
  ok(fits, `${kind.name} says ${JSON.stringify(text)}, expected ${String(message)}`);
}

/**
 * Fails where counts that should all be alike differ by more than chance would have it once in some millions of runs: chi-square, its
 * limit from the Wilson-Hilferty approximation at five standard deviations.
 */
export function assertUniform(counts: readonly number[], what: string): void {
  const total = counts.reduce((a, b) => a + b, 0);
  const expected = total / counts.length;
  const chi = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  const spread = 2 / (9 * freedom);
  const limit = freedom * (1 - spread + 5 * Math.sqrt(spread)) ** 3;
  ok(
    chi <= limit,
    `${what}: ${counts.join(", ")} is not uniform (chi-square ${chi.toFixed(1)}, limit ${limit.toFixed(1)})`,
  );
}

const environment: Readonly<Record<string, string | undefined>> =
  (globalThis as { process?: { env?: Record<string, string> } }).process?.env ?? {};

/** Where the tests run once more, on another platform: what a large number has shown on one, a smaller one shows on the others. */
const isRepeated =
  (environment["GORO_TEST_SIZE"] ?? (globalThis as { GORO_TEST_SIZE?: string }).GORO_TEST_SIZE) === "small";

/** How many of something a test takes: `full`, or `small` with GORO_TEST_SIZE=small. */
export const sized = (full: number, small: number): number => (isRepeated ? small : full);

/** Numbers from 0 up to 1, the same for the same seed. The seed is printed, so that a failure can be had again: GORO_SEED=n. */
export function seeded(title: string): () => number {
  let state = Number(environment["GORO_SEED"] ?? Date.now() % 1_000_000_007) | 0;
  console.log(`${title}: seed ${state}`);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A copy in random order. */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** What three of four do not exceed: of delays on a machine that may be stopped for a while at any time, nobody's fault, the rest says nothing. */
export function threeOfFour(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.75) - 1] ?? Number.NaN;
}

/**
 * How many times dearer `large` is than `small`, each of which says how many milliseconds it took. The best of up to five tries: a machine that is
 * busy with something else makes single figures too high, never too low.
 */
export function* costRatio(
  small: () => Routine<number>,
  large: () => Routine<number>,
  goodEnough: number,
): Routine<number> {
  let lowSmall = Infinity;
  let lowLarge = Infinity;
  for (let i = 0; i < 5; i++) {
    lowSmall = Math.min(lowSmall, yield* small());
    lowLarge = Math.min(lowLarge, yield* large());
    const ratio = lowLarge / lowSmall;
    if (i > 0 && (ratio <= goodEnough || ratio > 5 * goodEnough)) break;
  }
  return lowLarge / lowSmall;
}
