// Timers and tickers. Go: time/sleep.go, time/tick.go

import { typeError } from "../ds/type-error.js";
import { Waiter } from "../ds/wait-queue.js";
import { start } from "../runtime/scheduler.js";
import { checkDuration } from "../runtime/sleep.js";
import { addTimer, removeTimer } from "../runtime/timers.js";
import type { RecvChan, Routine } from "../types.js";
import { TimerChannel } from "./timer-channel.js";

type Fn = () => Routine<void> | void;

/** Runs a function when its time has come. */
class Call extends Waiter {
  readonly #fn: Fn;
  #isRunning = false;

  constructor(fn: Fn) {
    super();
    this.#fn = fn;
  }
  wake(): boolean {
    this.#isRunning = false;
    start("time.afterFunc", this.#fn, []);
    return true;
  }
  stop(): boolean {
    if (!this.#isRunning) return false;
    this.#isRunning = false;
    removeTimer(this);
    return true;
  }
  reset(ms: number): boolean {
    const wasRunning = this.stop();
    this.#isRunning = true;
    addTimer(ms, this);
    return wasRunning;
  }
}

/**
 * Gives the time once, on its channel. Go: `time.NewTimer(d)`.
 *
 * @example
 * const timer = new Timer(1000);
 * const got = yield* select({ job: jobs.recv(), idle: timer.c.recv() });
 */
export class Timer {
  readonly c: RecvChan<Date>;
  readonly #channel: TimerChannel;
  readonly #call: Call | null;

  /** @throws RangeError for NaN, TypeError for what is no number. */
  constructor(ms: number);
  /** @internal */
  constructor(ms: number, call: Call);
  constructor(ms: number, call: Call | null = null) {
    checkDuration("Timer", "ms", ms);
    this.#channel = new TimerChannel(call === null ? ms : Infinity, 0);
    this.c = this.#channel;
    this.#call = call;
    call?.reset(ms);
  }

  /**
   * Stops it. Returns true where it was still running, or its value had not been received. Go: `t.Stop()`.
   * After stop or reset no stale value is received (Go 1.23).
   */
  stop(): boolean {
    return this.#call === null ? this.#channel.stop() : this.#call.stop();
  }

  /**
   * Lets it run for so many milliseconds from now. Returns as stop. Go: `t.Reset(d)`.
   * @throws RangeError for NaN, TypeError for what is no number.
   */
  reset(ms: number): boolean {
    checkDuration("Timer.reset", "ms", ms);
    return this.#call === null ? this.#channel.reset(ms, 0) : this.#call.reset(ms);
  }
}

function checkPeriod(what: string, ms: unknown): asserts ms is number {
  checkDuration(what, "ms", ms);
  if (ms <= 0) throw new RangeError(`${what}: ms must be more than 0, got ${ms}`);
}

/**
 * Gives the time every so many milliseconds; drops ticks for a slow receiver. One that nobody waits for keeps no process
 * alive. Go: `time.NewTicker(d)`.
 *
 * @example
 * const ticker = new Ticker(1000);
 * for (const r = ticker.c.range(); yield* r.next(); ) report(r.value);
 */
export class Ticker {
  readonly c: RecvChan<Date>;
  readonly #channel: TimerChannel;

  /** @throws RangeError for NaN and for 0 and less, TypeError for what is no number. */
  constructor(ms: number) {
    checkPeriod("Ticker", ms);
    this.#channel = new TimerChannel(ms, ms);
    this.c = this.#channel;
  }

  /** No more ticks; one that waits unread is dropped. The channel is not closed. Go: `t.Stop()`. */
  stop(): void {
    this.#channel.stop();
  }

  /** Ticks every so many milliseconds from now; a tick that waits unread is dropped. Throws as the constructor. */
  reset(ms: number): void {
    checkPeriod("Ticker.reset", ms);
    this.#channel.reset(ms, ms);
  }
}

/**
 * A channel that gives the time once, so many milliseconds from now. Go: `time.After(d)`.
 * @throws RangeError for NaN, TypeError for what is no number.
 */
export function after(ms: number): RecvChan<Date> {
  checkDuration("after", "ms", ms);
  return new TimerChannel(ms, 0);
}

/**
 * A channel that gives the time every so many milliseconds. Go: `time.Tick(d)`.
 * @throws RangeError for NaN and for 0 and less, TypeError for what is no number.
 */
export function tick(ms: number): RecvChan<Date> {
  checkPeriod("tick", ms);
  return new TimerChannel(ms, ms);
}

/**
 * Runs fn in its own goroutine after so many milliseconds. Go: `time.AfterFunc(d, f)`.
 * @throws TypeError where fn is not a function; RangeError for NaN.
 */
export function afterFunc(ms: number, fn: Fn): Timer {
  checkDuration("time.afterFunc", "ms", ms);
  if (typeof fn !== "function") throw typeError("time.afterFunc: fn", "a function", fn);
  return new Timer(ms, new Call(fn));
}
