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

/** Up to so many keys are looked for one by one. */
const FEW = 8;

/** The places of an object by key. Small objects have two small arrays. */
export class Places {
  readonly #keys: unknown[] = [];
  readonly #places: Known[] = [];
  #index: Map<unknown, number> | null = null;

  get(key: unknown): Known | undefined {
    if (this.#index === null) {
      const keys = this.#keys;
      for (let i = 0; i < keys.length; i++) if (keys[i] === key) return this.#places[i];
      return undefined;
    }
    const i = this.#index.get(key);
    return i === undefined ? undefined : this.#places[i];
  }

  set(key: unknown, place: Known): void {
    const known = this.#index === null ? this.#keys.indexOf(key) : (this.#index.get(key) ?? -1);
    if (known >= 0) {
      this.#places[known] = place;
      return;
    }
    const i = this.#keys.push(key) - 1;
    this.#places.push(place);
    if (this.#index !== null) this.#index.set(key, i);
    else if (i >= FEW) this.#index = new Map(this.#keys.map((k, at) => [k, at]));
  }
}
