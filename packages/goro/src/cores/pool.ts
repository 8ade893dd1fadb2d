// A Pool stays on its core: what lies in it are objects of this heap, and the function that makes them is code of this core
// which may close over anything here.

import { ShareKind } from "../ds/shareable.js";
import type { Pool } from "../sync/pool.js";
import { registerKind } from "./handles.js";

registerKind<Pool<unknown>>(ShareKind.pool, {
  share() {
    throw new TypeError(
      "a Pool cannot be sent to another core, as the function that fills it cannot: declare it at the top level of a " +
        "module, and each core has its own",
    );
  },
  adopt: never,
  destroy: never,
});

function never(): never {
  throw new Error("goro: a Pool was never shared");
}
