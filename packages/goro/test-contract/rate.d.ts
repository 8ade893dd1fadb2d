// "goro/rate": golang.org/x/time/rate, a token bucket.
import type { Op } from "./index.js";
import type { Context } from "./context.js";
/** Events per second; Infinity lets everything through. */
export type Limit = number;
/** The limit that allows one event per interval of so many milliseconds. */
export declare function every(ms: number): Limit;
export declare class Limiter {
  constructor(limit: Limit, burst: number);
  allow(): boolean;
  allowN(n: number): boolean;
  /** Throws where n exceeds the burst, ctx ends first, or ctx's deadline would pass before. */
  wait(ctx: Context): Op<void>;
  waitN(ctx: Context, n: number): Op<void>;
  reserve(): Reservation;
  reserveN(n: number): Reservation;
  setLimit(limit: Limit): void;
  setBurst(burst: number): void;
  readonly limit: Limit;
  readonly burst: number;
  readonly tokens: number;
}
export declare class Reservation {
  readonly ok: boolean;
  delay(): number;
  cancel(): void;
}
