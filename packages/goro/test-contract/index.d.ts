// The public surface of "goro". Signatures are the contract; prose says what they mean.
// Rule for names: Go's exported name with its leading capitals lowered
// (RLock -> rLock, NumCPU -> numCPU, GOMAXPROCS -> gomaxprocs). Durations are milliseconds (number).

// Here only: the two branded types are the package's own. Nobody else can declare a brand of the same name, so copies could never be assignable.
import type { Parallel, Suspend } from "goro";
export type { Parallel, Suspend };

/**
 * A first-class operation: something that may block. Making one does nothing (but see join); it runs when
 *   - a goroutine says `yield* op`,
 *   - async code says `await op`, or
 *   - `select` offers it beside others (every Op can be a case: sends, receives, locks, joins, sleeps, ...).
 * An Op is reusable and may be run by many goroutines at once; each run is independent.
 * An Op that completes at once does not give up the processor, until the goroutine has used up its time slice (10 ms): so no loop
 * over Ops, ready or not, keeps other goroutines, timers, I/O or signals waiting for long.
 * A losing case of a select is withdrawn at once. For Ops of several steps that means: once.do, singleflight.do and cache.getOrLoad go on
 * to their end for the others who wait; collect and forEach stop reading; rate's wait gives its tokens back; cond.wait holds its locker again
 * before select returns; until's promise is left alone and its later rejection ignored.
 * Only `yield*` an Op: a bare `yield` throws a TypeError in the goroutine.
 */
export interface Op<T> extends PromiseLike<T> {
  [Symbol.iterator](): Iterator<Suspend, T, any>;
}

/** What a goroutine body, or a function it calls with `yield*`, returns. */
export type Routine<T = void> = Generator<Suspend, T, any>;

/** A running goroutine. Nothing needs to be done with it: `go` alone is enough, as in Go. */
export interface Goroutine<T> {
  /** Unique within the process, increasing; the main goroutine is 1. */
  readonly id: number;
  /**
   * Waits for the goroutine and gives its result (undefined where it ended by goexit). The call itself, before the Op runs,
   * claims the outcome: an error thrown from then on is thrown at the joiners instead of crashing the program as a panic.
   * A claimed error that no joiner has taken when main returns is printed on standard error.
   */
  join(): Op<T>;
}

/**
 * Starts `fn(...args)` as a goroutine and returns at once; it first runs when the caller next blocks or yields.
 * A generator function runs here, on this processor. A function made by `parallel` runs on whichever processor
 * gets to it first. An async or plain function is accepted too and counts as a goroutine until it settles. A generator that yields
 * anything but through `yield*` on Ops, and an async generator, do not type-check.
 */
export declare function go<A extends unknown[], T>(fn: (...args: A) => Routine<T>, ...args: A): Goroutine<T>;
export declare function go<A extends unknown[], T>(
  fn: (...args: A) => PromiseLike<T>,
  ...args: A
): Goroutine<Awaited<T>>;
export declare function go<A extends unknown[], T>(
  fn: (...args: A) => T extends Generator<any, any, any> | AsyncGenerator<any, any, any> ? never : T,
  ...args: A
): Goroutine<T>;

/**
 * Declares, at the top level of a module, a function that goroutines on any core may run:
 *   `export const isPrime = parallel(import.meta.url, function* isPrime(n: number) { ... })`.
 * Arguments and results are copied (structured clone) whichever core runs it, except what is shared by nature:
 * channels, sync primitives, atomics, contexts, SharedArrayBuffer and views of it, parallel functions; and
 * buffers wrapped in `move`, which are transferred. Anything else (a closure, a socket) throws a TypeError
 * at the `go` that passed it, naming the argument.
 */
export declare function parallel<A extends unknown[], T>(url: string, fn: (...args: A) => Routine<T>): Parallel<A, T>;
/** Marks a buffer, port or view for transfer instead of copy; it is unusable here afterwards. */
export declare function move<T extends object>(value: T): T;

/** [value, true], or [undefined, false] once the channel is closed and drained. */
export type Received<T> = readonly [value: T, ok: true] | readonly [value: undefined, ok: false];

/** `for (const r = ch.range(); yield* r.next(); ) use(r.value)`: ends when the channel is closed and drained. */
export interface Range<out T> {
  next(): Op<boolean>;
  readonly value: T;
}

export interface SendChan<in T> {
  /** Throws Panic("send on closed channel") if the channel is or becomes closed. */
  send(value: T): Op<void>;
  /** Sends if that needs no waiting. Throws like send on a closed channel. */
  trySend(value: T): boolean;
  /** Throws Panic("close of closed channel") the second time. Wakes every receiver, and every sender with a Panic. */
  close(): void;
  readonly length: number;
  readonly capacity: number;
}
export interface RecvChan<out T> extends AsyncIterable<T> {
  /** The next value; undefined once closed and drained. */
  recv(): Op<T | undefined>;
  recvOk(): Op<Received<T>>;
  /** undefined where nothing is ready. */
  tryRecv(): Received<T> | undefined;
  range(): Range<T>;
  readonly length: number;
  readonly capacity: number;
}
export interface Chan<in out T> extends SendChan<T>, RecvChan<T> {}
/** capacity 0: a send meets a receive. RangeError for a negative, fractional, infinite or absurd capacity. FIFO for values and for waiters. */
export declare function chan<T>(capacity?: number): Chan<T>;

/** A null or undefined case is never ready, like Go's nil channel. */
export type Case = Op<unknown> | null | undefined;
export type Cases = { readonly [name: string]: Case };
/** `case` is the name as a string, also where it looks like a number. */
export type Selected<C extends Cases> = {
  [K in keyof C & (string | number)]-?: NonNullable<C[K]> extends Op<infer T>
    ? { readonly case: K extends number ? `${K}` : K; readonly value: T }
    : never;
}[keyof C & (string | number)];
/** For a list made at run time: `case` is the index. */
export type SelectedOf<L extends readonly Case[]> = {
  readonly case: number;
  readonly value: NonNullable<L[number]> extends Op<infer T> ? T : never;
};
/**
 * Waits until one case can complete, completes exactly that one, and says which. Among several that are ready it
 * picks uniformly at random. With no live case it blocks forever.
 *   const got = yield* select({ job: jobs.recv(), full: out.send(x), late: sleep(50), stop: ctx.done() });
 *   switch (got.case) { case "job": use(got.value); break; ... }
 */
export declare function select<const L extends readonly Case[]>(cases: L, options?: SelectOptions): Op<SelectedOf<L>>;
export declare function select<const C extends Cases>(cases: C, options?: SelectOptions): Op<Selected<C>>;
export interface SelectOptions {
  /** Among ready cases take the first as written instead of a random one: cancellation before work. */
  readonly ordered?: boolean;
}
/** Select with a default: undefined where no case is ready now. Never waits, so it needs no yield*. */
export declare function trySelect<const L extends readonly Case[]>(
  cases: L,
  options?: SelectOptions,
): SelectedOf<L> | undefined;
export declare function trySelect<const C extends Cases>(cases: C, options?: SelectOptions): Selected<C> | undefined;

/**
 * Brings a promise in: throws in the goroutine what the promise rejects with. A function is called when the Op has to wait or runs by
 * itself, and not by a select in which another case was ready; a promise is never ready at once.
 */
export declare function until<T>(promise: PromiseLike<T> | (() => PromiseLike<T>)): Op<T>;
export declare function sleep(ms: number): Op<void>;

/**
 * The program. Starts `fn` as goroutine 1 once the module that calls it has been evaluated; when it returns the process exits with
 * process.exitCode or 0 (standard output and error flushed, "exit" handlers run), whatever other goroutines are doing, as in Go.
 * An error that no goroutine catches prints "panic: " and the error ("panic: Error: boom"), then "goroutine N [running]:" and the stack, flushes
 * and exits with code 2; this holds without main too. When every goroutine is asleep and
 * nothing can wake one, prints "fatal error: all goroutines are asleep - deadlock!" (after goexit in main: "fatal error: no goroutines (main
 * called runtime.Goexit) - deadlock!") with each goroutine's wait reason and place, and exits with code 2.
 * Does nothing in a module that another core loads. Goroutines keep the process alive while something can wake them, with main or without.
 */
export declare function main(fn: () => Routine<void>): void;
/**
 * Runs one goroutine from async code. Rejects with what it throws, or with DeadlockError when the event loop runs empty while it is parked
 * (where anything, async code included, could still wake it, that is no deadlock).
 */
export declare function run<A extends unknown[], T>(fn: (...args: A) => Routine<T>, ...args: A): Promise<T>;
/** `using _ = defer(() => wg.done())`: runs when the enclosing block ends, however it ends. */
export declare function defer(fn: () => void): Disposable;

/** Misuse that Go answers with a panic or a fatal error. The messages are Go's. */
export declare class Panic extends Error {}
export declare class DeadlockError extends Error {
  readonly goroutines: readonly GoroutineInfo[];
}
export interface GoroutineInfo {
  readonly id: number;
  /** Go's wait reasons: "running", "runnable", "chan send", "chan receive", "select", "sleep", "sync.Mutex.Lock", "sync.WaitGroup.Wait", "IO wait", ... */
  readonly state: string;
  readonly waitSince: Date | undefined;
  /** The name of its function. */
  readonly name: string;
  /** file:line:column where it is parked. */
  readonly at: string | undefined;
  /** Where it was started, where that is recorded: GORODEBUG=created=1, and always under goro/testing and the tools that look for leaks and races. */
  readonly createdAt: string | undefined;
  readonly processor: number;
}
