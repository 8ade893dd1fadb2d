// Writes values into words, in one walk that changes nothing but memory of its own. What the walk meets of things that are
// not copied (shared things, platform objects, buffers that move) it lists, for codec.ts to do the rest when all has gone well.
//
// Members are read as structuredClone reads them, so the walk may call getters, which may do anything: write other values
// (with another writer), or change what is being walked.

import { allocate } from "../../arena/blocks.js";
import { mem } from "../../arena/arena.js";
import { isShareable, type shareable, type ShareKind } from "../../ds/shareable.js";
import { Goroutine } from "../../runtime/goroutine.js";
import { Operation } from "../../runtime/operation.js";
import { declarationOf, numberOf } from "../functions.js";
import { isMoved, move } from "../move.js";
import { greatestLength, isDetached, tracksLength, viewClassOf } from "./buffers.js";
import { errorClass, hiddenMembers } from "./errors.js";
import {
  bigintCell,
  ESCAPE,
  floatCell,
  MOST_LEVELS,
  SHORT_STRING,
  Tag as AllTags,
  TAIL_FROM,
  VIEW_TRACKS,
  wordCells,
  wordsFor,
} from "./format.js";
import { cannotSend, describe } from "./refusal.js";
import { meet, shapeOf } from "./shapes.js";
import { forgetScratch, isOfBytes, writeBytes, writeUnits } from "./strings.js";
import { wellKnownNumber } from "./well-known.js";

/** What a reference is had of: see handles.ts. */
export type Shareable = SharedArrayBuffer | { readonly [shareable]: ShareKind };

/** What moves, and where it stood. */
export interface Moved {
  readonly value: object;
  readonly path: string;
  /** Its place among what is foreign, or -1 for a buffer, whose bytes go with the words. */
  readonly foreign: number;
}

/** A long string, or a buffer with the length that it had. */
export interface TailPart {
  readonly content: string | ArrayBuffer;
  readonly byteLength: number;
}

/** A container whose members come later. */
interface Later {
  readonly value: object;
  readonly path: string;
  readonly key: string | number;
  readonly place: Place;
}

/** What a key in a path means. */
const Place = { member: 0, element: 1, key: 2, value: 3, setMember: 4 } as const;
type Place = (typeof Place)[keyof typeof Place];

/** A constant of this module is one for the compiler too; what is imported is not. */
const Tag = AllTags;

const FIRST_WORDS = 1024;
/** More is given back after use. */
const MOST_KEPT_WORDS = 1 << 16;
/** So many objects are looked for one by one; more go into a map. */
const FEW = 12;

const hasOwn = Object.prototype.hasOwnProperty;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const toString = Object.prototype.toString;
const hasSharedMemory = typeof SharedArrayBuffer === "function";
const isSharedMemory = (buffer: object): buffer is SharedArrayBuffer =>
  hasSharedMemory && buffer instanceof SharedArrayBuffer;
const PlatformBuffer = (globalThis as { Buffer?: unknown }).Buffer as (new () => Uint8Array) | undefined;
const isPlatformBuffer = (view: object): boolean => PlatformBuffer !== undefined && view instanceof PlatformBuffer;
const LARGEST_POOL = 1 << 17;
const getter = (prototype: object, name: string): (() => unknown) =>
  Object.getOwnPropertyDescriptor(prototype, name)!.get as () => unknown;
const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const regExpSource = getter(RegExp.prototype, "source");
const regExpFlags = getter(RegExp.prototype, "flags");
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");

/** Whether it is what its class says, and not only made from its prototype. */
function has(brand: () => unknown, value: object): boolean {
  try {
    brand.call(value);
    return true;
  } catch {
    return false;
  }
}

const isIdentifier = /^[A-Za-z_$][\w$]*$/;
function step(key: string | number, place: Place): string {
  switch (place) {
    case Place.key:
      return ` key ${key}`;
    case Place.value:
      return ` value ${key}`;
    case Place.setMember:
      return ` member ${key}`;
    case Place.element:
      if (typeof key === "number" || /^\d+$/.test(key)) return `[${key}]`;
  }
  return isIdentifier.test(key as string) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** By prototype: whether it is of a class of Node's that knows how to clone or transfer its objects. */
const copyThemselves = new WeakMap<object, boolean>();

function knowsToCopyItself(value: object): boolean {
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

/** What `move` does not change, or not here. */
const copiedAnyway = /Map|Set|ArrayBuffer/;

export class Writer {
  words = new Int32Array(FIRST_WORDS);
  bytes = new Uint8Array(this.words.buffer);
  #units = new Uint16Array(this.words.buffer);
  #room = FIRST_WORDS;
  /** How many words have been written. */
  at = 0;
  /** Whether there is something that words do not hold: in the lists below. */
  hasThings = false;
  /** How many words the block has: see block.ts. */
  blockWords = 0;
  /** Whether an object has been mentioned again: whether the reader has to number them. */
  mentions = false;
  /** Whether the reader is this core: what is shared by nature then passes as it is. */
  local = false;

  /** Shared things, and memory that the user shares. */
  readonly references: Shareable[] = [];
  /** Clones of platform objects, and such as move. */
  readonly foreign: unknown[] = [];
  readonly moved: Moved[] = [];
  /** What follows the words. */
  readonly tail: TailPart[] = [];
  tailWords = 0;

  readonly #seen: (object | null)[] = new Array<object | null>(FEW).fill(null);
  #count = 0;
  #index: Map<object, number> | null = null;
  #later: Later[] = [];

  // Where the walk is, for messages.
  #path = "";
  #depth = 0;
  readonly #keys: (string | number)[] = new Array<string | number>(MOST_LEVELS + 1).fill(0);
  readonly #places: Place[] = new Array<Place>(MOST_LEVELS + 1).fill(Place.member);
  /** The path of the container at MOST_LEVELS, once it is asked for. */
  #deepPath: string | null = null;

  /** Writes a value. Throws where it cannot be sent; then the writer only wants clearing. */
  write(value: unknown, path: string): void {
    this.#path = path;
    this.#value(value);
    if (this.#later.length > 0) this.#writeLater();
  }

  /** Forgets all, and is as new. */
  clear(): void {
    this.at = 0;
    this.#depth = 0;
    this.mentions = false;
    this.local = false;
    const seen = this.#seen;
    const known = Math.min(this.#count, FEW);
    for (let i = 0; i < known; i++) seen[i] = null;
    this.#count = 0;
    this.#index = null;
    this.#deepPath = null;
    if (this.#later.length > 0) this.#later = [];
    if (this.hasThings) this.#clearThings();
    if (this.#room > MOST_KEPT_WORDS) {
      this.#use(new Int32Array(FIRST_WORDS));
      forgetScratch();
    }
  }

  #clearThings(): void {
    this.hasThings = false;
    this.references.length = 0;
    this.foreign.length = 0;
    this.moved.length = 0;
    this.tail.length = 0;
    this.tailWords = 0;
  }

  #use(words: Int32Array<ArrayBuffer>): void {
    this.words = words;
    this.bytes = new Uint8Array(words.buffer);
    this.#units = new Uint16Array(words.buffer);
    this.#room = words.length;
  }

  #grow(words: number): void {
    const needed = this.at + words;
    // Says so where it cannot fit, before much work is done in vain.
    if (!this.local && needed > mem.length) allocate(needed);
    const larger = new Int32Array(Math.max(needed, this.#room * 2));
    larger.set(this.words);
    this.#use(larger);
  }

  #word(tag: number, number: number): void {
    if (this.at + 2 > this.#room) this.#grow(2);
    if (number < ESCAPE) {
      this.words[this.at++] = tag | (number << 8);
    } else {
      this.words[this.at++] = tag | (ESCAPE << 8);
      this.words[this.at++] = number;
    }
  }

  // Values without an identity

  #value(value: unknown): void {
    // No switch: the compiler knows these comparisons.
    if (typeof value === "string") this.#string(value);
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "object") {
      if (value === null) this.#word(Tag.null, 0);
      else this.#object(value);
    } else if (typeof value === "boolean") this.#word(value ? Tag.true : Tag.false, 0);
    else if (typeof value === "undefined") this.#word(Tag.undefined, 0);
    else if (typeof value === "bigint") this.#bigint(value);
    else if (typeof value === "function") this.#function(value);
    else this.#refuse("a symbol");
  }

  #number(value: number): void {
    if (this.at + 3 > this.#room) this.#grow(3);
    if ((value << 8) >> 8 === value && (value !== 0 || 1 / value > 0)) {
      this.words[this.at++] = Tag.integer | (value << 8);
      return;
    }
    floatCell[0] = value;
    this.words[this.at++] = Tag.float;
    this.words[this.at++] = wordCells[0]!;
    this.words[this.at++] = wordCells[1]!;
  }

  #string(text: string): void {
    const length = text.length;
    if (length > SHORT_STRING) return this.#longString(text);
    if (this.at + 1 + SHORT_STRING / 2 > this.#room) this.#grow(1 + SHORT_STRING / 2);
    if (length < 4 && this.#tiny(text, length)) return;
    const bytes = this.bytes;
    const at = (this.at + 1) * 4;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      all |= code;
      bytes[at + i] = code;
    }
    if (all < 256) {
      this.words[this.at] = Tag.bytes | (length << 8);
      this.at += 1 + ((length + 3) >> 2);
      return;
    }
    const units = this.#units;
    for (let i = 0; i < length; i++) units[at / 2 + i] = text.charCodeAt(i);
    this.words[this.at] = Tag.units | (length << 8);
    this.at += 1 + ((length + 1) >> 1);
  }

  #tiny(text: string, length: number): boolean {
    const a = length > 0 ? text.charCodeAt(0) : 0;
    const b = length > 1 ? text.charCodeAt(1) : 0;
    const c = length > 2 ? text.charCodeAt(2) : 0;
    if ((a | b | c) > 255) return false;
    this.words[this.at++] = (Tag.string0 + length) | (a << 8) | (b << 16) | (c << 24);
    return true;
  }

  #longString(text: string): void {
    const length = text.length;
    const ofBytes = isOfBytes(text);
    const byteLength = ofBytes ? length : length * 2;
    if (byteLength >= TAIL_FROM) {
      this.#word(ofBytes ? Tag.tailBytes : Tag.tailUnits, length);
      this.#addTail(text, byteLength);
      return;
    }
    const words = wordsFor(byteLength);
    this.#word(ofBytes ? Tag.bytes : Tag.units, length);
    if (this.at + words > this.#room) this.#grow(words);
    if (ofBytes) writeBytes(text, this.bytes, this.at * 4);
    else writeUnits(text, this.bytes, this.at * 4);
    this.at += words;
  }

  #addTail(content: string | ArrayBuffer, byteLength: number): void {
    this.hasThings = true;
    this.tail.push({ content, byteLength });
    this.tailWords += wordsFor(byteLength);
  }

  #bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      if (this.at + 3 > this.#room) this.#grow(3);
      bigintCell[0] = value;
      this.words[this.at++] = Tag.bigint64;
      this.words[this.at++] = wordCells[0]!;
      this.words[this.at++] = wordCells[1]!;
      return;
    }
    this.#word(Tag.bigint, value < 0n ? 1 : 0);
    this.#string((value < 0n ? -value : value).toString(16));
  }

  #function(value: object): void {
    const declared = declarationOf(value);
    if (declared === undefined) this.#refuse("a function");
    if (this.local) this.#foreign(value);
    else this.#word(Tag.fn, numberOf(declared));
  }

  // Objects

  /** Numbers an object, in the order in which the reader will. */
  #note(value: object): void {
    const number = this.#count++;
    if (number < FEW) {
      this.#seen[number] = value;
      return;
    }
    if (this.#index === null) {
      this.#index = new Map();
      for (let i = 0; i < FEW; i++) this.#index.set(this.#seen[i]!, i);
    }
    this.#index.set(value, number);
  }

  #numberOf(value: object): number {
    if (this.#index !== null) return this.#index.get(value) ?? -1;
    const count = this.#count;
    for (let i = 0; i < count; i++) if (this.#seen[i] === value) return i;
    return -1;
  }

  #object(value: object): void {
    const number = this.#numberOf(value);
    if (number >= 0) {
      this.mentions = true;
      return this.#word(Tag.again, number);
    }
    if (Array.isArray(value)) {
      this.#note(value);
      if (this.#depth === MOST_LEVELS) return this.#postpone(Tag.listLater, value);
      return this.#list(value);
    }
    if (value.constructor !== Object) return this.#special(value);
    const names = Object.keys(value);
    const shape = this.local ? null : shapeOf(names);
    if (shape !== null && shape.number >= 0) return this.#plain(value, names, shape.number);
    // What has a number is taken for what it seems to be. Among the rest are `arguments`, Math and such.
    if (toString.call(value) !== "[object Object]") return this.#special(value);
    this.#plain(value, names, meet(shape, names));
  }

  #plain(value: object, names: readonly string[], shape: number): void {
    if (isMoved(value)) this.#refuse(`${describe(value)}, which is not transferable,`);
    this.#note(value);
    if (this.#depth === MOST_LEVELS) this.#postpone(Tag.objectLater, value);
    else this.#members(value, names, shape);
  }

  /** Own enumerable string keys, as structured clone takes them; class instances become plain objects. */
  #members(value: object, names: readonly string[], shape: number): void {
    this.#word(shape < 0 ? Tag.object : Tag.shaped, shape < 0 ? 0 : shape);
    const depth = this.#enter(Place.member);
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      this.#keys[depth] = name;
      const member = (value as Record<string, unknown>)[name];
      // A getter may have taken it away.
      const isGone = member === undefined && !hasOwn.call(value, name);
      if (shape < 0) {
        if (isGone) continue;
        this.#string(name);
      } else if (isGone) {
        this.#word(Tag.hole, 0);
        continue;
      }
      this.#value(member);
    }
    this.#depth--;
    if (shape < 0) this.#word(Tag.end, 0);
  }

  #enter(place: Place): number {
    const depth = ++this.#depth;
    this.#places[depth] = place;
    if (depth === MOST_LEVELS) this.#deepPath = null;
    return depth;
  }

  #leave(end: number): void {
    this.#depth--;
    if (end === Tag.end) this.#word(end, 0);
  }

  #list(list: readonly unknown[]): void {
    // The only way to see in good time whether there are holes, or properties that are no elements.
    const present = Object.values(list).length;
    const length = list.length;
    if (length > 64 && present < length / 4) return this.#sparseList(list);
    const head = this.at;
    this.#word(Tag.list, length);
    const depth = this.#enter(Place.element);
    let holes = 0;
    for (let i = 0; i < length; i++) {
      const element = list[i];
      this.#keys[depth] = i;
      if (element === undefined && !(i in list)) {
        holes++;
        this.#word(Tag.hole, 0);
      } else {
        this.#value(element);
      }
    }
    if (present !== length - holes) {
      this.words[head] = (this.words[head]! & ~0xff) | Tag.listAndMore;
      this.#more(list, length, depth);
    }
    this.#leave(Tag.list);
  }

  /** What a list has beside its elements. */
  #more(list: readonly unknown[], length: number, depth: number): void {
    for (const key of Object.keys(list)) {
      if (String(Number(key) >>> 0) === key && Number(key) < length) continue;
      this.#keys[depth] = key;
      this.#string(key);
      this.#value((list as unknown as Record<string, unknown>)[key]);
    }
    this.#word(Tag.end, 0);
  }

  #sparseList(list: readonly unknown[]): void {
    this.#word(Tag.sparseList, 0);
    this.#number(list.length);
    const depth = this.#enter(Place.element);
    this.#more(list, 0, depth);
    this.#leave(Tag.list);
  }

  /** The rest: what is neither a list nor a plain object. */
  #special(value: object): void {
    const known = wellKnownNumber(value);
    if (known !== undefined) return this.#word(Tag.wellKnown, known);
    if (isShareable(value)) return this.#reference(value);
    if (value instanceof Error) return this.#error(value);
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (value instanceof Operation) this.#refuse("an Op");
    if (value instanceof Goroutine) this.#refuse("a goroutine");
    const tag = toString.call(value);
    if (isMoved(value) && !copiedAnyway.test(tag)) return this.#move(value);
    switch (tag) {
      case "[object Object]":
        return knowsToCopyItself(value) ? this.#leaf(value) : this.#instance(value);
      case "[object Map]":
        if (has(mapSize, value)) return this.#map(value as Map<unknown, unknown>);
        break;
      case "[object Set]":
        if (has(setSize, value)) return this.#set(value as Set<unknown>);
        break;
      case "[object Date]":
        return this.#date(value as Date);
      case "[object RegExp]":
        if (has(regExpSource, value)) return this.#regExp(value as RegExp);
        break;
      case "[object ArrayBuffer]":
        if (has(bufferLength, value)) return this.#buffer(value as ArrayBuffer);
        break;
      case "[object SharedArrayBuffer]":
        if (isSharedMemory(value)) return this.#reference(value);
        break;
      case "[object Error]":
        return this.#error(value as Error);
    }
    this.#rare(value);
  }

  /** Of a class of the user's, or of none. */
  #instance(value: object): void {
    const names = Object.keys(value);
    this.#plain(value, names, this.local ? -1 : meet(shapeOf(names), names));
  }

  #rare(value: object): void {
    // Of a class that names itself otherwise.
    if (value instanceof Map && has(mapSize, value)) return this.#map(value);
    if (value instanceof Set && has(setSize, value)) return this.#set(value);
    if (value instanceof Number && has(Number.prototype.valueOf, value)) return this.#boxed(value, Number(value));
    if (value instanceof String && has(String.prototype.valueOf, value)) {
      return this.#boxed(value, String.prototype.valueOf.call(value));
    }
    if (value instanceof Boolean && has(Boolean.prototype.valueOf, value)) {
      return this.#boxed(value, Boolean.prototype.valueOf.call(value));
    }
    if (value instanceof BigInt && has(BigInt.prototype.valueOf, value)) {
      return this.#boxed(value, BigInt.prototype.valueOf.call(value));
    }
    this.#leaf(value);
  }

  #boxed(value: object, primitive: unknown): void {
    this.#note(value);
    this.#word(Tag.boxed, 0);
    this.#value(primitive);
  }

  #date(value: Date): void {
    let time: number;
    try {
      time = Date.prototype.getTime.call(value);
    } catch {
      return this.#leaf(value);
    }
    this.#note(value);
    this.#word(Tag.date, 0);
    this.#number(time);
  }

  #regExp(value: RegExp): void {
    const source = regExpSource.call(value) as string;
    const flags = regExpFlags.call(value) as string;
    try {
      new RegExp(source, flags);
    } catch {
      this.#refuse(describe(value));
    }
    this.#note(value);
    this.#word(Tag.regExp, 0);
    this.#string(source);
    this.#string(flags);
  }

  #map(map: Map<unknown, unknown>): void {
    this.#note(map);
    if (this.#depth === MOST_LEVELS) return this.#postpone(Tag.mapLater, map);
    this.#entries(map);
  }

  #entries(map: Map<unknown, unknown>): void {
    const entries: unknown[] = [];
    Map.prototype.forEach.call(map, (value, key) => entries.push(key, value));
    this.#word(Tag.map, entries.length / 2);
    const depth = this.#enter(Place.key);
    for (let i = 0; i < entries.length; i += 2) {
      this.#keys[depth] = i / 2;
      this.#places[depth] = Place.key;
      this.#value(entries[i]);
      this.#places[depth] = Place.value;
      this.#value(entries[i + 1]);
    }
    this.#leave(Tag.map);
  }

  #set(set: Set<unknown>): void {
    this.#note(set);
    if (this.#depth === MOST_LEVELS) return this.#postpone(Tag.setLater, set);
    this.#setMembers(set);
  }

  #setMembers(set: Set<unknown>): void {
    const members: unknown[] = [];
    Set.prototype.forEach.call(set, (member) => members.push(member));
    this.#word(Tag.set, members.length);
    const depth = this.#enter(Place.setMember);
    for (let i = 0; i < members.length; i++) {
      this.#keys[depth] = i;
      this.#value(members[i]);
    }
    this.#leave(Tag.set);
  }

  #error(error: Error): void {
    const { stack } = error;
    const message = String(error.message);
    const name = String(error.name);
    this.#note(error);
    const isLater = this.#depth === MOST_LEVELS;
    this.#word(isLater ? Tag.errorLater : Tag.error, errorClass(error));
    this.#string(message);
    this.#value(typeof stack === "string" ? stack : undefined);
    this.#string(name);
    if (isLater) this.#keep(error);
    else this.#errorMembers(error);
  }

  #errorMembers(error: Error): void {
    const members = error as unknown as Record<string, unknown>;
    const depth = this.#enter(Place.member);
    for (const key of hiddenMembers) {
      const isThere = key === "cause" ? key in error : hasOwn.call(error, key) && !isEnumerable.call(error, key);
      if (!isThere) continue;
      this.#keys[depth] = key;
      this.#string(key);
      this.#value(members[key]);
    }
    this.#word(Tag.end, 0);
    for (const key of Object.keys(error)) {
      if (key === "cause" || key === "message" || key === "stack" || key === "name") continue;
      this.#keys[depth] = key;
      this.#string(key);
      this.#value(members[key]);
    }
    this.#leave(Tag.end);
  }

  // Containers far below

  #postpone(tag: number, value: object): void {
    this.#word(tag, 0);
    this.#keep(value);
  }

  #keep(value: object): void {
    this.#deepPath ??= this.#pathTo(MOST_LEVELS - 1);
    const key = this.#keys[MOST_LEVELS]!;
    this.#later.push({ value, path: this.#deepPath, key, place: this.#places[MOST_LEVELS]! });
  }

  #writeLater(): void {
    for (let i = 0; i < this.#later.length; i++) {
      const { value, path, key, place } = this.#later[i]!;
      this.#path = path;
      // The way goes on from the container above, so that what comes next can be told from it.
      this.#depth = 1;
      this.#keys[1] = key;
      this.#places[1] = place;
      if (Array.isArray(value)) this.#list(value);
      else if (value instanceof Error || toString.call(value) === "[object Error]") this.#errorMembers(value as Error);
      else if (has(mapSize, value)) this.#entries(value as Map<unknown, unknown>);
      else if (has(setSize, value)) this.#setMembers(value as Set<unknown>);
      else this.#members(value, Object.keys(value), -1);
      this.#depth = 0;
    }
    this.#later = [];
  }

  // Buffers

  #buffer(buffer: ArrayBuffer): void {
    if (isDetached(buffer)) this.#refuse(describe(buffer));
    if (isMoved(buffer)) {
      if (this.local) return this.#move(buffer);
      this.hasThings = true;
      this.moved.push({ value: buffer, path: this.#here(), foreign: -1 });
    }
    this.#note(buffer);
    const byteLength = buffer.byteLength;
    const greatest = greatestLength(buffer);
    if (greatest < 0 && byteLength < TAIL_FROM) {
      this.#bytesOf(new Uint8Array(buffer));
      return;
    }
    this.#word(Tag.tailBuffer, 0);
    this.#number(byteLength);
    this.#number(greatest);
    this.#addTail(buffer, byteLength);
  }

  #bytesOf(bytes: Uint8Array): void {
    const words = wordsFor(bytes.length);
    this.#word(Tag.buffer, bytes.length);
    if (this.at + words > this.#room) this.#grow(words);
    this.bytes.set(bytes, this.at * 4);
    this.at += words;
  }

  #view(given: ArrayBufferView): void {
    const number = viewClassOf(given);
    if (isMoved(given) && !isSharedMemory(given.buffer)) move(given.buffer);
    const view = this.#isWindow(given) ? new Uint8Array(given) : given;
    let offset: number;
    let length: number;
    try {
      offset = view.byteOffset;
      length = number === 0 ? view.byteLength : (view as Uint8Array).length;
    } catch {
      this.#refuse(describe(view)); // A DataView that is out of bounds.
    }
    this.#word(Tag.view, number | (tracksLength(view, number) ? VIEW_TRACKS : 0));
    this.#object(view.buffer);
    this.#number(offset);
    this.#number(length);
    this.#note(given);
  }

  /** A small Buffer of Node's lies in a pool, with others that have nothing to do with it: the pool stays here. */
  #isWindow(view: ArrayBufferView): view is Uint8Array {
    const { buffer } = view;
    if (!isPlatformBuffer(view) || isSharedMemory(buffer) || isMoved(buffer)) return false;
    return view.byteLength < buffer.byteLength && buffer.byteLength <= LARGEST_POOL && this.#numberOf(buffer) < 0;
  }

  // What is not copied by us: shared things, what only the platform knows how to copy, and what moves

  #reference(value: Shareable): void {
    this.#note(value);
    this.#word(Tag.reference, this.references.length);
    this.hasThings = true;
    this.references.push(value);
  }

  #leaf(value: object): void {
    let clone: unknown;
    try {
      clone = structuredClone(value);
    } catch {
      this.#refuse(describe(value));
    }
    this.#note(value);
    if (Object.getPrototypeOf(clone) === Object.prototype) {
      if (this.#depth === MOST_LEVELS) this.#postpone(Tag.objectLater, clone as object);
      else this.#members(clone as object, Object.keys(clone as object), -1);
      return;
    }
    this.#word(Tag.foreign, this.foreign.length);
    this.hasThings = true;
    this.foreign.push(clone);
  }

  #move(value: object): void {
    this.moved.push({ value, path: this.#here(), foreign: this.foreign.length });
    this.#foreign(value);
  }

  #foreign(value: object): void {
    this.#note(value);
    this.#word(Tag.foreign, this.foreign.length);
    this.hasThings = true;
    this.foreign.push(value);
  }

  // Messages

  #refuse(what: string): never {
    return cannotSend(this.#here(), what);
  }

  #here(): string {
    return this.#pathTo(this.#depth);
  }

  #pathTo(depth: number): string {
    let path = this.#path;
    for (let i = 1; i <= depth; i++) path += step(this.#keys[i]!, this.#places[i]!);
    return path;
  }
}
