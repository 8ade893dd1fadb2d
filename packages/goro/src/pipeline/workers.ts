// map, filter, forEach: goroutines that take values, run a step, and pass results on.
//
// As they come: each goroutine by itself, so that the stage holds a value for each of them and what is buffered. Those with a
// parallel step take in turn (`turn`), so that one that wants several at a time gets them.
//
// In order: all take in turn, and what one takes gets the next place in the line. Whoever finds the first
// of the line finished passes it on, and what is finished behind it; the others go on working meanwhile.
//   I1  the line has the places in the order in which their values were received;
//   I2  one goroutine at most passes on: `isPassing`;
//   I3  places in the line and results that are buffered are never more than `workers + buffer` together: so a slow first one
//       holds the others back instead of filling memory. (A place holds one value, or as many as a parallel step takes.)
//   I4  who holds the turn and waits for room is told by whoever passes on. There is always one then: the line is not empty,
//       its first either runs, and will be passed on, or is being passed on.

import { chan } from "../chan/channel.js";
import type { BaseContext, Context } from "../context/context.js";
import { contextOf } from "../context/from-signal.js";
import { stepsOp } from "../context/steps.js";
import { unlessEnded } from "../context/unless-ended.js";
import { Ring } from "../ds/ring.js";
import { now } from "../runtime/host.js";
import { checkBody, isGenerator } from "../runtime/scheduler.js";
import { Mutex } from "../sync/mutex.js";
import type { Op, RecvChan, Routine } from "../types.js";
import { checkCount, checkInput, inletOf, Outlet, output, Stage } from "./stage.js";
import { isParallel, isThenable, settle, WorkAnywhere, WorkHere, type Step, type Work } from "./work.js";

export type { Step };

/** How a stage runs its step. */
export interface StageOptions {
  /** Goroutines that run the step. Default 1. With a parallel step they spread over the cores. */
  workers?: number;
  /** Capacity of the output. Default 0. */
  buffer?: number;
  /** Results in the order of the input. Default: as they come. */
  ordered?: boolean;
}

/** Says that there is nothing to pass on. */
const nothing: unique symbol = Symbol("nothing");

/** What to pass on of a value and what the step made of it. */
type Pick<A, B, C> = (value: A, made: B) => C | typeof nothing;

/** A value, or several that a parallel step is called with at once; then what became of them. */
interface Place<A, B> {
  readonly values: A[];
  results: readonly B[] | null;
}

class Workers<A, B, C> {
  readonly stage: Stage<C>;
  readonly #input: RecvChan<A>;
  readonly #step: Step<A, B>;
  readonly #pick: Pick<A, B, C>;
  readonly #workers: number;
  /** Places and buffered results. */
  readonly #most: number;

  readonly #turn = new Mutex();
  readonly #line = new Ring<Place<A, B>>();
  /** Those in the line, and the one that is being passed on. */
  #inLine = 0;
  #isPassing = false;
  /** Values done with: passed on, or dropped. */
  #done = 0;
  readonly #room = chan<void>(1);

  constructor(
    name: string,
    ctx: Context,
    input: RecvChan<A>,
    step: Step<A, B>,
    options: StageOptions,
    pick: Pick<A, B, C>,
  ) {
    checkStep(name, input, step, options);
    const { workers = 1, buffer = 0, ordered = false } = options;
    this.stage = new Stage<C>(name, ctx, [output<C>(name, buffer)]);
    this.#input = input;
    this.#step = step;
    this.#pick = pick;
    this.#workers = workers;
    this.#most = workers + buffer;
    // A single one keeps the order by itself.
    const inOrder = ordered && workers > 1;
    this.stage.start(workers, () =>
      inOrder ? this.#inOrder(this.#work()) : isParallel(step) ? this.#asTheyCome(this.#work()) : this.#oneByOne(),
    );
  }

  #work(): Work<A, B> {
    const { ctx } = this.stage;
    const inlet = inletOf(ctx, this.#input);
    if (isParallel(this.#step)) return new WorkAnywhere(inlet, this.#input, this.#step);
    return new WorkHere(ctx, inlet, this.#step);
  }

  /** As they come, here: the way of most stages, without a list for each value. */
  *#oneByOne(): Routine {
    const { stage } = this;
    const { ctx } = stage;
    const step = this.#step as (value: A) => Routine<B> | PromiseLike<B> | B;
    const inlet = inletOf(ctx, this.#input);
    const outlet = new Outlet(stage);
    while (yield* inlet.next) {
      const { value } = inlet;
      const made = step(value);
      // A routine is run here, and not in another one: a level less at each of its steps.
      const given = isGenerator(made) ? yield* made : isThenable(made) ? yield* settle(ctx, made) : (made as B);
      const result = this.#pick(value, given);
      if (result !== nothing && !outlet.offer(result)) yield* outlet.send(result);
    }
  }

  *#asTheyCome(work: Work<A, B>): Routine {
    const turn = unlessEnded(this.stage.ctx, this.#turn.lock());
    const outlet = new Outlet(this.stage);
    for (;;) {
      yield* turn;
      let values: A[];
      try {
        values = yield* work.take(this.#proven);
      } finally {
        this.#turn.unlock();
      }
      if (values.length === 0) return;
      const results = yield* work.perform(values);
      const began = now();
      for (let i = 0; i < values.length; i++) yield* this.#pass(outlet, values[i]!, results[i]!);
      work.delivered(now() - began);
    }
  }

  *#inOrder(work: Work<A, B>): Routine {
    const turn = unlessEnded(this.stage.ctx, this.#turn.lock());
    const outlet = new Outlet(this.stage);
    for (;;) {
      yield* turn;
      let place: Place<A, B>;
      try {
        yield* this.#waitForRoom();
        place = { values: yield* work.take(this.#proven), results: null };
        if (place.values.length === 0) return;
        this.#line.push(place);
        this.#inLine++;
      } finally {
        this.#turn.unlock();
      }
      place.results = yield* work.perform(place.values);
      const began = now();
      yield* this.#passOn(outlet);
      work.delivered(now() - began);
    }
  }

  *#waitForRoom(): Routine {
    const room = unlessEnded(this.stage.ctx, this.#room.recv());
    while (this.#inLine + this.stage.out.length >= this.#most) yield* room;
  }

  /** Where the first of the line is finished: it, and all that are behind it. */
  *#passOn(outlet: Outlet<C>): Routine {
    if (this.#isPassing) return;
    this.#isPassing = true;
    for (let first = this.#line.at(0); first?.results; first = this.#line.at(0)) {
      this.#line.shift();
      const { values, results } = first;
      for (let i = 0; i < values.length; i++) yield* this.#pass(outlet, values[i]!, results[i]!);
      this.#inLine--;
      this.#room.trySend();
    }
    this.#isPassing = false;
  }

  *#pass(outlet: Outlet<C>, value: A, made: B): Routine {
    const result = this.#pick(value, made);
    if (result !== nothing && !outlet.offer(result)) yield* outlet.send(result);
    this.#done++;
  }

  /** How many values a goroutine may take at a time: together, no more than have been passed on before. */
  get #proven(): number {
    return 1 + Math.floor(this.#done / this.#workers);
  }
}

function checkStep(what: string, input: unknown, step: unknown, { workers, ordered }: StageOptions): void {
  checkInput(what, input);
  checkBody(what, step);
  if (workers !== undefined) checkCount(what, "workers", workers, 1);
  if (ordered !== undefined && typeof ordered !== "boolean") {
    throw new TypeError(`${what}: ordered must be true or false, got ${typeof ordered}`);
  }
}

/**
 * What step makes of each value. A step is a generator function, an async function, a plain one, or one made by `parallel`:
 * that runs on whichever core is free, small values several at a time.
 *
 * At most `workers` values are being worked on and `buffer` results wait: a slow reader holds back whoever sends. With
 * `ordered` that is so too, and one slow value holds the others back once they are that many. Of small values a parallel step
 * takes more at a time the more it has delivered.
 *
 * A step that throws cancels the pipeline where ctx is withPipeline's, else it is a panic. Once ctx has ended, what steps still
 * throw is dropped, a promise they wait for is left alone; a routine goes on to its own end, so a long one should look at ctx.
 *
 * @throws TypeError, RangeError for bad arguments.
 * @example
 * const thumbnails = map(ctx, photos, shrink, { workers: 4, buffer: 16, ordered: true });
 */
export function map<A, B>(ctx: Context, input: RecvChan<A>, step: Step<A, B>, options: StageOptions = {}): RecvChan<B> {
  return new Workers<A, B, B>("pipeline.map", ctx, input, step, options, (_value, made) => made).stage.out;
}

/**
 * The values of which keep says that they stay. Otherwise as {@link map}.
 * @throws TypeError, RangeError for bad arguments.
 */
export function filter<A>(
  ctx: Context,
  input: RecvChan<A>,
  keep: Step<A, boolean>,
  options: StageOptions = {},
): RecvChan<A> {
  const pick = (value: A, stays: boolean): A | typeof nothing => (stays ? value : nothing);
  return new Workers<A, boolean, A>("pipeline.filter", ctx, input, keep, options, pick).stage.out;
}

/**
 * Runs step with every value, and completes when the channel is closed and the last step has returned. As a losing case of a
 * select it stops reading.
 *
 * @param options.workers Goroutines that run the step. Default 1.
 * @throws ctx.err() where ctx ends first; TypeError, RangeError for bad arguments. A step's error as in {@link map}.
 * @example
 * yield* forEach(ctx, rows, save, { workers: 4 });
 */
export function forEach<T>(
  ctx: Context,
  input: RecvChan<T>,
  step: Step<T, unknown>,
  options: { workers?: number } = {},
): Op<void> {
  const what = "pipeline.forEach";
  const ours = contextOf(what, "ctx", ctx);
  checkStep(what, input, step, options);
  const { workers = 1 } = options;
  return stepsOp(what, ours, function* (ctx: BaseContext) {
    const { stage } = new Workers<T, unknown, never>(what, ctx, input, step, { workers }, () => nothing);
    yield* unlessEnded(ctx, stage.out.recv());
  });
}
