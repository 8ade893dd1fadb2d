// What the programs of the corpus have in common.
import { go, type Routine } from "goro";

type Body = () => unknown;

/** Starts all, then waits for all: nothing orders them among themselves. */
export function* both(...bodies: readonly Body[]): Routine {
  const started = bodies.map((body) => go(body as () => Routine<unknown>));
  for (const g of started) yield* g.join();
}

/** One after the other. */
export function* inTurn(...bodies: readonly Body[]): Routine {
  for (const body of bodies) yield* go(body as () => Routine<unknown>).join();
}

/** Uses a value. */
export function use(..._values: readonly unknown[]): void {}
