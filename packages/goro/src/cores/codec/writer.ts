// Writes values into words, in one walk that changes nothing but memory of its own. What the walk meets of things that are
// not copied (shared things, platform objects, buffers that move) it lists, for codec.ts to do the rest when all has gone well.
//
// Members are read as structuredClone reads them, so the walk may call getters, which may do anything: write other values
// (with another writer), or change what is being walked.

import { isShareable, type shareable, type ShareKind } from "../../ds/shareable.js";
import { Goroutine } from "../../runtime/goroutine.js";
import { Operation } from "../../runtime/operation.js";
import { declarationOf, numberOf } from "../functions.js";
import { refusalOf } from "../handles.js";
import { isMoved, move } from "../move.js";
import {
  bufferLength,
  has,
  isPlatformBuffer,
  isSharedMemory,
  knowsToCopyItself,
  mapSize,
  regExpFlags,
  regExpSource,
  setSize,
} from "./brands.js";
import { greatestLength, isDetached, tracksLength, viewClassOf } from "./buffers.js";
import { errorClass, hiddenMembers } from "./errors.js";
import { MOST_LEVELS, Tag as AllTags, TAIL_FROM, VIEW_TRACKS, wordsFor } from "./format.js";
import { Place, step } from "./place.js";
import { cannotSend, describe } from "./refusal.js";
import { meet, shapeOf } from "./shapes.js";
import { wellKnownNumber } from "./well-known.js";
import { Words } from "./words.js";

/** What a reference is had of: see handles.ts. */
export type Shareable = SharedArrayBuffer | { readonly [shareable]: ShareKind };

/** What moves, and where it stood. */
export interface Moved {
  readonly value: object;
  readonly path: string;
  /** Its place among what is foreign, or -1 for a buffer, whose bytes go with the words. */
  readonly foreign: number;
}

/** A container whose members come later. */
interface Later {
  readonly value: object;
  readonly path: string;
  readonly key: string | number;
  readonly place: Place;
}

/** A constant of this module is one for the compiler too; what is imported is not. */
const Tag = AllTags;

/** So many objects are looked for one by one; more go into a map. */
const FEW = 12;

const hasOwn = Object.prototype.hasOwnProperty;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const toString = Object.prototype.toString;
/** What #view and #buffer move themselves. */
const movedLater = /ArrayBuffer/;

/** Node's pools are smaller. */
const LARGEST_POOL = 1 << 17;

export class Writer extends Words {
  /** Whether there is something in the lists below. */
  hasThings = false;
  /** How many words the block has: see block.ts. */
  blockWords = 0;
  /** Whether an object has been mentioned again: whether the reader has to number them. */
  mentions = false;

  /** Shared things, and memory that the user shares. */
  readonly references: Shareable[] = [];
  /** Clones of platform objects, and such as move. */
  readonly foreign: unknown[] = [];
  readonly moved: Moved[] = [];

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
    this.clearWords();
    this.#depth = 0;
    this.mentions = false;
    const seen = this.#seen;
    const known = Math.min(this.#count, FEW);
    for (let i = 0; i < known; i++) seen[i] = null;
    this.#count = 0;
    this.#index = null;
    this.#deepPath = null;
    if (this.#later.length > 0) this.#later = [];
    if (this.hasThings) this.#clearThings();
  }

  #clearThings(): void {
    this.hasThings = false;
    this.references.length = 0;
    this.foreign.length = 0;
    this.moved.length = 0;
  }

  // Values without an identity

  #value(value: unknown): void {
    // No switch: the compiler knows these comparisons.
    if (typeof value === "string") this.string(value);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "object") {
      if (value === null) this.word(Tag.null, 0);
      else this.#object(value);
    } else if (typeof value === "boolean") this.word(value ? Tag.true : Tag.false, 0);
    else if (typeof value === "undefined") this.word(Tag.undefined, 0);
    else if (typeof value === "bigint") this.bigint(value);
    else if (typeof value === "function") this.#function(value);
    else this.#refuse("a symbol");
  }

  #function(value: object): void {
    const declared = declarationOf(value);
    if (declared === undefined) this.#refuse("a function");
    if (this.local) this.#foreign(value);
    else this.word(Tag.fn, numberOf(declared));
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
      return this.word(Tag.again, number);
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
    this.word(shape < 0 ? Tag.object : Tag.shaped, shape < 0 ? 0 : shape);
    const depth = this.#enter(Place.member);
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      this.#keys[depth] = name;
      const member = (value as Record<string, unknown>)[name];
      // A getter may have taken it away.
      const isGone = member === undefined && !hasOwn.call(value, name);
      if (shape < 0) {
        if (isGone) continue;
        this.string(name);
      } else if (isGone) {
        this.word(Tag.hole, 0);
        continue;
      }
      this.#value(member);
    }
    this.#depth--;
    if (shape < 0) this.word(Tag.end, 0);
  }

  #enter(place: Place): number {
    const depth = ++this.#depth;
    this.#places[depth] = place;
    if (depth === MOST_LEVELS) this.#deepPath = null;
    return depth;
  }

  #leave(end: number): void {
    this.#depth--;
    if (end === Tag.end) this.word(end, 0);
  }

  #list(list: readonly unknown[]): void {
    // The only way to see in good time whether there are holes, or properties that are no elements.
    const present = Object.values(list).length;
    const length = list.length;
    if (length > 64 && present < length / 4) return this.#sparseList(list);
    const head = this.at;
    this.word(Tag.list, length);
    const depth = this.#enter(Place.element);
    let holes = 0;
    for (let i = 0; i < length; i++) {
      const element = list[i];
      this.#keys[depth] = i;
      if (element === undefined && !(i in list)) {
        holes++;
        this.word(Tag.hole, 0);
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
      this.string(key);
      this.#value((list as unknown as Record<string, unknown>)[key]);
    }
    this.word(Tag.end, 0);
  }

  #sparseList(list: readonly unknown[]): void {
    this.word(Tag.sparseList, 0);
    this.number(list.length);
    const depth = this.#enter(Place.element);
    this.#more(list, 0, depth);
    this.#leave(Tag.list);
  }

  /** The rest: what is neither a list nor a plain object. */
  #special(value: object): void {
    const known = wellKnownNumber(value);
    if (known !== undefined) return this.word(Tag.wellKnown, known);
    if (isShareable(value)) return this.#reference(value);
    if (value instanceof Error) return isMoved(value) ? this.#move(value) : this.#error(value);
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (value instanceof Operation) this.#refuse("an Op");
    if (value instanceof Goroutine) this.#refuse("a goroutine");
    const tag = toString.call(value);
    if (isMoved(value) && !movedLater.test(tag)) return this.#move(value);
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
    this.word(Tag.boxed, 0);
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
    this.word(Tag.date, 0);
    this.number(time);
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
    this.word(Tag.regExp, 0);
    this.string(source);
    this.string(flags);
  }

  #map(map: Map<unknown, unknown>): void {
    this.#note(map);
    if (this.#depth === MOST_LEVELS) return this.#postpone(Tag.mapLater, map);
    this.#entries(map);
  }

  #entries(map: Map<unknown, unknown>): void {
    const entries: unknown[] = [];
    Map.prototype.forEach.call(map, (value, key) => entries.push(key, value));
    this.word(Tag.map, entries.length / 2);
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
    this.word(Tag.set, members.length);
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
    this.word(isLater ? Tag.errorLater : Tag.error, errorClass(error));
    this.string(message);
    this.#value(typeof stack === "string" ? stack : undefined);
    this.string(name);
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
      this.string(key);
      this.#value(members[key]);
    }
    this.word(Tag.end, 0);
    for (const key of Object.keys(error)) {
      if (key === "cause" || key === "message" || key === "stack" || key === "name") continue;
      this.#keys[depth] = key;
      this.string(key);
      this.#value(members[key]);
    }
    this.#leave(Tag.end);
  }

  // Containers far below

  #postpone(tag: number, value: object): void {
    this.word(tag, 0);
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
    this.word(Tag.tailBuffer, 0);
    this.number(byteLength);
    this.number(greatest);
    this.addTail(buffer, byteLength);
  }

  #bytesOf(bytes: Uint8Array): void {
    const words = wordsFor(bytes.length);
    this.word(Tag.buffer, bytes.length);
    this.reserve(words);
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
    this.word(Tag.view, number | (tracksLength(view, number) ? VIEW_TRACKS : 0));
    this.#object(view.buffer);
    this.number(offset);
    this.number(length);
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
    const refusal = isShareable(value) ? refusalOf(value) : undefined;
    if (refusal !== undefined) this.#refuse(refusal.what, refusal.advice);
    this.#note(value);
    this.word(Tag.reference, this.references.length);
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
    this.word(Tag.foreign, this.foreign.length);
    this.hasThings = true;
    this.foreign.push(clone);
  }

  #move(value: object): void {
    this.moved.push({ value, path: this.#here(), foreign: this.foreign.length });
    this.#foreign(value);
  }

  #foreign(value: object): void {
    this.#note(value);
    this.word(Tag.foreign, this.foreign.length);
    this.hasThings = true;
    this.foreign.push(value);
  }

  // Messages

  #refuse(what: string, advice?: string): never {
    return cannotSend(this.#here(), what, advice);
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
