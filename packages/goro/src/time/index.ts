// "goro/time": Go's time, as far as goroutines need it. All durations are milliseconds.

import { typeError } from "../ds/type-error.js";

export { sleep } from "../runtime/sleep.js";
export { after, afterFunc, tick, Ticker, Timer } from "./timer.js";

export const nanosecond: number = 0.000001;
export const microsecond: number = 0.001;
export const millisecond: 1 = 1;
export const second: 1000 = 1000;
export const minute: 60_000 = 60_000;
export const hour: 3_600_000 = 3_600_000;

/** Go: `time.Now()`. */
export function now(): Date {
  return new Date();
}

/** Milliseconds since a date. Go: `time.Since(t)`. @throws TypeError for what is no Date, RangeError for an invalid one. */
export function since(start: Date): number {
  if (!(start instanceof Date)) throw typeError("since: start", "a Date", start);
  if (Number.isNaN(start.getTime())) throw new RangeError("since: start is an invalid Date");
  return Date.now() - start.getTime();
}
