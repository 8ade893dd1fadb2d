// "goro/time": Go's time, as far as goroutines need it. All durations are milliseconds.

export { sleep } from "../runtime/sleep.js";
export { after, afterFunc, tick, Ticker, Timer } from "./timer.js";

export const nanosecond = 0.000001 as number;
export const microsecond = 0.001 as number;
export const millisecond = 1;
export const second = 1000;
export const minute = 60_000;
export const hour = 3_600_000;

/** Go: `time.Now()`. */
export function now(): Date {
  return new Date();
}

/** Milliseconds since a date. Go: `time.Since(t)`. @throws TypeError for what is no Date. */
export function since(start: Date): number {
  if (!(start instanceof Date))
    throw new TypeError(`since: start must be a Date, got ${start === null ? "null" : typeof start}`);
  return Date.now() - start.getTime();
}
