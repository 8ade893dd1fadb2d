// A counter without a lock: read it, work out the next value, and store that only if nobody was faster.
// Whoever was too slow tries again; the total is right however often that happens.
import { main } from "goro";
import { gosched } from "goro/runtime";
import { WaitGroup } from "goro/sync";
import { Int32 } from "goro/sync/atomic";

const total = new Int32();
const retries = new Int32();

function* increment() {
  for (;;) {
    const old = total.load();
    yield* gosched(); // others run here and may change it
    if (total.compareAndSwap(old, old + 1)) return;
    retries.add(1);
  }
}

main(function* () {
  const wg = new WaitGroup();
  for (let i = 0; i < 50; i++) {
    wg.go(function* () {
      for (let n = 0; n < 10; n++) yield* increment();
    });
  }
  yield* wg.wait();
  console.log(`50 x 10 increments: ${total.load()}`);
  console.log(`attempts that came too late: ${retries.load()}`);

  // For a plain sum there is add, which needs no loop.
  total.store(0);
  for (let i = 0; i < 50; i++) wg.go(() => total.add(10));
  yield* wg.wait();
  console.log(`50 x add(10): ${total.load()}`);
});
