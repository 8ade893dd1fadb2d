// Runs a task and warns when more goroutines are there after it than before, as a count can tell in any language.
// What a count cannot tell, goro/testing can: which one it was, where it is blocked, and where it was started.
import { chan, go, main, sleep, until, type Routine } from "goro";
import { numGoroutine } from "goro/runtime";
import { leakCheck, LeakError } from "goro/testing";

type Task = () => Routine;

/** Says whether all goroutines that the task started have ended, a moment after it. */
function* watched(name: string, task: Task) {
  const before = numGoroutine();
  yield* task();
  yield* sleep(20);
  const more = numGoroutine() - before;
  if (more > 0)
    console.log(`${name}: WARNING: ${more} more goroutines than before (${before} before, ${before + more} now)`);
  else console.log(`${name}: no goroutine is left behind`);
}

const tasks: Record<string, Task> = {
  *tidy() {
    const results = chan<number>();
    for (let i = 1; i <= 3; i++) {
      go(function* () {
        yield* results.send(i * i);
      });
    }
    for (let i = 1; i <= 3; i++) yield* results.recv();
  },
  *leaky() {
    const results = chan<number>();
    for (let i = 1; i <= 3; i++) {
      go(function* square() {
        yield* results.send(i * i);
      });
    }
    yield* results.recv(); // the first is enough: nobody takes the other two
  },
};

main(function* () {
  for (const [name, task] of Object.entries(tasks)) yield* watched(name, task);
  try {
    yield* until(leakCheck(tasks["leaky"]!, { settle: 20 }));
  } catch (error) {
    if (!(error instanceof LeakError)) throw error;
    for (const g of error.goroutines) {
      const line = (place: string | undefined) => place?.replace(/.*\//, "");
      console.log(`${g.name} is blocked [${g.state}] at ${line(g.at)}, started at ${line(g.createdAt)}`);
    }
  }
});
