// Which numbers below 2,000,000 are prime? First in one go, then split over `parallel` goroutines, with the speed-up measured.
// In this version of goro parallel functions all run on one core, so it comes out at about 1; the program needs no change.
import { go, main, parallel, type Goroutine } from "goro";
import { gomaxprocs } from "goro/runtime";

const LIMIT = 2_000_000;
const SPAN = 50_000;

const countPrimes = parallel(import.meta.url, function* countPrimes(from: number, to: number) {
  let count = 0;
  for (let n = from; n < to; n++) if (isPrime(n)) count++;
  return count;
});

function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

main(function* () {
  yield* countPrimes(0, SPAN); // let the compiler see it once, so that both measurements are of compiled code

  let t0 = performance.now();
  const sequential = yield* countPrimes(0, LIMIT);
  const sequentialMs = performance.now() - t0;
  console.log(`in one go:     ${sequential} primes below ${LIMIT} in ${sequentialMs.toFixed(0)} ms`);

  t0 = performance.now();
  const parts: Goroutine<number>[] = [];
  for (let from = 0; from < LIMIT; from += SPAN) parts.push(go(countPrimes, from, from + SPAN));
  let concurrent = 0;
  for (const part of parts) {
    const count = yield* part.join();
    concurrent += count;
  }
  const concurrentMs = performance.now() - t0;
  console.log(`${parts.length} goroutines: ${concurrent} primes below ${LIMIT} in ${concurrentMs.toFixed(0)} ms`);

  console.log(
    `speed-up: ${(sequentialMs / concurrentMs).toFixed(2)} (gomaxprocs ${gomaxprocs()}, of which this version uses 1)`,
  );
});
