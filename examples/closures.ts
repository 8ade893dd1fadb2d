// What a goroutine sees of a loop variable: `let` makes one per turn, `var` one for the whole loop (the trap).
// An argument is evaluated when `go` is called, so it is right whatever the variable does afterwards.
import { main } from "goro";
import { WaitGroup } from "goro/sync";

main(function* () {
  const wg = new WaitGroup();

  console.log("captured, let:");
  for (let i = 0; i < 3; i++) wg.go(() => console.log(i));
  yield* wg.wait();

  console.log("captured, var:");
  // eslint-disable-next-line no-var -- the trap itself
  for (var j = 0; j < 3; j++) wg.go(() => console.log(j)); // by the time they run, the loop has ended with j at 3
  yield* wg.wait();

  console.log("passed as an argument, var:");
  // eslint-disable-next-line no-var -- the same loop, without the trap
  for (var k = 0; k < 3; k++) wg.go((n) => console.log(n), k);
  yield* wg.wait();
});
