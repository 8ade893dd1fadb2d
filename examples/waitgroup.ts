// Five workers, worker i sleeps i x 100 ms; wait() parks main until every one of them is done.
// So "All workers finished" is always the last line, after about as long as the slowest worker takes.
import { main, sleep } from "goro";
import { WaitGroup } from "goro/sync";

function* worker(id: number) {
  console.log(`worker ${id} starts`);
  yield* sleep(id * 100);
  console.log(`worker ${id} is done`);
}

main(function* () {
  const wg = new WaitGroup();
  for (let id = 1; id <= 5; id++) wg.go(worker, id);
  yield* wg.wait();
  console.log("All workers finished");
});
