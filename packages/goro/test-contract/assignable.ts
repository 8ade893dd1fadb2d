// The surface of the package is the one that is written down in the declaration files beside this one: they do not change with the
// package. tsc is the test. The package has to be assignable to them, and they to it but for what a class keeps private; and the package may export
// no value that they do not name.
import type * as goro from "goro";
import type * as cache from "goro/cache";
import type * as context from "goro/context";
import type * as errgroup from "goro/errgroup";
import type * as pipeline from "goro/pipeline";
import type * as rate from "goro/rate";
import type * as runtime from "goro/runtime";
import type * as semaphore from "goro/semaphore";
import type * as signal from "goro/signal";
import type * as singleflight from "goro/singleflight";
import type * as sync from "goro/sync";
import type * as atomic from "goro/sync/atomic";
import type * as time from "goro/time";
import type * as fixedAtomic from "./atomic.js";
import type * as fixedCache from "./cache.js";
import type * as fixedContext from "./context.js";
import type * as fixedErrgroup from "./errgroup.js";
import type * as fixedGoro from "./index.js";
import type * as fixedPipeline from "./pipeline.js";
import type * as fixedRate from "./rate.js";
import type * as fixedRuntime from "./runtime.js";
import type * as fixedSemaphore from "./semaphore.js";
import type * as fixedSignal from "./signal.js";
import type * as fixedSingleflight from "./singleflight.js";
import type * as fixedSync from "./sync.js";
import type * as fixedTime from "./time.js";

/** Is used as a value of the first type where one of the second is wanted. */
declare function to<Wanted>(): <Given extends Wanted>(given?: Given) => void;
/** The same in both directions. */
declare function same<A, B>(...check: [A] extends [B] ? ([B] extends [A] ? [] : [never]) : [never]): void;

type Exports = {
  goro: [typeof goro, typeof fixedGoro];
  context: [typeof context, typeof fixedContext];
  errgroup: [typeof errgroup, typeof fixedErrgroup];
  rate: [typeof rate, typeof fixedRate];
  runtime: [typeof runtime, typeof fixedRuntime];
  semaphore: [typeof semaphore, typeof fixedSemaphore];
  singleflight: [typeof singleflight, typeof fixedSingleflight];
  sync: [typeof sync, typeof fixedSync];
  atomic: [typeof atomic, typeof fixedAtomic];
  time: [typeof time, typeof fixedTime];
  pipeline: [typeof pipeline, typeof fixedPipeline];
  cache: [typeof cache, typeof fixedCache];
  signal: [typeof signal, typeof fixedSignal];
};

/** What each path exports as values has the names that are written down, no more and no fewer. */
export function names(): void {
  same<keyof Exports["goro"][0], keyof Exports["goro"][1]>();
  same<keyof Exports["context"][0], keyof Exports["context"][1]>();
  same<keyof Exports["errgroup"][0], keyof Exports["errgroup"][1]>();
  same<keyof Exports["rate"][0], keyof Exports["rate"][1]>();
  same<keyof Exports["runtime"][0], keyof Exports["runtime"][1]>();
  same<keyof Exports["semaphore"][0], keyof Exports["semaphore"][1]>();
  same<keyof Exports["singleflight"][0], keyof Exports["singleflight"][1]>();
  same<keyof Exports["sync"][0], keyof Exports["sync"][1]>();
  same<keyof Exports["atomic"][0], keyof Exports["atomic"][1]>();
  same<keyof Exports["time"][0], keyof Exports["time"][1]>();
  same<keyof Exports["pipeline"][0], keyof Exports["pipeline"][1]>();
  same<keyof Exports["cache"][0], keyof Exports["cache"][1]>();
  same<keyof Exports["signal"][0], keyof Exports["signal"][1]>();
}

/** The package can stand where what is written down is wanted: all values of a path at once, each by its own name in the error message. */
export function values(): void {
  to<typeof fixedGoro>()<typeof goro>();
  to<typeof fixedContext>()<typeof context>();
  to<typeof fixedErrgroup>()<typeof errgroup>();
  to<typeof fixedRate>()<typeof rate>();
  to<typeof fixedRuntime>()<typeof runtime>();
  to<typeof fixedSemaphore>()<typeof semaphore>();
  to<typeof fixedSingleflight>()<typeof singleflight>();
  to<typeof fixedSync>()<typeof sync>();
  to<typeof fixedAtomic>()<typeof atomic>();
  to<typeof fixedTime>()<typeof time>();
  to<typeof fixedPipeline>()<typeof pipeline>();
  to<typeof fixedCache>()<typeof cache>();
  to<typeof fixedSignal>()<typeof signal>();
}

/** And back, for what has no class in it: the package asks for no more than is written down. */
export function functions(): void {
  type Goro =
    "go" | "parallel" | "move" | "chan" | "select" | "trySelect" | "until" | "sleep" | "main" | "run" | "defer";
  to<Pick<typeof goro, Goro>>()<Pick<typeof fixedGoro, Goro>>();
  to<typeof context>()<typeof fixedContext>();
  to<typeof runtime>()<typeof fixedRuntime>();
  to<Pick<typeof time, TimeFunction>>()<Pick<typeof fixedTime, TimeFunction>>();
  to<Pick<typeof sync, "onceFunc" | "onceValue">>()<Pick<typeof fixedSync, "onceFunc" | "onceValue">>();
  to<Pick<typeof rate, "every">>()<Pick<typeof fixedRate, "every">>();
  to<typeof pipeline>()<typeof fixedPipeline>();
  to<typeof signal>()<typeof fixedSignal>();
}
// Not afterFunc: what it gives is a class.
type TimeFunction =
  | ("nanosecond" | "microsecond" | "millisecond" | "second" | "minute" | "hour")
  | ("now" | "since" | "sleep" | "after" | "tick");

/** Types that are no values. */
export function types(): void {
  same<goro.Op<number>, fixedGoro.Op<number>>();
  same<goro.Routine, fixedGoro.Routine>();
  same<goro.Routine<string>, fixedGoro.Routine<string>>();
  same<goro.Goroutine<number>, fixedGoro.Goroutine<number>>();
  same<goro.Received<number>, fixedGoro.Received<number>>();
  same<goro.Range<number>, fixedGoro.Range<number>>();
  same<goro.SendChan<number>, fixedGoro.SendChan<number>>();
  same<goro.RecvChan<number>, fixedGoro.RecvChan<number>>();
  same<goro.Chan<number>, fixedGoro.Chan<number>>();
  same<goro.Case, fixedGoro.Case>();
  same<goro.Cases, fixedGoro.Cases>();
  same<goro.SelectOptions, fixedGoro.SelectOptions>();
  same<goro.GoroutineInfo, fixedGoro.GoroutineInfo>();
  type Some = { a: fixedGoro.Op<number>; b?: fixedGoro.Op<string>; c: null; 1: fixedGoro.Op<boolean> | undefined };
  same<goro.Selected<Some>, fixedGoro.Selected<Some>>();
  type List = readonly [fixedGoro.Op<number>, null, fixedGoro.Op<string> | undefined];
  same<goro.SelectedOf<List>, fixedGoro.SelectedOf<List>>();

  same<sync.Locker, fixedSync.Locker>();
  same<context.Context, fixedContext.Context>();
  same<context.CancelFunc, fixedContext.CancelFunc>();
  same<context.CancelCauseFunc, fixedContext.CancelCauseFunc>();
  same<runtime.MemStats, fixedRuntime.MemStats>();
  same<singleflight.Result<number>, fixedSingleflight.Result<number>>();
  same<rate.Limit, fixedRate.Limit>();
  same<signal.Signal, fixedSignal.Signal>();
  same<pipeline.StageOptions, fixedPipeline.StageOptions>();
  same<cache.CacheOptions<string, number>, fixedCache.CacheOptions<string, number>>();
}

/** Instances have every member that is written down, and no public one more. */
export function instances(): void {
  same<keyof goro.Panic, keyof fixedGoro.Panic>();
  same<keyof goro.DeadlockError, keyof fixedGoro.DeadlockError>();
  same<keyof sync.WaitGroup, keyof fixedSync.WaitGroup>();
  same<keyof sync.Mutex, keyof fixedSync.Mutex>();
  same<keyof sync.RWMutex, keyof fixedSync.RWMutex>();
  same<keyof sync.Once, keyof fixedSync.Once>();
  same<keyof sync.Cond, keyof fixedSync.Cond>();
  same<keyof sync.Map<string, number>, keyof fixedSync.Map<string, number>>();
  same<keyof sync.Pool<number>, keyof fixedSync.Pool<number>>();
  same<keyof atomic.Int32, keyof fixedAtomic.Int32>();
  same<keyof atomic.Uint32, keyof fixedAtomic.Uint32>();
  same<keyof atomic.Int64, keyof fixedAtomic.Int64>();
  same<keyof atomic.Uint64, keyof fixedAtomic.Uint64>();
  same<keyof atomic.Bool, keyof fixedAtomic.Bool>();
  same<keyof atomic.Value<number>, keyof fixedAtomic.Value<number>>();
  same<keyof time.Timer, keyof fixedTime.Timer>();
  same<keyof time.Ticker, keyof fixedTime.Ticker>();
  same<keyof errgroup.Group, keyof fixedErrgroup.Group>();
  same<keyof semaphore.Weighted, keyof fixedSemaphore.Weighted>();
  same<keyof singleflight.Group<number>, keyof fixedSingleflight.Group<number>>();
  same<keyof rate.Limiter, keyof fixedRate.Limiter>();
  same<keyof rate.Reservation, keyof fixedRate.Reservation>();
  same<keyof cache.Cache<string, number>, keyof fixedCache.Cache<string, number>>();

  to<fixedSync.Map<string, number>>()<sync.Map<string, number>>();
  to<fixedSync.Pool<number>>()<sync.Pool<number>>();
  to<fixedAtomic.Value<number>>()<atomic.Value<number>>();
  to<fixedSingleflight.Group<number>>()<singleflight.Group<number>>();
  to<fixedTime.Timer>()<time.Timer>();
  to<fixedTime.Ticker>()<time.Ticker>();
  to<fixedRate.Reservation>()<rate.Reservation>();
  to<fixedCache.Cache<string, number>>()<cache.Cache<string, number>>();
}
