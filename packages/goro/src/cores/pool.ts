// A Pool stays on its core: what lies in it are objects of this heap, and the function that makes them is code of this core
// which may close over anything here.

import { ShareKind } from "../ds/shareable.js";
import { registerUnsendable } from "./handles.js";

registerUnsendable(ShareKind.pool, {
  what: "a Pool",
  advice: "declare it at the top level of a module, and each core has its own",
});
