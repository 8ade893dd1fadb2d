// Copies what a parallel function is given and what it returns, as a structured clone would, except for what is shared by
// nature. One walk over the whole value; it knows where it is, so that what cannot be sent is named by its path.
//
// Only leaves (dates, regular expressions, blobs, ...) go through structuredClone itself: containers are walked here, because
// structuredClone would refuse the shared things in them.

import { isMoved, move } from "../cores/move.js";
import { isShareable } from "../ds/shareable.js";
import { Goroutine } from "../runtime/goroutine.js";
import { Operation } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";

export { move };

/** Functions made by `parallel`. */
export const parallelFunctions = new WeakSet<object>();

function cannotSend(path: string, what: string): never {
  throw new TypeError(`${path}: ${what} cannot be sent to another core`);
}

const isIdentifier = /^[A-Za-z_$][\w$]*$/;
const member = (path: string, key: string): string =>
  isIdentifier.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;

interface WithTransfer {
  (value: unknown, options?: { transfer: unknown[] }): unknown;
}
const cloneLeaf = structuredClone as WithTransfer;

interface Geometry {
  readonly offset: number;
  readonly length: number;
}

class Copier {
  /** Originals to copies: keeps shared references shared, and cycles finite. */
  readonly #copies = new Map<object, unknown>();
  /** Where views lie in buffers that the second pass transfers: a view of a transferred buffer no longer knows. */
  readonly #geometry: Map<object, Geometry>;
  readonly #transferring: boolean;
  sawMove = false;

  /** Without a first pass, this is the first: it transfers nothing and finds out whether all can be sent. */
  constructor(first?: Copier) {
    this.#geometry = first === undefined ? new Map<object, Geometry>() : first.#geometry;
    this.#transferring = first !== undefined;
  }

  copy(value: unknown, path: string): unknown {
    if (typeof value === "function") {
      return parallelFunctions.has(value) ? value : cannotSend(path, "a function");
    }
    if (typeof value === "symbol") return cannotSend(path, "a symbol");
    if (typeof value !== "object" || value === null) return value;
    if (isShareable(value)) return value;
    if (typeof SharedArrayBuffer === "function") {
      if (value instanceof SharedArrayBuffer) return value;
      if (ArrayBuffer.isView(value) && value.buffer instanceof SharedArrayBuffer) return value;
    }
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    return this.#copyObject(value, path);
  }

  #copyObject(value: object, path: string): unknown {
    if (Array.isArray(value)) return this.#members(value, this.#note(value, new Array(value.length)), path);
    if (value instanceof Map) {
      const copy = this.#note(value, new Map<unknown, unknown>());
      let i = 0;
      for (const [k, v] of [...value]) {
        copy.set(this.copy(k, `${path} key ${i}`), this.copy(v, `${path} value ${i}`));
        i++;
      }
      return copy;
    }
    if (value instanceof Set) {
      const copy = this.#note(value, new Set<unknown>());
      let i = 0;
      for (const v of [...value]) copy.add(this.copy(v, `${path} member ${i++}`));
      return copy;
    }
    if (value instanceof Error && !isDomException(value)) return this.#error(value, path);
    if (ArrayBuffer.isView(value)) return this.#view(value, path);
    if (isMoved(value)) return this.#transfer(value, path);
    if (value instanceof Operation) return cannotSend(path, "an Op");
    if (value instanceof Goroutine) return cannotSend(path, "a goroutine");
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) {
      return cannotSend(path, `a ${value.constructor.name}`);
    }
    if (Object.prototype.toString.call(value) === "[object Object]")
      return this.#members(value, this.#note(value, {}), path);
    return this.#leaf(value, path);
  }

  #note<T>(value: object, copy: T): T {
    this.#copies.set(value, copy);
    return copy;
  }

  /** Own enumerable string keys, as structured clone takes them; class instances become plain objects. */
  #members<T extends object>(value: object, copy: T, path: string): T {
    for (const key of Object.keys(value)) {
      const inner = Array.isArray(value) && /^\d+$/.test(key) ? `${path}[${key}]` : member(path, key);
      const copied = this.copy((value as Record<string, unknown>)[key], inner);
      if (key === "__proto__")
        Object.defineProperty(copy, key, { value: copied, writable: true, enumerable: true, configurable: true });
      else (copy as Record<string, unknown>)[key] = copied;
    }
    return copy;
  }

  /** With its class (where it is one of the language's), stack, cause and own properties. */
  #error(value: Error, path: string): Error {
    const copy = this.#note(value, errorOfClass(value));
    const hidden = (name: string, v: unknown): void => {
      Object.defineProperty(copy, name, { value: v, writable: true, configurable: true, enumerable: false });
    };
    hidden("message", String(value.message));
    hidden("stack", typeof value.stack === "string" ? value.stack : undefined);
    if (copy.name !== value.name) hidden("name", String(value.name));
    if ("cause" in value) hidden("cause", this.copy(value.cause, member(path, "cause")));
    if (value instanceof AggregateError) hidden("errors", this.copy(value.errors, member(path, "errors")));
    for (const key of Object.keys(value)) {
      if (key in copy) continue;
      (copy as unknown as Record<string, unknown>)[key] = this.copy(
        (value as unknown as Record<string, unknown>)[key],
        member(path, key),
      );
    }
    return copy;
  }

  #view(value: ArrayBufferView, path: string): unknown {
    if (isMoved(value)) move(value.buffer);
    let where = this.#geometry.get(value);
    if (where === undefined) {
      const length = value instanceof DataView ? value.byteLength : (value as Uint8Array).length;
      where = { offset: value.byteOffset, length };
      this.#geometry.set(value, where);
    }
    const buffer = this.copy(value.buffer, path) as ArrayBuffer;
    return this.#note(value, new (viewClass(value))(buffer, where.offset, where.length));
  }

  #transfer(value: object, path: string): unknown {
    this.sawMove = true;
    if (!this.#transferring) return value;
    try {
      return this.#note(value, cloneLeaf(value, { transfer: [value] }));
    } catch {
      return cannotSend(path, `${describe(value)}, which is not transferable,`);
    }
  }

  #leaf(value: object, path: string): unknown {
    try {
      return this.#note(value, cloneLeaf(value));
    } catch {
      return cannotSend(path, describe(value));
    }
  }
}

function isDomException(value: Error): boolean {
  return typeof DOMException === "function" && value instanceof DOMException;
}

function describe(value: object): string {
  const name = value.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? `a ${name}` : "this object";
}

type ViewClass = new (buffer: ArrayBuffer, offset: number, length: number) => unknown;

/** The platform's class of a view: a Buffer arrives as a Uint8Array. */
function viewClass(value: ArrayBufferView): ViewClass {
  const tag = value instanceof DataView ? "DataView" : (value as Uint8Array)[Symbol.toStringTag];
  return (globalThis as unknown as Record<string, ViewClass>)[tag]!;
}

type ErrorClass = new (message: string) => Error;
const errorClasses: readonly ErrorClass[] = [
  Panic,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

function errorOfClass(value: Error): Error {
  if (value instanceof AggregateError) return new AggregateError([], value.message);
  const Class = errorClasses.find((c) => value instanceof c) ?? Error;
  return new Class(value.message);
}

/** Copies of values, each named by its path. Throws a TypeError that names what cannot be sent; then nothing was moved. */
function copyAll(values: readonly unknown[], pathOf: (i: number) => string): unknown[] {
  const first = new Copier();
  const copies = values.map((value, i) => first.copy(value, pathOf(i)));
  if (!first.sawMove) return copies;
  const second = new Copier(first);
  return values.map((value, i) => second.copy(value, pathOf(i)));
}

export function copyArguments(args: readonly unknown[]): unknown[] {
  return copyAll(args, (i) => `argument ${i + 1}`);
}

export function copyResult(value: unknown): unknown {
  return copyAll([value], () => "result")[0];
}
