// defer. Go: the defer statement, per block instead of per function

import { typeError } from "../ds/type-error.js";

/**
 * Runs fn when the enclosing block ends, however it ends; several run in reverse order. Go: `defer fn()`.
 *
 * @throws TypeError where fn is not a function.
 * @example
 * using _ = defer(() => wg.done());
 */
export function defer(fn: () => void): Disposable {
  if (typeof fn !== "function") throw typeError("defer: fn", "a function", fn);
  return { [Symbol.dispose]: fn };
}
