// What the detector keeps with an object: the places in it. It hangs in a private field of the object itself, put there from
// outside: nothing the program can do shows it, it goes when the object goes, and finding it is one load, where a WeakMap of
// a million objects would hash each time and be walked by every collection.
import type { Place } from "./place.js";

interface Stamping {
  new (object: object): object;
}

/** A class whose constructor returns what it is given: a field of a class below it lands on that. */
const Given = function (object: object): object {
  return object;
} as unknown as Stamping;

export interface Hidden<S> {
  get(object: object): S | undefined;
  set(object: object, shadow: S): S;
}

/** A private field for any object. */
export function hidden<S>(): Hidden<S> {
  /** Of objects that take no further fields, as engines to come may have them. */
  const others = new WeakMap<object, S>();
  class Stamp extends Given {
    #shadow: S;

    constructor(object: object, shadow: S) {
      super(object);
      this.#shadow = shadow;
    }
    static get(object: object): S | undefined {
      return #shadow in object ? object.#shadow : others.get(object);
    }
    static replace(object: object, shadow: S): boolean {
      if (!(#shadow in object)) return false;
      object.#shadow = shadow;
      return true;
    }
  }
  return {
    get: Stamp.get,
    set(object, shadow) {
      if (Stamp.replace(object, shadow)) return shadow;
      try {
        new Stamp(object, shadow);
      } catch {
        others.set(object, shadow);
      }
      return shadow;
    },
  };
}

/** What is known of a key: a place, or no place at all (an accessor). */
export type Known = Place | null;

/** No key. */
const none = Symbol("none");

/** The places of an object by key. The first few stand in fields: most objects have no more, and arrays would grow by 17. */
export class Places {
  #key0: unknown = none;
  #key1: unknown = none;
  #key2: unknown = none;
  #key3: unknown = none;
  #place0: Known = null;
  #place1: Known = null;
  #place2: Known = null;
  #place3: Known = null;
  #more: Map<unknown, Known> | null = null;

  get(key: unknown): Known | undefined {
    if (key === this.#key0) return this.#place0;
    if (key === this.#key1) return this.#place1;
    if (key === this.#key2) return this.#place2;
    if (key === this.#key3) return this.#place3;
    return this.#more === null ? undefined : this.#more.get(key);
  }

  set(key: unknown, place: Known): void {
    if (this.#key0 === none || this.#key0 === key) {
      this.#key0 = key;
      this.#place0 = place;
    } else if (this.#key1 === none || this.#key1 === key) {
      this.#key1 = key;
      this.#place1 = place;
    } else if (this.#key2 === none || this.#key2 === key) {
      this.#key2 = key;
      this.#place2 = place;
    } else if (this.#key3 === none || this.#key3 === key) {
      this.#key3 = key;
      this.#place3 = place;
    } else (this.#more ??= new Map<unknown, Known>()).set(key, place);
  }
}
