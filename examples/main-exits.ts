// When main returns the program is over, as in Go: the three goroutines that still sleep print nothing.
// The exit code is 0; whoever must finish first has to be waited for (see waitgroup.ts).
import { go, main, sleep } from "goro";

main(function* () {
  for (let i = 1; i <= 3; i++) {
    go(function* () {
      yield* sleep(10_000);
      console.log(`goroutine ${i} woke up`); // never printed
    });
  }
  yield* sleep(10); // all three have started and are asleep now
  console.log("main returns");
});
