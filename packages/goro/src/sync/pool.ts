// Objects to use again. Go: sync/pool.go
//
// What lies in the pool is held by a weak reference to the whole stock, so that a full collection takes it, as Go's takes
// what has not been used between two.

import { typeError } from "../ds/type-error.js";
import { shareable, ShareKind } from "../ds/shareable.js";

/**
 * A stock of objects that are costly to make. What lies in it may be collected at any time. It stays on its core, as the
 * function that makes them does: declared at the top level of a module, there is one on each core. Go: `sync.Pool`.
 *
 * @example
 * const buffers = new Pool(() => new Uint8Array(65536));
 * const buffer = buffers.get();
 * // use it, then
 * buffers.put(buffer);
 */
export class Pool<T> {
  readonly #create: () => T;
  #stock = new WeakRef<T[]>([]);

  /** @throws TypeError where create is not a function. */
  constructor(create: () => T) {
    if (typeof create !== "function") throw typeError("Pool: create", "a function", create);
    this.#create = create;
  }

  /** One that was put back, or a new one. */
  get(): T {
    const stock = this.#stock.deref();
    return stock !== undefined && stock.length > 0 ? stock.pop()! : this.#create();
  }

  put(value: T): void {
    const stock = this.#stock.deref();
    if (stock === undefined) this.#stock = new WeakRef([value]);
    else stock.push(value);
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.pool;
  }
}
