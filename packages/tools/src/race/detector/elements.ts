// The elements of an array, or the bytes of a buffer, as places: two references each, in two arrays in step with it.
//
// A buffer is counted in units of the smallest elements through which it has been seen: views of other types and at other
// offsets meet there. Where smaller ones turn up, each unit becomes several that remember the same.
import type { Site } from "../accesses.js";
import type { Frame } from "../operations/stack.js";
import type { Accessed, OnRace } from "./access.js";
import { readAfter, readsLeft, writeAfter } from "./place.js";
import type { Thread } from "./thread.js";

/** Arrays with an element beyond this are as good as objects. */
export const DENSE = 2 ** 26;

export class Elements {
  readonly #writes: Accessed[] = [];
  readonly #reads: Accessed[] = [];
  /** What they are the elements of, where that says how many to expect. */
  readonly #of: { readonly length: number } | null;

  constructor(of: { readonly length: number } | null = null) {
    this.#of = of;
  }

  /** Both lists are as long as the last that was touched needs: holes would make them dictionaries. */
  #reach(end: number): void {
    const writes = this.#writes;
    const reads = this.#reads;
    const expected = Math.min(this.#of?.length ?? 0, DENSE);
    for (let i = writes.length; i < end || i < expected; i++) {
      writes.push(null);
      reads.push(null);
    }
  }

  read(i: number, thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    if (i >= this.#reads.length) this.#reach(i + 1);
    const reads = this.#reads[i]!;
    if (reads !== null && reads.thread === thread && reads.time === thread.time) return;
    this.#reads[i] = readAfter(this.#writes[i]!, reads, thread, frame, site, onRace);
  }

  write(i: number, thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    if (i >= this.#writes.length) this.#reach(i + 1);
    const writes = this.#writes[i]!;
    const reads = this.#reads[i]!;
    if (writes !== null && writes.thread === thread && writes.time === thread.time) {
      if (reads === null || reads.thread === thread) return;
    }
    this.#writes[i] = writeAfter(writes, reads, thread, frame, site, onRace);
    this.#reads[i] = readsLeft;
  }

  /** Each becomes `times` that remember the same. */
  split(times: number): Elements {
    const split = new Elements();
    for (let i = 0; i < this.#writes.length; i++) {
      for (let k = 0; k < times; k++) {
        split.#writes.push(this.#writes[i]!);
        split.#reads.push(this.#reads[i]!);
      }
    }
    return split;
  }
}

export class Bytes {
  #unit: number;
  #elements = new Elements();

  constructor(unit: number) {
    this.#unit = unit;
  }

  /** How many bytes a unit has, now that there are elements of this size. */
  unitFor(size: number, offset: number): number {
    let unit = this.#unit;
    while (size % unit !== 0 || offset % unit !== 0) unit /= 2;
    if (unit < this.#unit) {
      this.#elements = this.#elements.split(this.#unit / unit);
      this.#unit = unit;
    }
    return unit;
  }

  read(from: number, to: number, thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    const unit = this.#unit;
    for (let i = from / unit; i < to / unit; i++) this.#elements.read(i, thread, frame, site, onRace);
  }

  write(from: number, to: number, thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    const unit = this.#unit;
    for (let i = from / unit; i < to / unit; i++) this.#elements.write(i, thread, frame, site, onRace);
  }
}
