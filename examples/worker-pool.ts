// Three workers take ten jobs from one channel and put what they make of them on another.
// Closing `jobs` ends the workers, and the last of them to go closes `results`, which ends the loop in main.
import { chan, go, main, sleep, type RecvChan, type SendChan } from "goro";
import { WaitGroup } from "goro/sync";

interface Result {
  readonly job: number;
  readonly worker: number;
  readonly doubled: number;
}

function* worker(id: number, jobs: RecvChan<number>, results: SendChan<Result>) {
  for (const r = jobs.range(); yield* r.next();) {
    console.log(`worker ${id} starts job ${r.value}`);
    yield* sleep(50);
    yield* results.send({ job: r.value, worker: id, doubled: r.value * 2 });
  }
}

main(function* () {
  const jobs = chan<number>(10);
  const results = chan<Result>(10);

  const workers = new WaitGroup();
  for (let id = 1; id <= 3; id++) workers.go(worker, id, jobs, results);
  go(function* () {
    yield* workers.wait();
    results.close();
  });

  for (let job = 1; job <= 10; job++) yield* jobs.send(job);
  jobs.close();

  let sum = 0;
  for (const r = results.range(); yield* r.next();) {
    const { job, worker, doubled } = r.value;
    console.log(`job ${job}: ${doubled} (worker ${worker})`);
    sum += doubled;
  }
  console.log(`sum: ${sum}`);
});
