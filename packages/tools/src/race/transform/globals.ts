// Names that no program declares because the platform does.

/** Of the language and of every platform; not places where goroutines leave things for one another. */
const standard = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  "undefined",
  "NaN",
  "Infinity",
  "arguments",
  "eval",
]);

/** Those whose members are functions and constants of the platform, not worth announcing. */
const namespaces = new Set(
  (
    "Object Function Array JSON Math Reflect Number String Symbol Promise Date BigInt Boolean RegExp console process " +
    "Atomics Intl performance Map Set WeakMap WeakSet WeakRef Proxy ArrayBuffer SharedArrayBuffer DataView Int8Array " +
    "Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array " +
    "BigUint64Array Buffer Error TypeError RangeError URL Iterator crypto"
  ).split(" "),
);

export function isStandard(name: string): boolean {
  return standard.has(name);
}

export function isStandardNamespace(name: string): boolean {
  return namespaces.has(name);
}
