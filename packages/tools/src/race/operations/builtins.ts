// Built-in functions that read or write what they are given: each has a twin, which announces that and calls it.
//
// A call asks for the twin of the very function it is about to call, so it makes no difference under which name, on which
// object or through which variable the program found it.
import type { Site } from "../accesses.js";
import { call } from "./stack.js";

export type Callable = (this: unknown, ...args: unknown[]) => unknown;

const { apply, construct } = Reflect;

/** A class whose constructor returns what it is given: a field of a class below it lands on that. */
const Given = function (fn: object): object {
  return fn;
} as unknown as new (fn: object) => object;

/**
 * A twin hangs in a private field of its built-in, put there from outside: nothing a program can do shows it, and whether a
 * function has one is asked at each call, where a table would cost most of what the call does.
 */
class Twin extends Given {
  #twin: Callable;
  #constructs = false;

  constructor(fn: object, twin: Callable) {
    super(fn);
    this.#twin = twin;
  }

  static of(fn: object): Callable | undefined {
    return #twin in fn ? fn.#twin : undefined;
  }

  /** A twin for use with `new`: the others would construct where the built-in refuses. */
  static ofClass(fn: object): Callable | undefined {
    return #twin in fn && fn.#constructs ? fn.#twin : undefined;
  }

  static constructs(fn: object): void {
    (fn as Twin).#constructs = true;
  }

  static replace(fn: object, twin: Callable): boolean {
    if (!(#twin in fn)) return false;
    fn.#twin = twin;
    return true;
  }
}

export const twinOf = Twin.of;
export const twinOfClass = Twin.ofClass;

/** Makes `twin` the twin of a built-in. One of a newer language may be absent. */
export function define(fn: unknown, twin: Callable): void {
  if (typeof fn === "function" && !Twin.replace(fn, twin)) new Twin(fn, twin);
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
  Twin.constructs(fn);
}
