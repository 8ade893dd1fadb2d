// A timeout is one more case of a select: whichever is ready first, the answer or the clock, wins.
// The answer's channel has room for one, so a service that is too late can still deliver and end: it does not leak.
import { chan, main, select, sleep, type RecvChan } from "goro";
import { WaitGroup } from "goro/sync";

const services = new WaitGroup();

function ask(service: string, ms: number): RecvChan<string> {
  const answer = chan<string>(1);
  services.go(function* () {
    yield* sleep(ms);
    yield* answer.send(`${service} says hello`);
  });
  return answer;
}

main(function* () {
  for (const [service, ms] of [
    ["a quick service", 30],
    ["a slow service", 1000],
  ] as const) {
    const t0 = performance.now();
    const got = yield* select({ answer: ask(service, ms).recv(), late: sleep(250) });
    const after = `after ${(performance.now() - t0).toFixed(0)} ms`;
    switch (got.case) {
      case "answer":
        console.log(`${got.value} ${after}`);
        break;
      case "late":
        console.log(`${service}: timed out ${after}`);
        break;
    }
  }
  yield* services.wait(); // the late one ends too
});
