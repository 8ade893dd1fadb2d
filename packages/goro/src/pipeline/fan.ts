// merge, split, broadcast: several channels into one, and one into several.

import { chan } from "../chan/channel.js";
import { select } from "../chan/select.js";
import type { Context } from "../context/context.js";
import { unlessEnded } from "../context/unless-ended.js";
import type { Chan, RecvChan, Routine } from "../types.js";
import { checkCount, checkInput, inletOf, Outlet, Stage } from "./stage.js";

function outputs<T>(what: string, n: number): Chan<T>[] {
  checkCount(what, "n", n, 1);
  return Array.from({ length: n }, () => chan<T>());
}

/**
 * Fan-in: every value of every input, as they come. Closed when all inputs are.
 * @throws TypeError for bad arguments.
 */
export function merge<T>(ctx: Context, ...inputs: RecvChan<T>[]): RecvChan<T> {
  inputs.forEach((input, i) => checkInput("pipeline.merge", input, `input ${i + 1}`));
  const stage = new Stage<T>("pipeline.merge", ctx, [chan<T>()]);
  stage.start(inputs.length, function* (i): Routine {
    const inlet = inletOf(stage.ctx, inputs[i]!);
    const outlet = new Outlet(stage);
    while (yield* inlet.next) {
      if (!outlet.offer(inlet.value)) yield* outlet.send(inlet.value);
    }
  });
  return stage.out;
}

/**
 * Fan-out: each value goes to whichever of n outputs is free first.
 * @throws TypeError, RangeError for bad arguments.
 * @example
 * for (const part of split(ctx, jobs, 3)) go(worker, ctx, part);
 */
export function split<T>(ctx: Context, input: RecvChan<T>, n: number): RecvChan<T>[] {
  checkInput("pipeline.split", input);
  const stage = new Stage<T>("pipeline.split", ctx, outputs<T>("pipeline.split", n));
  const { outs } = stage;
  stage.start(1, function* (): Routine {
    const inlet = inletOf(stage.ctx, input);
    const outlets = outs.map((out) => new Outlet(stage, out));
    let turn = 0; // so that of several that are free each is served in turn
    while (yield* inlet.next) {
      const { value } = inlet;
      let i = 0;
      while (i < n && !outlets[(turn + i) % n]!.offer(value)) i++;
      turn = (turn + i + 1) % n;
      if (i === n) {
        const sent = yield* unlessEnded(stage.ctx, select(outs.map((out) => out.send(value))));
        turn = (sent.case + 1) % n;
      }
    }
  });
  return [...outs];
}

/**
 * Every one of n outputs gets every value. The next value is read when all have taken the one before: the slowest sets the
 * pace, and one that nobody reads holds all back.
 * @throws TypeError, RangeError for bad arguments.
 */
export function broadcast<T>(ctx: Context, input: RecvChan<T>, n: number): RecvChan<T>[] {
  checkInput("pipeline.broadcast", input);
  const stage = new Stage<T>("pipeline.broadcast", ctx, outputs<T>("pipeline.broadcast", n));
  const { outs } = stage;
  stage.start(1, function* (): Routine {
    const inlet = inletOf(stage.ctx, input);
    const outlets = outs.map((out) => new Outlet(stage, out));
    while (yield* inlet.next) {
      const { value } = inlet;
      const left = outs.filter((_, i) => !outlets[i]!.offer(value));
      while (left.length > 0) {
        const sent = yield* unlessEnded(stage.ctx, select(left.map((out) => out.send(value))));
        left.splice(sent.case, 1);
      }
    }
  });
  return [...outs];
}
