// A stage: goroutines that read, and channels they send on.
//
//   I1  a stage's channels are closed once: when its last goroutine has ended, or soon after its context has;
//   I2  nobody sends where the context has ended (Outlet), so nobody sends on what has been closed for that;
//   I3  what a goroutine of a stage throws is the pipeline's first error, or a panic, or comes too late to matter.
//
// The context's end alone would not do for I1: a step that takes its time would keep the readers waiting.

import { chan } from "../chan/channel.js";
import { contextOf } from "../context/from-signal.js";
import type { BaseContext, Context } from "../context/context.js";
import { unlessEnded } from "../context/unless-ended.js";
import { afterFunc } from "../context/with.js";
import { typeError } from "../ds/type-error.js";
import { crash } from "../runtime/crash.js";
import { State, type Goroutine, type Watcher } from "../runtime/goroutine.js";
import { label } from "../runtime/labels.js";
import { untaken } from "../runtime/outcome.js";
import { start } from "../runtime/scheduler.js";
import type { Chan, Op, RecvChan, Routine } from "../types.js";
import { pipelineOf } from "./pipeline.js";

export class Stage<T> implements Watcher {
  readonly name: string;
  readonly ctx: BaseContext;
  readonly outs: readonly Chan<T>[];
  #running = 0;
  #isClosed = false;
  readonly #unhook: () => boolean;

  constructor(name: string, ctx: Context, outs: readonly Chan<T>[]) {
    this.name = name;
    this.ctx = contextOf(name, "ctx", ctx);
    this.outs = outs;
    this.#unhook = afterFunc(this.ctx, () => this.#close());
  }

  /** Its only channel. */
  get out(): Chan<T> {
    return this.outs[0]!;
  }

  /** Starts so many goroutines. Once. */
  start(count: number, body: (i: number) => Routine): void {
    this.#running = count;
    if (count === 0) this.#over();
    for (let i = 0; i < count; i++) {
      pipelineOf(this.ctx)?.begin();
      const g = start(this.name, body, [i]);
      g.more.claimed = true;
      g.more.watcher = this;
      label(g, this.name);
    }
  }

  /** One of its goroutines has. */
  ended(g: Goroutine): void {
    if (g.state === State.threw) {
      untaken.delete(g);
      this.#fail(g, g.value);
    } else if (g.state === State.exited) {
      this.#fail(g, new Error(`${this.name}: step ended its goroutine with goexit`));
    }
    if (--this.#running === 0) this.#over();
    pipelineOf(this.ctx)?.ended();
  }

  /** The pipeline's affair, or too late; else a panic. */
  #fail(g: Goroutine, error: unknown): void {
    if (this.ctx.err() !== undefined) return;
    pipelineOf(this.ctx)?.fail(error);
    if (this.ctx.err() === undefined) crash(g, error);
  }

  #over(): void {
    if (this.#unhook()) this.#close(); // else the context has ended, and closes
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const out of this.outs) out.close();
  }
}

/** One goroutine's way onto a channel of its stage. */
export class Outlet<T> {
  readonly #ctx: BaseContext;
  readonly #out: Chan<T>;
  readonly #send: { value: T };
  readonly #orEnded: Op<void>;

  constructor(stage: Stage<T>, out = stage.out) {
    this.#ctx = stage.ctx;
    this.#out = out;
    const send = out.send(undefined as T);
    // One Op for all values: it reads its own when it runs, and this goroutine runs one at a time.
    this.#send = send as unknown as { value: T };
    this.#orEnded = unlessEnded(stage.ctx, send);
  }

  /** Sends if that needs no waiting. */
  offer(value: T): boolean {
    return this.#ctx.err() === undefined && this.#out.trySend(value);
  }

  /** The Op is to be run at once. Throws where the context ends first. */
  send(value: T): Op<void> {
    this.#send.value = value;
    return this.#orEnded;
  }
}

/** The values of a channel, until it is closed; `next` throws where ctx ends first. For one goroutine. */
export interface Inlet<T> {
  readonly next: Op<boolean>;
  readonly value: T;
}

export function inletOf<T>(ctx: BaseContext, input: RecvChan<T>): Inlet<T> {
  const range = input.range();
  const next = unlessEnded(ctx, range.next());
  return {
    next,
    get value() {
      return range.value;
    },
  };
}

export function checkInput(what: string, input: unknown, name = "input"): void {
  if (typeof (input as RecvChan<unknown> | null | undefined)?.range !== "function") {
    throw typeError(`${what}: ${name}`, "a channel", input);
  }
}

/** Throws where n is no whole number from `least`. */
export function checkCount(what: string, name: string, n: unknown, least: number): asserts n is number {
  if (typeof n !== "number") throw typeError(`${what}: ${name}`, "a number", n);
  if (!Number.isSafeInteger(n) || n < least) {
    throw new RangeError(`${what}: ${name} must be a whole number from ${least}, got ${n}`);
  }
}

/** The output of a stage. */
export function output<T>(what: string, buffer: unknown): Chan<T> {
  checkCount(what, "buffer", buffer, 0);
  return chan<T>(buffer);
}
