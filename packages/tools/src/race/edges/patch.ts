// Puts a function in the place of another that looks the same from outside.

type Any = (...args: never[]) => unknown;

/** Replaces the method `name` of `holder` by what `make` makes of it. */
export function patch(holder: object, name: PropertyKey, make: (original: Any) => Any): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  const original = (descriptor?.value ?? Reflect.get(holder, name)) as Any;
  const replacement = make(original);
  Object.defineProperty(replacement, "name", { value: original.name, configurable: true });
  Object.defineProperty(replacement, "length", { value: original.length, configurable: true });
  const { enumerable = false, writable = true, configurable = true } = descriptor ?? {};
  Object.defineProperty(holder, name, { value: replacement, enumerable, writable, configurable });
}
