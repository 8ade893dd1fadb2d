// Twelve simulated downloads, three workers that take them from a queue, and progress bars where there is a terminal.
// At the end: the total time, beside what one after the other would have taken, and how many each worker did.
import { MultiBar, Presets } from "cli-progress";
import { chan, go, main, sleep, type RecvChan, type Routine } from "goro";
import { WaitGroup } from "goro/sync";

const WORKERS = 3;
const STEPS = 20;

interface Download {
  readonly name: string;
  /** How long it takes. */
  readonly ms: number;
}

const downloads: readonly Download[] = Array.from({ length: 12 }, (_, i) => ({
  name: `file-${String(i + 1).padStart(2, "0")}`,
  ms: 100 + ((i * 397) % 901),
}));

// The library would print its bars at the end where there is no terminal.
const bars = process.stderr.isTTY
  ? new MultiBar({ format: " {name}  {bar}  {percentage}%  worker {worker}", hideCursor: true }, Presets.shades_classic)
  : undefined;

const done: { readonly download: Download; readonly worker: number }[] = [];

function* work(worker: number, queue: RecvChan<Download>): Routine {
  for (const next = queue.range(); yield* next.next();) {
    const bar = bars?.create(STEPS, 0, { name: next.value.name, worker });
    for (let i = 0; i < STEPS; i++) {
      yield* sleep(next.value.ms / STEPS);
      bar?.increment();
    }
    done.push({ download: next.value, worker });
  }
}

main(function* () {
  const t0 = performance.now();
  const queue = chan<Download>();
  const workers = new WaitGroup();
  for (let id = 1; id <= WORKERS; id++) workers.go(work, id, queue);
  go(function* () {
    for (const download of downloads) yield* queue.send(download);
    queue.close();
  });
  yield* workers.wait();
  bars?.stop();

  const total = performance.now() - t0;
  for (const { download, worker } of done) console.log(`${download.name}  ${download.ms} ms  worker ${worker}`);
  const sum = downloads.reduce((ms, download) => ms + download.ms, 0);
  console.log(`total: ${total.toFixed(0)} ms; one after the other: ${sum} ms`);
  for (let id = 1; id <= WORKERS; id++) {
    console.log(`worker ${id}: ${done.filter(({ worker }) => worker === id).length} downloads`);
  }
});
