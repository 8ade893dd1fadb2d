// How a goroutine has ended, for whoever claimed it.

import { State, type Goroutine } from "./goroutine.js";

/** Those that ended with an error which somebody has claimed and nobody has taken yet. */
export const untaken = new Set<Goroutine>();

/** The result of a goroutine that has ended, or its error thrown. */
export function takeOutcome(g: Goroutine): unknown {
  if (g.state !== State.threw) return g.value;
  untaken.delete(g);
  throw g.value;
}
