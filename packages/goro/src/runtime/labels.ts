// What goroutines of the library are for, where none of the user's frames would say it: "pipeline.map". Their frame in a dump.

import type { Goroutine } from "./goroutine.js";

const labels = new WeakMap<Goroutine, string>();

export function label(g: Goroutine, what: string): void {
  labels.set(g, what);
}

/** The frames of a goroutine, or its label as one where there is none. */
export function orLabel(g: Goroutine, frames: readonly string[]): readonly string[] {
  const what = labels.get(g);
  return frames.length > 0 || what === undefined ? frames : [`    at ${what} (goro)`];
}
