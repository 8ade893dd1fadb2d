// Eight tasks, some of which fail: each stores its result under its own index, under a mutex.
// Errors are values here: they are logged on standard error and counted, and stop nobody else.
import { main, sleep, type Routine } from "goro";
import { Mutex, WaitGroup } from "goro/sync";

type Result = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: Error };

function* task(id: number): Routine<string> {
  yield* sleep(Math.random() * 30);
  if (id % 3 === 0) throw new Error(`task ${id}: no route to host`);
  return `page ${id}`;
}

main(function* () {
  const mu = new Mutex();
  const results: Result[] = [];
  const wg = new WaitGroup();

  for (let id = 1; id <= 8; id++) {
    wg.go(function* () {
      let result: Result;
      try {
        result = { ok: true, value: yield* task(id) };
      } catch (error) {
        result = { ok: false, error: error as Error };
      }
      using _ = yield* mu.guard();
      results[id - 1] = result;
    });
  }
  yield* wg.wait();

  for (const [i, result] of results.entries()) {
    if (result.ok) console.log(`${i + 1}: ${result.value}`);
    else console.error(`${i + 1}: failed: ${result.error.message}`);
  }
  const failed = results.filter((result) => !result.ok).length;
  console.log(`${results.length - failed} succeeded, ${failed} failed`);
});
