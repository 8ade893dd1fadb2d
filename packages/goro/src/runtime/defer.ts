// defer. Go: the defer statement, per block instead of per function

/**
 * Runs fn when the enclosing block ends, however it ends; several run in reverse order. Go: `defer fn()`.
 *
 * @throws TypeError where fn is not a function.
 * @example
 * using _ = defer(() => wg.done());
 */
export function defer(fn: () => void): Disposable {
  if (typeof fn !== "function") throw new TypeError(`defer: fn must be a function, got ${typeof fn}`);
  return { [Symbol.dispose]: fn };
}
