// Three greetings, each from a goroutine of its own, then "Done": once with a sleep, once with a WaitGroup.
// The sleep only guesses how long the others need; the WaitGroup waits for exactly as long as they take.
import { go, main, sleep } from "goro";
import { WaitGroup } from "goro/sync";

const names = ["Ada", "Grace", "Rob"];

function greet(name: string) {
  console.log(`Hello, ${name}!`);
}

main(function* () {
  console.log("With a sleep:");
  for (const name of names) go(greet, name);
  // Bad: nobody has promised that 20 ms is enough. On a busy machine greetings get lost, on an idle one time does.
  yield* sleep(20);
  console.log("Done");

  console.log("With a WaitGroup:");
  const wg = new WaitGroup();
  for (const name of names) wg.go(greet, name);
  yield* wg.wait();
  console.log("Done");
});
