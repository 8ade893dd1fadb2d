// "goro/context": Go's context, joined to the platform's AbortSignal.
import type { Op, Routine } from "./index.js";
export interface Context {
  deadline(): Date | undefined;
  /** Completes when the context ends; never, for a context that cannot end. */
  done(): Op<void>;
  /** undefined until it ends; then `canceled` or `deadlineExceeded`. */
  err(): Error | undefined;
  value(key: unknown): unknown;
  /** Aborts when the context ends, with cause(ctx) as its reason: for fetch and every API that takes one. */
  readonly signal: AbortSignal;
}
/** Also a Disposable: `using` it cancels at the end of the block. */
export interface CancelFunc extends Disposable {
  (): void;
}
export interface CancelCauseFunc extends Disposable {
  (cause?: Error): void;
}
export declare const canceled: Error;
export declare const deadlineExceeded: Error;
export declare function background(): Context;
export declare function todo(): Context;
export declare function withCancel(parent: Context): [ctx: Context, cancel: CancelFunc];
export declare function withCancelCause(parent: Context): [ctx: Context, cancel: CancelCauseFunc];
export declare function withTimeout(parent: Context, ms: number): [ctx: Context, cancel: CancelFunc];
export declare function withTimeoutCause(parent: Context, ms: number, cause: Error): [ctx: Context, cancel: CancelFunc];
export declare function withDeadline(parent: Context, at: Date): [ctx: Context, cancel: CancelFunc];
export declare function withDeadlineCause(parent: Context, at: Date, cause: Error): [ctx: Context, cancel: CancelFunc];
export declare function withValue(parent: Context, key: unknown, value: unknown): Context;
export declare function withoutCancel(parent: Context): Context;
/** Runs fn in its own goroutine once ctx ends, never inside the call that ends it. The returned stop says whether it came in time: false once ctx has ended. */
export declare function afterFunc(ctx: Context, fn: () => Routine<void> | void): () => boolean;
export declare function cause(ctx: Context): Error | undefined;
/**
 * Ends with the signal: err() is deadlineExceeded for a TimeoutError reason, else canceled; cause() is the reason, as an Error. One listener per signal
 * however many contexts, let go when they end or are collected.
 */
export declare function fromSignal(signal: AbortSignal, parent?: Context): Context;
