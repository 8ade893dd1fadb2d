// "goro/singleflight": golang.org/x/sync/singleflight
import type { Op, RecvChan, Routine } from "./index.js";
export interface Result<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly shared: boolean;
}
export declare class Group<T> {
  /** One call of fn per key at a time; callers that overlap share its result, or its error. */
  do(key: string, fn: () => Routine<T> | PromiseLike<T>): Op<{ readonly value: T; readonly shared: boolean }>;
  doChan(key: string, fn: () => Routine<T> | PromiseLike<T>): RecvChan<Result<T>>;
  forget(key: string): void;
}
