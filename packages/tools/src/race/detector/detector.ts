// The detector: hears of every access (accesses.ts) and of every order between threads (sync.ts), and tells of each pair of
// accesses to one place, at least one of them a write, that no order holds. FastTrack, with each thread a goroutine or
// whatever else runs in an order of its own. Go: runtime/race, ThreadSanitizer
//
// What ran first says nothing: on one core goroutines switch only where they block, and which of them is next is the
// scheduler's affair, which no program may build on.
import { types } from "node:util";
import { Size, type Accesses, type AsyncCall, type Cell, type Site } from "../accesses.js";
import { hasKey, locate } from "../operations/locations.js";
import { frame } from "../operations/stack.js";
import type { OnRace } from "./access.js";
import { Bytes, DENSE, Elements } from "./elements.js";
import { Place, SizePlace } from "./place.js";
import { hidden, Places, type Known } from "./shadow.js";
import type { Thread } from "./thread.js";

export interface Hooks {
  /** The thread that runs now. */
  running(): Thread;
  onRace: OnRace;
  /** Is it one of the library's own, in which there are no places of the program? */
  isLibrary(object: object): boolean;
  asyncEnter(site: Site): AsyncCall;
  asyncAwait(call: AsyncCall, awaited: unknown, site: Site): void;
  asyncResume(call: AsyncCall, site: Site): void;
  asyncExit(call: AsyncCall): void;
}

/** What is kept with an object. */
class Shadow {
  readonly places = new Places();
  size: SizePlace | null = null;
}

class ArrayShadow extends Shadow {
  readonly elements: Elements;

  constructor(array: readonly unknown[]) {
    super();
    this.elements = new Elements(array);
  }
}

class BufferShadow extends Shadow {
  readonly bytes: Bytes = new Bytes(8);
}

/** A Map, Set, WeakMap or WeakSet: its entries are no properties. */
class EntriesShadow extends Shadow {
  readonly entries = new Places();
  readonly weakEntries = new WeakMap<object, Place>();
}

const shadows = hidden<Shadow>();

function shadowOf(object: object): Shadow {
  return shadows.get(object) ?? shadows.set(object, makeShadow(object));
}

const isView = ArrayBuffer.isView.bind(ArrayBuffer);
const isArray = Array.isArray.bind(Array);

/** By what it is, not by what it says: asking a proxy would run code. */
function makeShadow(object: object): Shadow {
  if (types.isProxy(object)) return new Shadow();
  if (isArray(object)) return new ArrayShadow(object);
  if (types.isAnyArrayBuffer(object)) return new BufferShadow();
  if (types.isMap(object) || types.isSet(object)) return new EntriesShadow();
  if (types.isWeakMap(object) || types.isWeakSet(object)) return new EntriesShadow();
  return new Shadow();
}

/** "1" and 1 are one key. */
function canonical(key: PropertyKey): PropertyKey {
  if (typeof key !== "string") return key;
  const first = key.charCodeAt(0);
  if (first < 48 || first > 57) return key;
  const n = Number(key);
  return String(n) === key ? n : key;
}

const nan = Symbol("NaN");
const entryKey = (key: unknown): unknown => (key !== key ? nan : key);

const isWeakKey = (key: unknown): key is object =>
  (typeof key === "object" && key !== null) || typeof key === "function";

export function makeDetector(hooks: Hooks): Accesses {
  const { onRace } = hooks;

  function sizeOf(shadow: Shadow): SizePlace {
    return (shadow.size ??= new SizePlace());
  }

  function placeOf(shadow: Shadow, object: object, key: PropertyKey): Known {
    const known = shadow.places.get(key);
    if (known !== undefined) return known;
    const at = !hooks.isLibrary(object) && locate(object, typeof key === "number" ? String(key) : key);
    const place = at === true ? new Place() : at === false ? null : (at as Place);
    shadow.places.set(key, place);
    return place;
  }

  function entryOf(shadow: EntriesShadow, map: object, key: unknown): Place {
    const isWeak = isWeakKey(key) && (types.isWeakMap(map) || types.isWeakSet(map));
    const exact = entryKey(key);
    const known = isWeak ? shadow.weakEntries.get(key) : shadow.entries.get(exact);
    if (known !== undefined && known !== null) return known;
    const place = new Place();
    if (isWeak) shadow.weakEntries.set(key, place);
    else shadow.entries.set(exact, place);
    return place;
  }

  /** The element `key` of a typed array, as bytes of its buffer. */
  function element(view: ArrayBufferView, key: number, site: Site, isWrite: boolean): void {
    const size = (view as Uint8Array).BYTES_PER_ELEMENT;
    bytes(view.buffer, view.byteOffset, key * size, (key + 1) * size, size, site, isWrite);
  }

  function bytes(
    buffer: ArrayBufferLike,
    offset: number,
    from: number,
    to: number,
    size: number,
    site: Site,
    isWrite: boolean,
  ): void {
    const shadow = shadowOf(buffer) as BufferShadow;
    shadow.bytes.unitFor(size, offset);
    const thread = hooks.running();
    if (isWrite) shadow.bytes.write(offset + from, offset + to, thread, frame, site, onRace);
    else shadow.bytes.read(offset + from, offset + to, thread, frame, site, onRace);
  }

  function range(object: object, from: number, to: number, site: Site, isWrite: boolean): void {
    if (from >= to) return;
    if (isView(object)) {
      const size = object instanceof DataView ? 1 : (object as Uint8Array).BYTES_PER_ELEMENT;
      return bytes(object.buffer, object.byteOffset, from * size, to * size, size, site, isWrite);
    }
    const shadow = shadowOf(object);
    if (shadow instanceof BufferShadow) {
      return bytes(object as ArrayBuffer, 0, from, to, 1, site, isWrite);
    }
    if (shadow instanceof ArrayShadow) {
      const thread = hooks.running();
      for (let i = from; i < to; i++) {
        if (isWrite) shadow.elements.write(i, thread, frame, site, onRace);
        else shadow.elements.read(i, thread, frame, site, onRace);
      }
      return;
    }
    for (let i = from; i < to; i++) {
      if (isWrite) write(object, i, site);
      else read(object, i, site);
    }
  }

  function read(object: object, written: PropertyKey, site: Site): void {
    const key = canonical(written);
    if (typeof key === "number" && isView(object)) {
      if (key < (object as Uint8Array).length) element(object, key, site, false);
      return;
    }
    const shadow = shadowOf(object);
    const thread = hooks.running();
    if (typeof key === "number" && shadow instanceof ArrayShadow && key >= 0 && key < DENSE) {
      return shadow.elements.read(key, thread, frame, site, onRace);
    }
    if (key === Size) return sizeOf(shadow).read(thread, frame, site, onRace);
    placeOf(shadow, object, key)?.read(thread, frame, site, onRace);
  }

  function write(object: object, written: PropertyKey, site: Site): void {
    const key = canonical(written);
    if (typeof key === "number" && isView(object)) {
      if (key < (object as Uint8Array).length) element(object, key, site, true);
      return;
    }
    const shadow = shadowOf(object);
    const thread = hooks.running();
    if (typeof key === "number" && shadow instanceof ArrayShadow && key >= 0 && key < DENSE) {
      if (key >= (object as unknown[]).length) {
        placeOf(shadow, object, "length")?.write(thread, frame, site, onRace);
        sizeOf(shadow).insert(thread, frame, site, onRace);
      }
      return shadow.elements.write(key, thread, frame, site, onRace);
    }
    if (key === Size) return sizeOf(shadow).write(thread, frame, site, onRace);
    const place = placeOf(shadow, object, key);
    if (place === null) return;
    if (!place.isThere) {
      place.isThere = true;
      if (!hasKey(object, key)) sizeOf(shadow).insert(thread, frame, site, onRace);
    }
    place.write(thread, frame, site, onRace);
  }

  return {
    variable: (): Cell => new Place(),
    readVariable(cell, site) {
      (cell as Place).read(hooks.running(), frame, site, onRace);
    },
    writeVariable(cell, site) {
      (cell as Place).write(hooks.running(), frame, site, onRace);
    },
    read,
    write,
    forget(object, written) {
      const shadow = shadowOf(object);
      const key = canonical(written);
      const known = shadow.places.get(key);
      if (known === undefined) return;
      // A place goes on being one: what has been done to it is not undone. Code may become a place.
      if (known === null) shadow.places.set(key, new Place());
      else known.isThere = false;
    },
    readEntry(map, key, site) {
      entryOf(shadowOf(map) as EntriesShadow, map, key).read(hooks.running(), frame, site, onRace);
    },
    writeEntry(map, key, site) {
      entryOf(shadowOf(map) as EntriesShadow, map, key).write(hooks.running(), frame, site, onRace);
    },
    readRange: (object, from, to, site) => range(object, from, to, site, false),
    writeRange: (object, from, to, site) => range(object, from, to, site, true),
    insertSize(object, site) {
      sizeOf(shadowOf(object)).insert(hooks.running(), frame, site, onRace);
    },
    asyncEnter: hooks.asyncEnter,
    asyncAwait: hooks.asyncAwait,
    asyncResume: hooks.asyncResume,
    asyncExit: hooks.asyncExit,
  };
}
