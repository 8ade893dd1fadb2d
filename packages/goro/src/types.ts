// The types of the public surface that every room shares. Nothing here exists at run time.

declare const suspended: unique symbol;

/** What a goroutine yields while it is parked. Opaque: only the scheduler makes and reads it. */
export interface Suspend {
  readonly [suspended]: true;
}

/**
 * A first-class operation: something that may block. Making one does nothing (but see {@link Goroutine.join}); it runs when
 *   - a goroutine says `yield* op`,
 *   - async code says `await op`, or
 *   - `select` offers it beside others: every Op can be a case.
 *
 * An Op is reusable and may be run by many goroutines at once; each run is independent. An Op that completes at once does
 * not give up the processor until the goroutine has used up its time slice of 10 ms.
 *
 * A losing case of a select is withdrawn at once and leaves nothing behind. For Ops of several steps that means: `once.do`
 * and `singleflight.do` go on to their end for the others who wait; `rate`'s wait gives its tokens back; `cond.wait` holds
 * its locker again before select returns; `until`'s promise is left alone and its later rejection ignored.
 *
 * Only `yield*` an Op: a bare `yield` throws a TypeError in the goroutine.
 */
export interface Op<T> extends PromiseLike<T> {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what is sent into the generator is the scheduler's affair
  [Symbol.iterator](): Iterator<Suspend, T, any>;
}

/** What a goroutine body, or a function it calls with `yield*`, returns. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see Op
export type Routine<T = void> = Generator<Suspend, T, any>;

/** A running goroutine. Nothing needs to be done with it: `go` alone is enough, as in Go. */
export interface Goroutine<T> {
  /** Unique within the process, increasing; the main goroutine is 1. */
  readonly id: number;
  /**
   * Waits for the goroutine and gives its result (undefined where it ended by `goexit`). The call itself, before the Op
   * runs, claims the outcome: an error thrown from then on is thrown at the joiners instead of ending the program as a
   * panic. A claimed error that no joiner has taken when main returns is printed on standard error.
   *
   * @example
   * const g = go(function* () { return 6 * 7; });
   * console.log(yield* g.join()); // 42
   */
  join(): Op<T>;
}

/** `[value, true]`, or `[undefined, false]` once the channel is closed and drained. */
export type Received<T> = readonly [value: T, ok: true] | readonly [value: undefined, ok: false];

/** `for (const r = ch.range(); yield* r.next(); ) use(r.value)`: ends when the channel is closed and drained. */
export interface Range<out T> {
  next(): Op<boolean>;
  readonly value: T;
}

/** The sending side of a channel. Go: `chan<- T`. */
export interface SendChan<in T> {
  /**
   * Sends a value; parks while no receiver waits and the buffer is full. Go: `ch <- v`.
   * @throws Panic "send on closed channel" where the channel is closed, or is closed while the send waits.
   */
  send(value: T): Op<void>;
  /**
   * Sends if that needs no waiting, and says whether it did. Go: `select { case ch <- v: default: }`.
   * @throws Panic "send on closed channel".
   */
  trySend(value: T): boolean;
  /**
   * Ends the channel: what is buffered can still be received, then receivers get undefined. Wakes every receiver, and
   * every blocked sender with a Panic.
   * @throws Panic "close of closed channel" the second time.
   */
  close(): void;
  /** Values in the buffer. Go: `len(ch)`. */
  readonly length: number;
  /** Go: `cap(ch)`. */
  readonly capacity: number;
}

/** The receiving side of a channel. Go: `<-chan T`. In async code: `for await (const v of ch)`. */
export interface RecvChan<out T> extends AsyncIterable<T> {
  /** The next value; undefined once closed and drained. Parks while the channel is open and empty. Go: `<-ch`. */
  recv(): Op<T | undefined>;
  /** The next value and whether there was one. Parks as `recv` does. Go: `v, ok := <-ch`. */
  recvOk(): Op<Received<T>>;
  /** What can be received without waiting; undefined where nothing is ready. */
  tryRecv(): Received<T> | undefined;
  /** Every value until the channel is closed. Go: `for v := range ch`. */
  range(): Range<T>;
  /** Values in the buffer. Go: `len(ch)`. */
  readonly length: number;
  /** Go: `cap(ch)`. */
  readonly capacity: number;
}

export interface Chan<in out T> extends SendChan<T>, RecvChan<T> {}

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
export interface SelectOptions {
  /** Among ready cases take the first as written instead of a random one: cancellation before work. */
  readonly ordered?: boolean;
}

export interface GoroutineInfo {
  readonly id: number;
  /** Go's wait reasons: "running", "runnable", "chan send", "chan receive", "select", "sleep", "sync.Mutex.Lock", ... */
  readonly state: string;
  readonly waitSince: Date | undefined;
  /** The name of its function. */
  readonly name: string;
  /** file:line:column where it is parked. */
  readonly at: string | undefined;
  /** Where it was started, where that is recorded: GORODEBUG=created=1. */
  readonly createdAt: string | undefined;
  readonly processor: number;
  /** What it waits for, as a dump names it: "chan 2, unbuffered", "sync.Mutex 1, held by goroutine 7". */
  readonly waitsFor?: string | undefined;
  /** The goroutine that has to do something before this one can go on: which holds the lock, or is joined. */
  readonly heldBy?: number | undefined;
}
