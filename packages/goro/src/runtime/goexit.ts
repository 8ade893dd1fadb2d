// Goexit. Go: runtime.Goexit

import { exit, exiting } from "./operation.js";
import { processor } from "./processor.js";

/**
 * Ends this goroutine, running its finally blocks. Ending the main goroutine so lets the others go on. It unwinds by
 * throwing something that is no Error; where a catch block swallows it, the goroutine ends at its next Op all the same, and
 * so does a finally block that reaches one. Go: `runtime.Goexit()`.
 *
 * @throws Error outside a goroutine.
 */
export function goexit(): never {
  const g = processor.current;
  if (g.id === 0) throw new Error("goexit: called outside a goroutine");
  g.op = exiting;
  throw exit;
}
