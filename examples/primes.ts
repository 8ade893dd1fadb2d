// Which numbers below 5,000,000 are prime? A hundred `parallel` goroutines look, each at its part of the range, on every core.
// An idle core takes from the queue of another what has not started, so all are busy to the end. `goro run primes.ts [LIMIT]`
import { threadId } from "node:worker_threads";
import { go, main, parallel } from "goro";
import { onOneCoreAndAll, report } from "./speed-up.ts";

const LIMIT = Number(process.argv[2] ?? 5_000_000);
const PARTS = 100;

const countPrimes = parallel(import.meta.url, function* countPrimes(from: number, to: number) {
  let count = 0;
  for (let n = from; n < to; n++) if (isPrime(n)) count++;
  return { count, thread: threadId };
});

function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

function* primesBelow(limit: number) {
  const bound = (part: number) => Math.round((part * limit) / PARTS);
  const parts = Array.from({ length: PARTS }, (_, i) => go(countPrimes, bound(i), bound(i + 1)).join());
  let total = 0;
  const byThread = new Map<number, number>();
  for (const part of parts) {
    const { count, thread } = yield* part;
    total += count;
    byThread.set(thread, (byThread.get(thread) ?? 0) + 1);
  }
  return { total, byThread };
}

main(function* () {
  const measured = yield* onOneCoreAndAll(() => primesBelow(LIMIT));
  const { total, byThread } = measured.result;
  console.log(`${total} primes below ${LIMIT}`);
  for (const [thread, parts] of byThread) console.log(`thread ${thread} took ${parts} of ${PARTS} parts`);
  report(measured);
});
