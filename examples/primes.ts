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

function* inOneGo() {
  return yield* countPrimes(0, LIMIT);
}

function* split() {
  const parts: Goroutine<number>[] = [];
  for (let from = 0; from < LIMIT; from += SPAN) parts.push(go(countPrimes, from, from + SPAN));
  let total = 0;
  for (const part of parts) {
    const count = yield* part.join();
    total += count;
  }
  return total;
}

main(function* () {
  const whole = { name: "in one go", run: inOneGo, primes: 0, ms: Infinity };
  const parts = { name: `${LIMIT / SPAN} goroutines`, run: split, primes: 0, ms: Infinity };
  // By turns, and the better of two: the first time round the compiler is still at work.
  for (let round = 0; round < 2; round++) {
    for (const way of [whole, parts]) {
      const t0 = performance.now();
      way.primes = yield* way.run();
      way.ms = Math.min(way.ms, performance.now() - t0);
    }
  }
  for (const way of [whole, parts]) {
    console.log(`${way.name}: ${way.primes} primes below ${LIMIT} in ${way.ms.toFixed(0)} ms`);
  }
  const speedUp = (whole.ms / parts.ms).toFixed(2);
  console.log(`speed-up: ${speedUp} (gomaxprocs ${gomaxprocs()}, of which this version uses 1)`);
});
