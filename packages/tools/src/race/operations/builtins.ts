// Built-in functions that read or write what they are given: each has a twin, which announces that and calls it.
//
// A call asks for the twin of the very function it is about to call, so it makes no difference under which name, on which
// object or through which variable the program found it.
export type Callable = (this: unknown, ...args: unknown[]) => unknown;

const twins = new WeakMap<object, Callable>();

export function twinOf(fn: object): Callable | undefined {
  return twins.get(fn);
}

/** Absent built-ins, of a newer language, have no twins. */
export function define(fn: unknown, twin: Callable): void {
  if (typeof fn === "function") twins.set(fn, twin);
}
