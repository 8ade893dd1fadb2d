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
