// The tasks of the pools that take named exports: piscina and tinypool. The others' worker files use these too.
import { countPrimes, keepBusy, smallObject } from "../../lib/adapter.mjs";

export const noop = () => 0;
export const primes = ([from, to]) => countPrimes(from, to);
export const busy = (flags) => (keepBusy(flags), 0);

/** Hands n numbers, or small objects, to `emit`. */
export const emitNumbers = (n, emit) => {
  for (let i = 0; i < n; i++) emit(i);
};
export const emitObjects = (n, emit) => {
  for (let i = 0; i < n; i++) emit(smallObject(i));
};
