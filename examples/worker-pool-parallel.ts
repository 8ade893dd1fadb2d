// The worker pool for work that keeps a processor busy: the workers are `parallel` functions, which any core may run.
// The two channels and the WaitGroup cross cores by being passed; a worker stays on the core that has started it.
import { threadId } from "node:worker_threads";
import { chan, go, main, parallel, type RecvChan, type SendChan } from "goro";
import { WaitGroup } from "goro/sync";
import { onOneCoreAndAll, report } from "./speed-up.ts";

interface Result {
  readonly job: number;
  readonly primes: number;
  readonly by: string;
}

const SPAN = 100_000;

// Parallel functions stand at the top level of their module. Arguments are copied, except channels and their kind.
const worker = parallel(
  import.meta.url,
  function* worker(id: number, jobs: RecvChan<number>, results: SendChan<Result>) {
    for (const r = jobs.range(); yield* r.next();) {
      const primes = countPrimes(r.value * SPAN, (r.value + 1) * SPAN);
      yield* results.send({ job: r.value, primes, by: `worker ${id}, thread ${threadId}` });
    }
  },
);

function countPrimes(from: number, to: number): number {
  let count = 0;
  for (let n = Math.max(from, 2); n < to; n++) if (isPrime(n)) count++;
  return count;
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

function* pool() {
  const jobs = chan<number>(10);
  const results = chan<Result>(10);

  const workers = new WaitGroup();
  for (let id = 1; id <= 3; id++) workers.go(worker, id, jobs, results);
  go(function* () {
    yield* workers.wait();
    results.close();
  });

  for (let job = 0; job < 10; job++) yield* jobs.send(job);
  jobs.close();

  const done: Result[] = [];
  for (const r = results.range(); yield* r.next();) done.push(r.value);
  return done;
}

main(function* () {
  const measured = yield* onOneCoreAndAll(pool);
  let total = 0;
  for (const { job, primes, by } of measured.result) {
    console.log(`job ${job}: ${primes} primes from ${job * SPAN} to ${(job + 1) * SPAN} (${by})`);
    total += primes;
  }
  console.log(`primes below ${10 * SPAN}: ${total}`);
  report(measured);
});
