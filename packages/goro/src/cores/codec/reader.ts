// Reads what writer.ts has written: see format.ts. All it reads is its own, so it trusts every word.

import { functionOf } from "../functions.js";
import { bytesOf, makeBuffer, makeView } from "./buffers.js";
import { hide, makeError } from "./errors.js";
import {
  bigintCell,
  ESCAPE,
  floatCell,
  SHORT_STRING,
  Tag as AllTags,
  VIEW_TRACKS,
  wordCells,
  wordsFor,
} from "./format.js";
import { namesOf } from "./shapes.js";
import { readBytes, readName, readShort, readUnits } from "./strings.js";
import { unloaded } from "./unloaded.js";
import { wellKnownObject } from "./well-known.js";
import type { TailPart } from "./words.js";

/** A constant of this module is one for the compiler too; what is imported is not. */
const Tag = AllTags;

/** Longer lists grow as they are read. */
const MOST_RESERVED = 1 << 20;

const fromCode = String.fromCharCode;
const noWords = new Int32Array(0);
const noBytes = new Uint8Array(0);
const none: readonly unknown[] = [];

export class Reader {
  #words: Int32Array = noWords;
  #bytes: Uint8Array = noBytes;
  /** Which word is next. */
  #at = 0;
  /** In the order in which they came, where some are mentioned again. */
  #objects: unknown[] | null = null;
  #references = none;
  #foreign = none;
  /** The parts of the tail, where the writer is on this core; else they stand in the words. */
  #tail: readonly TailPart[] | null = null;
  /** Which part, or which word, is next. */
  #tailAt = 0;
  /** Containers still to be filled. */
  readonly #later: object[] = [];

  /** Begins to read at a word. `mentions`, `references`, `foreign` are the writer's. */
  open(words: Int32Array, bytes: Uint8Array, at: number, mentions: boolean): void {
    this.#words = words;
    this.#bytes = bytes;
    this.#at = at;
    this.#objects = mentions ? [] : null;
  }

  setThings(references: readonly unknown[], foreign: readonly unknown[]): void {
    this.#references = references;
    this.#foreign = foreign;
  }

  setTail(parts: readonly TailPart[] | null, at: number): void {
    this.#tail = parts;
    this.#tailAt = at;
  }

  read(): unknown {
    const value = this.#value();
    const later = this.#later;
    if (later.length > 0) {
      for (let i = 0; i < later.length; i++) this.#fill(later[i]!);
      later.length = 0;
    }
    return value;
  }

  clear(): void {
    this.#words = noWords;
    this.#bytes = noBytes;
    this.#objects = null;
    this.#references = this.#foreign = none;
    this.#tail = null;
    if (this.#later.length > 0) this.#later.length = 0;
  }

  #number(word: number): number {
    const number = word >>> 8;
    return number === ESCAPE ? this.#words[this.#at++]! : number;
  }

  #note<T>(value: T): T {
    if (this.#objects !== null) this.#objects.push(value);
    return value;
  }

  #value(): unknown {
    const word = this.#words[this.#at++]!;
    switch (word & 0xff) {
      case Tag.integer:
        return word >> 8;
      case Tag.string0:
        return "";
      case Tag.string1:
        return fromCode((word >>> 8) & 0xff);
      case Tag.string2:
        return fromCode((word >>> 8) & 0xff, (word >>> 16) & 0xff);
      case Tag.string3:
        return fromCode((word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
      case Tag.bytes:
        return this.#stringOfBytes(word >>> 8);
      case Tag.shaped:
        return this.#shaped(this.#note({}), word >>> 8);
      case Tag.object:
        return this.#members(this.#note({}));
      case Tag.list:
        return this.#list(this.#number(word));
      case Tag.undefined:
        return undefined;
      case Tag.null:
        return null;
      case Tag.true:
        return true;
      case Tag.false:
        return false;
      case Tag.float:
        return this.#float();
      case Tag.units:
        return this.#stringOfUnits(word >>> 8);
      case Tag.again:
        return this.#objects![this.#number(word)];
      case Tag.reference:
        return this.#note(this.#references[this.#number(word)]);
      default:
        return this.#rare(word);
    }
  }

  #rare(word: number): unknown {
    const number = this.#number(word);
    switch (word & 0xff) {
      case Tag.foreign:
        return this.#note(this.#foreign[number]);
      case Tag.fn:
        return functionOf(number)?.inline ?? unloaded.stand(number);
      case Tag.wellKnown:
        return wellKnownObject(number);
      case Tag.tailBytes:
      case Tag.tailUnits:
        return this.#tailString(word & 0xff, number);
      case Tag.bigint64:
        this.#float();
        return bigintCell[0];
      case Tag.bigint: {
        const size = BigInt(`0x${this.#value() as string}`);
        return number === 1 ? -size : size;
      }
      case Tag.date:
        return this.#note(new Date(this.#value() as number));
      case Tag.regExp: {
        const source = this.#value() as string;
        return this.#note(new RegExp(source, this.#value() as string));
      }
      case Tag.boxed:
        return this.#note(Object(this.#value()) as object);
      case Tag.buffer:
        return this.#buffer(number);
      case Tag.tailBuffer:
        return this.#tailBuffer();
      case Tag.view:
        return this.#view(number);
      case Tag.listAndMore:
        return this.#more(this.#elements(this.#note([]), number));
      case Tag.sparseList:
        return this.#sparse(this.#note([]));
      case Tag.map:
        return this.#entries(this.#note(new Map()), number);
      case Tag.set:
        return this.#setMembers(this.#note(new Set()), number);
      case Tag.error:
        return this.#errorMembers(this.#error(number));
      case Tag.objectLater:
        return this.#postpone(this.#note({}));
      case Tag.listLater:
        return this.#postpone(this.#note([]));
      case Tag.mapLater:
        return this.#postpone(this.#note(new Map()));
      case Tag.setLater:
        return this.#postpone(this.#note(new Set()));
      case Tag.errorLater:
        return this.#postpone(this.#error(number));
      default:
        throw new Error(`bad tag ${word & 0xff} in the memory that the cores share`);
    }
  }

  #float(): number {
    wordCells[0] = this.#words[this.#at++]!;
    wordCells[1] = this.#words[this.#at++]!;
    return floatCell[0]!;
  }

  // Strings

  #stringOfBytes(length: number): string {
    const at = this.#at * 4;
    this.#at += (length + 3) >> 2;
    return length <= SHORT_STRING ? readShort(this.#bytes, at, length) : readBytes(this.#bytes, at, length);
  }

  #stringOfUnits(length: number): string {
    const at = this.#at * 4;
    this.#at += (length + 1) >> 1;
    return readUnits(this.#bytes, at, length);
  }

  #tailString(tag: number, length: number): string {
    if (this.#tail !== null) return this.#tail[this.#tailAt++]!.content as string;
    const at = this.#tailAt * 4;
    this.#tailAt += wordsFor(tag === Tag.tailBytes ? length : length * 2);
    return tag === Tag.tailBytes ? readBytes(this.#bytes, at, length) : readUnits(this.#bytes, at, length);
  }

  /** The name of a property, or undefined at the end of the members. */
  #key(): string | undefined {
    const word = this.#words[this.#at]!;
    const tag = word & 0xff;
    if (tag === Tag.end) {
      this.#at++;
      return undefined;
    }
    if (tag >= Tag.string1 && tag <= Tag.string3) {
      const length = tag - Tag.string0;
      return readName(this.#bytes, this.#at++ * 4 + 1, length);
    }
    if (tag === Tag.bytes && word >>> 8 <= SHORT_STRING) {
      const length = word >>> 8;
      const at = (this.#at + 1) * 4;
      this.#at += 1 + ((length + 3) >> 2);
      return readName(this.#bytes, at, length);
    }
    return this.#value() as string;
  }

  // Containers

  #members<T extends object>(object: T): T {
    for (let key = this.#key(); key !== undefined; key = this.#key()) {
      const value = this.#value();
      if (key === "__proto__") setOwnProto(object, value);
      else (object as Record<string, unknown>)[key] = value;
    }
    return object;
  }

  #shaped(object: object, shape: number): object {
    const names = namesOf(shape);
    for (let i = 0; i < names.length; i++) {
      if (this.#words[this.#at] === Tag.hole) this.#at++;
      else (object as Record<string, unknown>)[names[i]!] = this.#value();
    }
    return object;
  }

  #list(length: number): unknown[] {
    const list = this.#note(length <= MOST_RESERVED ? new Array<unknown>(length) : []);
    for (let i = 0; i < length; i++) {
      if (this.#words[this.#at] === Tag.hole) this.#at++;
      else list[i] = this.#value();
    }
    if (list.length < length) list.length = length;
    return list;
  }

  #elements(list: unknown[], length: number): unknown[] {
    for (let i = 0; i < length; i++) {
      if (this.#words[this.#at] === Tag.hole) {
        this.#at++;
        list.length = i + 1;
      } else {
        list.push(this.#value());
      }
    }
    return list;
  }

  #more(list: unknown[]): unknown[] {
    return this.#members(list);
  }

  #sparse(list: unknown[]): unknown[] {
    list.length = this.#value() as number;
    return this.#members(list);
  }

  #entries(map: Map<unknown, unknown>, size: number): Map<unknown, unknown> {
    for (let i = 0; i < size; i++) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    return map;
  }

  #setMembers(set: Set<unknown>, size: number): Set<unknown> {
    for (let i = 0; i < size; i++) set.add(this.#value());
    return set;
  }

  #error(number: number): Error {
    const message = this.#value() as string;
    const stack = this.#value() as string | undefined;
    return this.#note(makeError(number, message, stack, this.#value() as string));
  }

  #errorMembers(error: Error): Error {
    for (let key = this.#key(); key !== undefined; key = this.#key()) hide(error, key, this.#value());
    return this.#members(error);
  }

  #postpone<T extends object>(container: T): T {
    this.#later.push(container);
    return container;
  }

  #fill(container: object): void {
    if (container instanceof Error) {
      this.#errorMembers(container);
      return;
    }
    const word = this.#words[this.#at++]!;
    const number = this.#number(word);
    switch (word & 0xff) {
      case Tag.object:
        this.#members(container);
        break;
      case Tag.shaped:
        this.#shaped(container, number);
        break;
      case Tag.list:
        this.#elements(container as unknown[], number);
        break;
      case Tag.listAndMore:
        this.#more(this.#elements(container as unknown[], number));
        break;
      case Tag.sparseList:
        this.#sparse(container as unknown[]);
        break;
      case Tag.map:
        this.#entries(container as Map<unknown, unknown>, number);
        break;
      case Tag.set:
        this.#setMembers(container as Set<unknown>, number);
    }
  }

  // Buffers

  #buffer(byteLength: number): ArrayBuffer {
    const at = this.#at * 4;
    this.#at += wordsFor(byteLength);
    return this.#note(this.#copyOf(this.#bytes.subarray(at, at + byteLength), byteLength, -1));
  }

  #tailBuffer(): ArrayBuffer {
    const byteLength = this.#value() as number;
    const greatest = this.#value() as number;
    if (this.#tail !== null) {
      const buffer = this.#tail[this.#tailAt++]!.content as ArrayBuffer;
      return this.#note(this.#copyOf(bytesOf(buffer), byteLength, greatest));
    }
    const at = this.#tailAt * 4;
    this.#tailAt += wordsFor(byteLength);
    return this.#note(this.#copyOf(this.#bytes.subarray(at, at + byteLength), byteLength, greatest));
  }

  #copyOf(bytes: Uint8Array, byteLength: number, greatest: number): ArrayBuffer {
    const buffer = makeBuffer(byteLength, greatest);
    new Uint8Array(buffer).set(bytes.length > byteLength ? bytes.subarray(0, byteLength) : bytes);
    return buffer;
  }

  #view(number: number): ArrayBufferView {
    const buffer = this.#value() as ArrayBuffer;
    const offset = this.#value() as number;
    const length = this.#value() as number;
    return this.#note(makeView(number & 0xff, buffer, offset, length, (number & VIEW_TRACKS) !== 0));
  }
}

function setOwnProto(object: object, value: unknown): void {
  Object.defineProperty(object, "__proto__", { value, writable: true, enumerable: true, configurable: true });
}
