// Buffers, and views of them: what a copy has to know of one.

const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)!.get!;

type ViewClass = new (buffer: ArrayBufferLike, offset?: number, length?: number) => ArrayBufferView;

const viewNames = [
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
];
const elementBytes = [1, 1, 1, 1, 2, 2, 4, 4, 2, 4, 8, 8, 8];
const viewClasses = viewNames.map((name) => (globalThis as unknown as Record<string, ViewClass>)[name]);

/** The platform's class of a view: a Buffer arrives as a Uint8Array. */
export function viewClassOf(view: ArrayBufferView): number {
  const name = typedArrayName.call(view) as string | undefined;
  return name === undefined ? 0 : viewNames.indexOf(name);
}

/** Never throws: a view that the buffer has become too small for is empty. */
export function makeView(
  number: number,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
  tracks: boolean,
): ArrayBufferView {
  const View = viewClasses[number]!;
  if (offset + length * elementBytes[number]! > buffer.byteLength) return new View(buffer, 0, 0);
  return tracks ? new View(buffer, offset) : new View(buffer, offset, length);
}

/** Shared or not. */
interface Resizable {
  readonly byteLength: number;
  readonly resizable?: boolean;
  readonly growable?: boolean;
  readonly maxByteLength?: number;
  resize?(byteLength: number): void;
}

/** The greatest length, or -1 where the length is fixed. */
export function greatestLength(buffer: ArrayBuffer): number {
  const { resizable, maxByteLength } = buffer as Resizable;
  return resizable === true ? maxByteLength! : -1;
}

type MakeBuffer = new (byteLength: number, options?: { maxByteLength: number }) => ArrayBuffer;

export function makeBuffer(byteLength: number, greatest: number): ArrayBuffer {
  const Make = ArrayBuffer as MakeBuffer;
  return greatest < byteLength ? new Make(byteLength) : new Make(byteLength, { maxByteLength: greatest });
}

/**
 * Whether the view has no length of its own but follows its buffer's. Nothing tells that but resizing, which a clone of the
 * two is there for. Memory that is shared cannot be cloned: a view that reaches to its end is taken for one.
 */
export function tracksLength(view: ArrayBufferView, number: number): boolean {
  const buffer = view.buffer as Resizable;
  if (buffer.resizable !== true && buffer.growable !== true) return false;
  if (view.byteOffset + view.byteLength + elementBytes[number]! <= buffer.byteLength) return false;
  if (buffer.growable === true) return true;
  const clone = structuredClone(view);
  const length = clone.byteLength;
  // Made shorter, a view with a length of its own has none left; made longer, one of an empty rest has some.
  (clone.buffer as Resizable).resize!(length > 0 ? clone.byteOffset + length - 1 : buffer.maxByteLength!);
  try {
    return clone.byteLength > 0 || clone.byteOffset > 0;
  } catch {
    return false; // A DataView that is out of bounds.
  }
}

/** A detached buffer has no bytes, and nothing can be made of it. */
export function isDetached(buffer: ArrayBuffer): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    void new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** What there is of a buffer that may have been taken away in the meantime. */
export function bytesOf(buffer: ArrayBuffer): Uint8Array {
  return isDetached(buffer) ? new Uint8Array(0) : new Uint8Array(buffer);
}
