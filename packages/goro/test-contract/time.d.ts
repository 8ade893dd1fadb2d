// "goro/time". All durations are milliseconds; NaN is a RangeError, Infinity never comes, zero and less is now.
import type { Op, RecvChan, Routine } from "./index.js";
export declare const nanosecond: number,
  microsecond: number,
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000;
export declare function now(): Date;
export declare function since(start: Date): number;
/** The clock starts when the Op runs. */
export declare function sleep(ms: number): Op<void>;
/** The clock starts now. */
export declare function after(ms: number): RecvChan<Date>;
export declare function tick(ms: number): RecvChan<Date>;
/** Runs fn in its own goroutine. */
export declare function afterFunc(ms: number, fn: () => Routine<void> | void): Timer;
export declare class Timer {
  constructor(ms: number);
  readonly c: RecvChan<Date>;
  /** true where it stopped a timer that was still running, or whose value nobody had received. After stop or reset no stale value is received (Go 1.23). */
  stop(): boolean;
  reset(ms: number): boolean;
}
/** Drops ticks for a slow receiver. RangeError for ms <= 0 (tick too). stop and reset drop the tick that waits unread. */
export declare class Ticker {
  constructor(ms: number);
  readonly c: RecvChan<Date>;
  stop(): void;
  reset(ms: number): void;
}
