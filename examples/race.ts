// A data race: a thousand goroutines each read a counter, let others run, and write back one more. Most updates are lost.
// `goro run --race race.ts` names both lines, and `goro run race.ts --locked` is the cure: a mutex around reading and writing.
import { main } from "goro";
import { gosched } from "goro/runtime";
import { Mutex, WaitGroup } from "goro/sync";

const mu = new Mutex();
let counter = 0;

function* increment() {
  const before = counter;
  yield* gosched(); // anything that may block lets others run
  counter = before + 1;
}

function* incrementLocked() {
  using _ = yield* mu.guard();
  yield* increment();
}

main(function* () {
  const wg = new WaitGroup();
  const work = process.argv.includes("--locked") ? incrementLocked : increment;
  for (let i = 0; i < 1000; i++) wg.go(work);
  yield* wg.wait();
  console.log(`1000 increments: ${counter}`);
});
