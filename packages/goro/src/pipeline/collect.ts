// collect: a channel as a list.

import type { Context } from "../context/context.js";
import { contextOf } from "../context/from-signal.js";
import { stepsOp } from "../context/steps.js";
import type { Op, RecvChan } from "../types.js";
import { checkInput, inletOf } from "./stage.js";

/**
 * All values until the channel is closed. As a losing case of a select it stops reading, and what it has read is gone.
 * @throws ctx.err() where ctx ends first; TypeError for bad arguments.
 * @example
 * const pages = yield* collect(ctx, map(ctx, source(ctx, urls), fetchPage, { workers: 8, ordered: true }));
 */
export function collect<T>(ctx: Context, input: RecvChan<T>): Op<T[]> {
  const ours = contextOf("pipeline.collect", "ctx", ctx);
  checkInput("pipeline.collect", input);
  return stepsOp("pipeline.collect", ours, function* (ctx) {
    const list: T[] = [];
    const inlet = inletOf(ctx, input);
    while (yield* inlet.next) list.push(inlet.value);
    return list;
  });
}
