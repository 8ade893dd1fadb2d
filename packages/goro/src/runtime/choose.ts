// Every free choice of the runtime comes from here.

import { Random } from "../ds/random.js";

const random = new Random();

/** A whole number from 0 to n - 1. */
export function choose(n: number): number {
  return random.below(n);
}

/** 0 or 1. */
export function flip(): number {
  return random.next() >>> 31;
}
