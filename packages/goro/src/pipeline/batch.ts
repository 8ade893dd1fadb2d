// batch: values by the dozen.

import { select } from "../chan/select.js";
import type { Context } from "../context/context.js";
import { chan } from "../chan/channel.js";
import { unlessEnded } from "../context/unless-ended.js";
import { checkDuration } from "../runtime/sleep.js";
import { after } from "../time/timer.js";
import type { RecvChan, Routine } from "../types.js";
import { checkCount, checkInput, inletOf, Outlet, Stage } from "./stage.js";

/**
 * Lists of `size` values. A list goes out shorter when maxWait milliseconds have passed since its first value came, or when
 * the input is closed.
 *
 * @param maxWait Milliseconds. Default: for ever.
 * @throws TypeError, RangeError for bad arguments.
 * @example
 * yield* forEach(ctx, batch(ctx, rows, 500, 100), insertMany);
 */
export function batch<A>(ctx: Context, input: RecvChan<A>, size: number, maxWait = Infinity): RecvChan<A[]> {
  const what = "pipeline.batch";
  checkInput(what, input);
  checkCount(what, "size", size, 1);
  checkDuration(what, "maxWait", maxWait);
  const stage = new Stage<A[]>(what, ctx, [chan<A[]>()]);
  stage.start(1, function* (): Routine {
    const inlet = inletOf(stage.ctx, input);
    const outlet = new Outlet(stage);
    let isOpen = yield* inlet.next;
    while (isOpen) {
      const list = [inlet.value];
      const late = after(maxWait).recv();
      // What is there belongs to the list, also where the time has passed.
      const more = unlessEnded(stage.ctx, select({ next: inlet.next, late }, { ordered: true }));
      while (list.length < size) {
        const got = yield* more;
        if (got.case === "late") break;
        isOpen = got.value;
        if (!isOpen) break;
        list.push(inlet.value);
      }
      yield* outlet.send(list);
      if (isOpen) isOpen = yield* inlet.next;
    }
  });
  return stage.out;
}
