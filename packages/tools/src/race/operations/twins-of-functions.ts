// Functions that call functions: what they call may be a built-in that has a twin.
import { define, twinOf, twinOfClass, type Callable } from "./builtins.js";

const { call, apply, bind } = Function.prototype;
const reflect = Reflect.apply;
const { construct } = Reflect;

/** What to call instead of a value. */
function other(fn: unknown): unknown {
  return typeof fn === "function" ? (twinOf(fn) ?? fn) : fn;
}

define(call, function (...args) {
  return reflect(call, other(this), args) as unknown;
});
define(apply, function (...args) {
  return reflect(apply, other(this), args) as unknown;
});
define(Reflect.apply, function (...args) {
  if (args.length > 0) args[0] = other(args[0]);
  return reflect(reflect, this, args) as unknown;
});
define(Reflect.construct, function (...args) {
  // With a third argument it makes something else than the class: its twin does not know how.
  if (args.length > 2) return reflect(construct, this, args) as unknown;
  const [fn, list] = args;
  return reflect(construct, this, [typeof fn === "function" ? (twinOfClass(fn) ?? fn) : fn, list]) as unknown;
});

define(bind, function (...args) {
  const bound = reflect(bind, this, args) as object;
  const twin = typeof this === "function" ? twinOf(this) : undefined;
  if (twin !== undefined) define(bound, reflect(bind, twin, args) as Callable);
  return bound;
});
