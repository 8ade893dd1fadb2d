// Ten goroutines each write their own index of one array; no two touch the same, so no lock is needed.
// They finish in any order, and the results are in order all the same.
import { main, sleep } from "goro";
import { WaitGroup } from "goro/sync";

main(function* () {
  const squares = new Array<number>(10);
  const wg = new WaitGroup();
  for (let i = 0; i < squares.length; i++) {
    wg.go(function* () {
      yield* sleep(Math.random() * 20);
      squares[i] = (i + 1) ** 2;
    });
  }
  yield* wg.wait();
  console.log(squares.join(" "));
});
