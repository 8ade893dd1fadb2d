// An Op that a context can end.

import { select } from "../chan/select.js";
import { mapOp } from "../runtime/mapped.js";
import type { Operation } from "../runtime/operation.js";
import type { Op } from "../types.js";
import type { BaseContext } from "./context.js";

/** Does what op does, or throws ctx.err() where ctx ends first: also where op is ready and ctx has ended. */
export function unlessEnded<T>(ctx: BaseContext, op: Op<T>): Op<T> {
  if (ctx.node === null) return op;
  const either = select({ ended: ctx.done(), op }, { ordered: true });
  return mapOp(
    either,
    (got) => {
      if (got.case === "ended") throw ctx.err()!;
      return got.value;
    },
    (op as Operation<T>).reason,
  );
}
