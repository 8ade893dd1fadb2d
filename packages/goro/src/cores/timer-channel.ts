// The channel of a timer stays on its core: it is empty until somebody looks at the clock for it.

import { ShareKind } from "../ds/shareable.js";
import { registerUnsendable } from "./handles.js";

registerUnsendable(ShareKind.timerChannel, {
  what: "the channel of a timer",
  advice: "make the timer there, or pass on a context with a deadline",
});
