// What every adapter in peers/ needs. Depends on no peer.

export const now = () => performance.now();

/** Every workload verifies its computed answer through this. */
export function check(ok, what) {
  if (!ok) throw new Error("wrong result: " + what);
}

/** Seeded random numbers, so that every peer, and Go, sees the same sequence of sleeps. */
export function mulberry32(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** 0 + 1 + ... + n-1 */
export const sumTo = (n) => (n * (n - 1)) / 2;

/** The k-th prime, for the sizes that the sieve is run with. */
export const nthPrime = (k) => ({ 200: 1223, 1000: 7919 })[k];

/** Goroutines that share a channel where very many are parked: some peers allow 1,024 waiters on one. */
export const GROUP = 1000;

// For peers with threads

export const PRIMES_BELOW_2M = 148_933;
const PRIMES_LIMIT = 2_000_000;
const PRIMES_TASKS = 64;

/** [from, to) of each task of par_cpu. */
export const primeRanges = () =>
  Array.from({ length: PRIMES_TASKS }, (_, i) => [
    (i * PRIMES_LIMIT) / PRIMES_TASKS,
    ((i + 1) * PRIMES_LIMIT) / PRIMES_TASKS,
  ]);

export function countPrimes(from, to) {
  let count = 0;
  for (let n = from; n < to; n++) if (isPrime(n)) count++;
  return count;
}

function isPrime(n) {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

/** What xchan_obj sends. */
export const smallObject = (i) => ({ id: i, name: "item-" + i, tags: ["alpha", "beta", "t" + (i & 7)] });

/** Two words that all threads see: the busy one writes the first when it has begun, and ends when the second is written. */
export const flags = () => new Int32Array(new SharedArrayBuffer(8));
export function keepBusy(flags) {
  Atomics.store(flags, 0, 1);
  while (Atomics.load(flags, 1) === 0);
}

/** The numbers from 0, one at a time. */
export function* range(n) {
  for (let i = 0; i < n; i++) yield i;
}
