// The function that goro's server runs on any core.
import { parallel } from "goro";
import { countPrimes, LIMIT } from "../work.mjs";

export const primes = parallel(import.meta.url, function* primes() {
  return countPrimes(LIMIT);
});
