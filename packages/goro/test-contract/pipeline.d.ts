// "goro/pipeline": the patterns everyone writes again: stages, fan-out, fan-in, worker pools.
// Every stage ends, and closes what it sends on, when its input closes or ctx ends; none leaks a goroutine.
// A step's error cancels the pipeline where ctx is withPipeline's; elsewhere it is a panic. collect and forEach throw ctx.err() where ctx ends first.
// source closes the iterator that it leaves early, and does not wait for one that hangs. maxWait counts from a batch's first value.
import type { Goroutine, Op, Parallel, RecvChan, Routine } from "./index.js";
import type { Context } from "./context.js";
type Step<A, B> = ((value: A) => Routine<B> | PromiseLike<B> | B) | Parallel<[A], B>;
export interface StageOptions {
  /** Goroutines that run the step. Default 1. With a parallel step they spread over the cores. */
  workers?: number;
  /** Capacity of the output. Default 0. */
  buffer?: number;
  /** Results in the order of the input. Default: as they come. */
  ordered?: boolean;
}
export declare function source<T>(
  ctx: Context,
  values: Iterable<T> | AsyncIterable<T>,
  options?: { buffer?: number },
): RecvChan<T>;
export declare function map<A, B>(
  ctx: Context,
  input: RecvChan<A>,
  step: Step<A, B>,
  options?: StageOptions,
): RecvChan<B>;
export declare function filter<A>(
  ctx: Context,
  input: RecvChan<A>,
  keep: Step<A, boolean>,
  options?: StageOptions,
): RecvChan<A>;
export declare function batch<A>(ctx: Context, input: RecvChan<A>, size: number, maxWait?: number): RecvChan<A[]>;
/** Fan-in. */
export declare function merge<T>(ctx: Context, ...inputs: RecvChan<T>[]): RecvChan<T>;
/** Fan-out: each value goes to whichever output is free first. */
export declare function split<T>(ctx: Context, input: RecvChan<T>, n: number): RecvChan<T>[];
/** Every output gets every value. */
export declare function broadcast<T>(ctx: Context, input: RecvChan<T>, n: number): RecvChan<T>[];
export declare function forEach<T>(
  ctx: Context,
  input: RecvChan<T>,
  step: Step<T, unknown>,
  options?: { workers?: number },
): Op<void>;
export declare function collect<T>(ctx: Context, input: RecvChan<T>): Op<T[]>;
/** The first step that throws cancels the pipeline made with this context; wait throws that error, or the parent's err() where that ended first. */
export declare function withPipeline(parent: Context): [ctx: Context, wait: () => Op<void>];
