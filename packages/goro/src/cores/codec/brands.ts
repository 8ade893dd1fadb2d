// What a value is, told by what only its kind has: classes can be inherited from, and named as one likes.

const hasSharedMemory = typeof SharedArrayBuffer === "function";

export const isSharedMemory = (buffer: object): buffer is SharedArrayBuffer =>
  hasSharedMemory && buffer instanceof SharedArrayBuffer;
const PlatformBuffer = (globalThis as { Buffer?: unknown }).Buffer as (new () => Uint8Array) | undefined;
/** A Buffer of Node's. */
export const isPlatformBuffer = (view: object): boolean =>
  PlatformBuffer !== undefined && view instanceof PlatformBuffer;

const getter = (prototype: object, name: string): (() => unknown) =>
  Object.getOwnPropertyDescriptor(prototype, name)!.get as () => unknown;
export const mapSize = getter(Map.prototype, "size");
export const setSize = getter(Set.prototype, "size");
export const regExpSource = getter(RegExp.prototype, "source");
export const regExpFlags = getter(RegExp.prototype, "flags");
export const bufferLength = getter(ArrayBuffer.prototype, "byteLength");

/** Whether it is what its class says, and not only made from its prototype. */
export function has(brand: () => unknown, value: object): boolean {
  try {
    brand.call(value);
    return true;
  } catch {
    return false;
  }
}

/** By prototype: whether it is of a class of Node's that knows how to clone or transfer its objects. */
const copyThemselves = new WeakMap<object, boolean>();

export function knowsToCopyItself(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return false;
  let known = copyThemselves.get(prototype);
  if (known === undefined) {
    const isTheirs = (symbol: symbol): boolean => /^messaging_(clone|transfer)_symbol$/.test(symbol.description ?? "");
    known = Object.getOwnPropertySymbols(prototype).some(isTheirs) || knowsToCopyItself(prototype);
    copyThemselves.set(prototype, known);
  }
  return known;
}
