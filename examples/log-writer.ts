// Everybody logs into one buffered channel, and one goroutine alone writes: lines never mix, and nobody waits for the disk.
// At the end main closes the channel and waits on `done`: what was still in the buffer is written before the program ends.
import { chan, go, main, sleep, type RecvChan, type SendChan } from "goro";
import { WaitGroup } from "goro/sync";

function* writer(log: RecvChan<string>, done: SendChan<number>) {
  let lines = 0;
  for (const r = log.range(); yield* r.next();) {
    yield* sleep(5); // a slow disk
    lines++;
    console.log(`${String(lines).padStart(2)} ${r.value}`);
  }
  yield* done.send(lines);
}

main(function* () {
  const log = chan<string>(16);
  const done = chan<number>();
  go(writer, log, done);

  const producers = new WaitGroup();
  for (const name of ["http", "mail", "cron"]) {
    producers.go(function* () {
      for (let i = 1; i <= 4; i++) {
        yield* log.send(`${name}: event ${i}`);
        yield* sleep(1);
      }
    });
  }
  yield* producers.wait();
  const waiting = log.length;
  log.close();
  const written = yield* done.recv();
  console.log(`${waiting} lines were still in the buffer at close; all ${written} have been written`);
});
