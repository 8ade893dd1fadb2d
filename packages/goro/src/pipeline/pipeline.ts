// withPipeline: stages that end together, with the first error of any of them.
//
//   I1  `running` counts the goroutines of all stages made with the pipeline's context, or with one below it;
//   I2  `failure` is set at most once, before the context ends, and never where the context has ended before;
//   I3  `cut` says whether the context ended while there were goroutines: then they were cut short, else they had come to
//       their end, and what the context does later is not theirs.
//
// The pipeline has no cancel function, so it must not stay behind in its parent: once wait has found that all is over, the
// parent forgets the context, until a stage is made with it again.

import { CancelContext, ValueContext, type BaseContext, type Context } from "../context/context.js";
import { canceled } from "../context/errors.js";
import { contextOf } from "../context/from-signal.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { done, Operation } from "../runtime/operation.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op } from "../types.js";

/** Under which a context holds its pipeline. */
const key = Symbol("goro.pipeline");

class Pipeline {
  readonly ctx: CancelContext;
  readonly waiters = new WaitQueue();
  #running = 0;
  #hasRun = false;
  #failure: { readonly error: unknown } | null = null;
  #cut: Error | undefined = undefined;

  constructor(parent: BaseContext) {
    this.ctx = new CancelContext(parent);
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** One more goroutine. */
  begin(): void {
    if (this.#running++ === 0) this.ctx.follow();
    this.#hasRun = true;
  }

  ended(): void {
    if (--this.#running > 0) return;
    this.#cut = this.ctx.ending;
    this.waiters.wakeAll(undefined);
  }

  fail(error: unknown): void {
    if (this.ctx.hasEnded) return;
    this.#failure = { error };
    this.ctx.end(canceled, error instanceof Error ? error : new Error(String(error), { cause: error }));
  }

  /** What wait does once all have ended. */
  conclude(): void {
    if (this.#failure !== null) throw this.#failure.error;
    const cut = this.#hasRun ? this.#cut : this.ctx.ending;
    if (cut !== undefined) throw cut;
    this.ctx.unfollow();
  }
}

class Wait extends Operation<void> {
  readonly #pipeline: Pipeline;

  constructor(pipeline: Pipeline) {
    super();
    this.#pipeline = pipeline;
  }
  get reason(): WaitReason {
    return "sync.WaitGroup.Wait";
  }
  poll(): boolean {
    if (!this.#pipeline.isIdle) return false;
    this.#pipeline.conclude();
    done.value = undefined;
    return true;
  }
  enlist(w: Waiter): void {
    this.#pipeline.waiters.push(w);
  }
  withdraw(w: Waiter): void {
    this.#pipeline.waiters.remove(w);
  }
  finish(): void {
    this.#pipeline.conclude();
  }
}

export function pipelineOf(ctx: BaseContext): Pipeline | undefined {
  return ctx.value(key) as Pipeline | undefined;
}

/**
 * A context for the stages of one pipeline, and the Op that waits for them. The first step that throws cancels the pipeline.
 * `wait` parks until every goroutine of its stages has ended; then it throws that step's error, or the parent's err() where
 * the parent ended first. Whoever stops reading early cancels the parent, else the stages wait for their reader for ever.
 *
 * @throws TypeError where parent is no Context.
 * @example
 * const [ctx, wait] = withPipeline(background());
 * const pages = map(ctx, source(ctx, urls), fetchPage, { workers: 8 });
 * yield* forEach(ctx, map(ctx, pages, parse), save);
 * yield* wait();
 */
export function withPipeline(parent: Context): [ctx: Context, wait: () => Op<void>] {
  const pipeline = new Pipeline(contextOf("withPipeline", "parent", parent));
  const wait = new Wait(pipeline);
  return [new ValueContext(pipeline.ctx, key, pipeline), () => wait];
}
