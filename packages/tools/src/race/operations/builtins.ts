// Built-in functions that read or write what they are given: each has a twin, which announces that and calls it.
//
// A call asks for the twin of the very function it is about to call, so it makes no difference under which name, on which
// object or through which variable the program found it.
import type { Site } from "../accesses.js";
import { call } from "./stack.js";

export type Callable = (this: unknown, ...args: unknown[]) => unknown;

const { apply, construct } = Reflect;
const twins = new WeakMap<object, Callable>();

export function twinOf(fn: object): Callable | undefined {
  return twins.get(fn);
}

/** Makes `twin` the twin of a built-in. One of a newer language may be absent. */
export function define(fn: unknown, twin: Callable): void {
  if (typeof fn === "function") twins.set(fn, twin);
}

/** A twin that announces first. */
export function before(fn: unknown, announce: (object: unknown, args: unknown[], site: Site) => void): void {
  if (typeof fn !== "function") return;
  define(fn, function (...args) {
    announce(this, args, call);
    return apply(fn, this, args);
  });
}

/** A twin that announces what the outcome says was done. */
export function after(
  fn: unknown,
  announce: (object: unknown, args: unknown[], site: Site, result: unknown) => void,
): void {
  if (typeof fn !== "function") return;
  define(fn, function (...args) {
    const site = call;
    const result: unknown = apply(fn, this, args);
    announce(this, args, site, result);
    return result;
  });
}

/** The twin of a class that reads what it is constructed of; called without `new` it does what the class does. */
export function constructing(fn: unknown, prepare: (args: unknown[], site: Site) => unknown[]): void {
  if (typeof fn !== "function") return;
  define(fn, function (...args) {
    const prepared = prepare(args, call);
    return new.target === undefined ? apply(fn, this, prepared) : construct(fn, prepared);
  });
}
