// The classic mistake: main waits for the senders before it receives, and they wait for a receiver. Nobody can go on.
// goro notices, prints who waits for what and where, and ends the program with exit code 2.
import { chan, main, type SendChan } from "goro";
import { WaitGroup } from "goro/sync";

function* square(n: number, results: SendChan<number>) {
  yield* results.send(n * n);
}

main(function* () {
  const results = chan<number>();
  const wg = new WaitGroup();
  for (let n = 1; n <= 3; n++) wg.go(square, n, results);
  console.log("waiting for three squares");
  yield* wg.wait(); // the cure: do this in a goroutine of its own, as worker-pool.ts does
  results.close();
  for (const r = results.range(); yield* r.next();) console.log(r.value);
});
