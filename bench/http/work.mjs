// The CPU-heavy route: how many primes there are below n, by trial division.
export function countPrimes(n) {
  let count = 0;
  for (let i = 2; i < n; i++) {
    let isPrime = true;
    for (let d = 2; d * d <= i; d++) {
      if (i % d === 0) {
        isPrime = false;
        break;
      }
    }
    if (isPrime) count++;
  }
  return count;
}

export const LIMIT = 150_000;
export const HELLO = "Hello, World!";
