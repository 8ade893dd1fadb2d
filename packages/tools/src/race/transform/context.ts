// What the transform knows while it is inside one function: the temporaries it has lent, and what is only known at its end.
import type { Scope } from "./scope.js";
import type { Slot } from "./writer.js";

export class Context {
  /** Where temporaries live and frames are made: a function, a whole program, parameters (which have no place for any), or an
   * expression that is evaluated apart. */
  readonly kind: "program" | "function" | "parameters" | "apart";
  readonly scope: Scope;
  /** as stack traces call it */
  readonly name: string;
  readonly async: boolean;
  readonly generator: boolean;
  /** something in it is announced or called, so that it needs a frame */
  active = false;
  /** it leaves in one place, in a finally block, instead of at each return */
  guarded = false;
  /** what goes before and after the values it returns */
  readonly returns: [before: Slot, after: Slot][] = [];
  readonly temporaries: string[] = [];
  readonly #free: string[] = [];

  constructor(kind: Context["kind"], scope: Scope, name: string, { async = false, generator = false } = {}) {
    this.kind = kind;
    this.scope = scope;
    this.name = name;
    this.async = async;
    this.generator = generator;
  }

  borrow(prefix: string): string {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const name = `${prefix}t${this.temporaries.length}`;
    this.temporaries.push(name);
    return name;
  }

  giveBack(names: readonly string[]): void {
    this.#free.push(...names);
  }
}
