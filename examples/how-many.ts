// How many goroutines fit: 100,000 and then 1,000,000, all started, all parked on one channel at the same time.
// Prints the time to start them and the bytes each holds, beside figures for OS threads. COUNT... takes other numbers.
import { chan, go, main } from "goro";
import { gc, numGoroutine, readMemStats } from "goro/runtime";
import { WaitGroup } from "goro/sync";

function* start(n: number) {
  const gate = chan<never>();
  const started = new WaitGroup();
  const finished = new WaitGroup();
  started.add(n);
  finished.add(n);

  gc();
  const heapBefore = readMemStats().heapAlloc;
  const t0 = performance.now();
  const body = function* () {
    started.done();
    yield* gate.recv();
    finished.done();
  };
  for (let i = 0; i < n; i++) go(body);
  yield* started.wait();
  const ms = performance.now() - t0;

  const alive = numGoroutine() - 1; // all but main
  gc();
  const bytes = (readMemStats().heapAlloc - heapBefore) / n;
  row(int(alive), `${ms.toFixed(0)} ms`, `${((ms / n) * 1000).toFixed(2)} us`, int(bytes));

  gate.close();
  yield* finished.wait();
}

const int = (n: number) => Math.round(n).toLocaleString("en");
const row = (...cells: string[]) => console.log(cells.map((cell) => cell.padStart(12)).join(""));

main(function* () {
  row("goroutines", "started in", "each", "bytes each");
  const counts = process.argv.slice(2).map(Number);
  for (const n of counts.length > 0 ? counts : [100_000, 1_000_000]) yield* start(n);
  console.log(`\nAll have finished: ${numGoroutine()} goroutine is left, this one.`);

  console.log(`
The same for operating system threads, from the literature:
  to create one        17 us                                           [1]
  memory each          20 KiB at least: 9.5 in user space, 10 in the kernel [1]
  address space each   8 MiB reserved for the stack, by default        [2]
  so a million         17 s and 19 GiB, if the system let you: the author of [1] got to 80,000
[1] Jim Blandy, github.com/jimblandy/context-switch (Linux 5.5, 2020)
[2] Linux manual, pthread_create(3) and its example with "ulimit -s"`);
});
