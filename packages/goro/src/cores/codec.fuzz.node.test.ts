// Random values against structuredClone: whatever that makes of a value arrives, by both ways.
import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { inspect, isDeepStrictEqual } from "node:util";
import { seeded } from "../testkit.portable.js";
import { dropSlot, readSlot, writeSlot } from "./codec.js";
import { slot, throughSlot, ways, wordsInUse } from "./codec/testkit.portable.js";

const ROUNDS = 3000;
/** Bun's structuredClone leaves them behind. */
const clonesCauses = structuredClone(new Error("outer", { cause: 1 })).cause === 1;

interface ViewClass {
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBuffer, offset: number, length: number): object;
}

/** Bun's is wrong about maps and sets with objects for keys. */
const comparesMaps = process.versions["bun"] === undefined;

/** Makes random values of about so many members, in which things stand in several places and contain each other. */
class Maker {
  readonly #random: () => number;
  #left: number;
  readonly #made: object[] = [];

  constructor(random: () => number, members: number) {
    this.#random = random;
    this.#left = members;
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #oneOf<T>(...choices: readonly T[]): T {
    return choices[this.#below(choices.length)]!;
  }

  #string(): string {
    const length = this.#oneOf(0, 1, 2, 3, 4, 8, 12, 13, 31, 32, 33, 100, this.#below(10_000));
    const most = this.#oneOf(0x7f, 0xff, 0xffff);
    const codes = Array.from({ length: Math.min(length, 64) }, () => this.#below(most + 1));
    return String.fromCharCode(...codes)
      .repeat(Math.ceil(length / 64))
      .slice(0, length);
  }

  #number(): number {
    const sign = this.#oneOf(1, -1);
    return (
      sign * this.#oneOf(0, this.#below(100), this.#below(2 ** 25), this.#random(), this.#below(2 ** 53), NaN, Infinity)
    );
  }

  #key(): string {
    return this.#oneOf(
      "id",
      "name",
      "tags",
      "x",
      "__proto__",
      "constructor",
      "toString",
      "length",
      "0",
      "7",
      this.#string(),
    );
  }

  value(): unknown {
    if (this.#left-- <= 0) return this.#number();
    if (this.#made.length > 0 && this.#below(10) === 0) return this.#oneOf(...this.#made);
    switch (this.#below(20)) {
      case 0:
        return this.#oneOf(undefined, null, true, false);
      case 1:
      case 2:
        return this.#number();
      case 3:
      case 4:
        return this.#string();
      case 5:
        return BigInt(this.#below(2 ** 53)) ** BigInt(this.#below(5)) * BigInt(this.#oneOf(1, -1));
      case 6:
        return this.#note(new Date(this.#below(2 ** 50)));
      case 7:
        return this.#note(new RegExp(this.#oneOf("a", "[b-z]+", "\\/"), this.#oneOf("", "g", "imsu")));
      case 8:
        return this.#note(Object(this.#oneOf<unknown>(this.#number(), this.#string(), true)) as object);
      case 9:
        return this.#buffer();
      case 10:
        return this.#error();
      case 11:
        return this.#map();
      case 12:
        return this.#set();
      case 13:
      case 14:
      case 15:
        return this.#list();
      default:
        return this.#object();
    }
  }

  #note<T extends object>(value: T): T {
    this.#made.push(value);
    return value;
  }

  #buffer(): object {
    const bytes = Uint8Array.from({ length: this.#oneOf(0, 8, 80, 8000) }, () => this.#below(256));
    const buffer = this.#note(bytes.buffer);
    const View = this.#oneOf<ViewClass>(Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, BigInt64Array, DataView);
    const size = View.BYTES_PER_ELEMENT ?? 1;
    const most = bytes.length / size;
    const from = this.#below(most + 1);
    return this.#oneOf<object>(buffer, this.#note(new View(buffer, from * size, this.#below(most - from + 1))));
  }

  #error(): Error {
    const Class = this.#oneOf(Error, TypeError, RangeError, SyntaxError);
    const error = new Class(this.#string());
    // Not one that is in its own cause: Node 20 cannot clone that.
    if (clonesCauses && this.#below(2) === 0) error.cause = this.value();
    return this.#note(error);
  }

  #map(): Map<unknown, unknown> {
    const map = this.#note(new Map<unknown, unknown>());
    for (let i = this.#below(6); i > 0; i--) map.set(this.value(), this.value());
    return map;
  }

  #set(): Set<unknown> {
    const set = this.#note(new Set<unknown>());
    for (let i = this.#below(6); i > 0; i--) set.add(this.value());
    return set;
  }

  #list(): unknown[] {
    const list = this.#note<unknown[]>([]);
    for (let i = this.#oneOf(0, 1, 3, this.#below(20)); i > 0; i--) list.push(this.value());
    if (this.#below(8) === 0) list.length += this.#below(5);
    if (this.#below(8) === 0) list[list.length + this.#below(300)] = this.value();
    if (this.#below(8) === 0) Reflect.deleteProperty(list, this.#below(list.length + 1));
    if (this.#below(8) === 0) (list as unknown as Record<string, unknown>)[`p${this.#below(3)}`] = this.value();
    return list;
  }

  #object(): object {
    const object = this.#note(this.#below(10) === 0 ? (Object.create(null) as object) : {});
    for (let i = this.#below(6); i > 0; i--) {
      const member = { value: this.value(), writable: true, enumerable: true, configurable: true };
      Object.defineProperty(object, this.#key(), member);
    }
    return object;
  }
}

test("random values arrive as structuredClone makes them, and leave nothing behind", () => {
  const random = seeded("codec fuzz");
  const before = wordsInUse();
  let shapes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const value = new Maker(random, 1 + Math.floor(random() * 60)).value();
    const plain = structuredClone(value);
    const expected = written(plain);
    for (const arrived of [throughSlot(value), ...ways.map(({ send }) => send(value)[0])]) {
      deepEqual(written(arrived), expected, `round ${round}`);
      ok(
        !comparesMaps || isDeepStrictEqual(arrived, plain),
        `round ${round}: ${inspect(arrived)} is not ${inspect(plain)}`,
      );
    }
    writeSlot(slot, value, "value");
    dropSlot(slot);
    // The table of shapes and the names in it stay.
    if (round === ROUNDS / 2) shapes = wordsInUse() - before;
  }
  ok(wordsInUse() - before <= shapes * 2 + 8, "nothing but shapes stays");
  equal(throughSlot(1), 1);
  readSlot(slot);
});

/** All there is to a graph, in order, with numbers for objects that come again. */
function written(root: unknown): string[] {
  const numbers = new Map<object, number>();
  const words: string[] = [];
  const write = (value: unknown): void => {
    if (typeof value !== "object" || value === null) {
      words.push(typeof value, typeof value === "bigint" ? `${value}n` : inspect(value, { maxStringLength: Infinity }));
      return;
    }
    const known = numbers.get(value);
    words.push(known === undefined ? inspect(Object.getPrototypeOf(value)) : `again ${known}`);
    if (known !== undefined) return;
    numbers.set(value, numbers.size);
    writeContent(value);
  };
  const writeContent = (value: object): void => {
    if (ArrayBuffer.isView(value)) {
      words.push(`${value.byteOffset} ${value.byteLength}`);
      write(value.buffer);
    } else if (value instanceof ArrayBuffer) words.push(new Uint8Array(value).join());
    else if (value instanceof Map) for (const [k, v] of value) [k, v].forEach(write);
    else if (value instanceof Set) for (const member of value) write(member);
    else if (value instanceof Date) words.push(String(value.getTime()));
    else if (value instanceof RegExp) words.push(String(value));
    else if (value instanceof Error) [value.name, value.message, value.stack, value.cause].forEach(write);
    else if (value instanceof Number || value instanceof String || value instanceof Boolean) write(value.valueOf());
    else {
      if (Array.isArray(value)) words.push(`length ${value.length}`);
      for (const key of Reflect.ownKeys(value)) {
        if (key === "length" && Array.isArray(value)) continue;
        const { value: member, ...flags } = Object.getOwnPropertyDescriptor(value, key) as { value: unknown };
        words.push(String(key), JSON.stringify(flags));
        write(member);
      }
    }
  };
  write(root);
  return words;
}
