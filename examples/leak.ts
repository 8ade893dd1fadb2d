// A goroutine that is blocked for ever, because nobody takes what it sends; then the two cures: a buffer, and a context.
// `goro run --leaks examples/leak.ts` names the first one, with its line and the line that started it, and exits with 3.
import { chan, go, main, select, sleep, type Op, type RecvChan } from "goro";
import { background, withCancel, type Context } from "goro/context";
import { numGoroutine } from "goro/runtime";

/** The first answer of two mirrors. The slower one is never received, and its goroutine never ends. */
function askLeaking(): RecvChan<string> {
  const answer = chan<string>();
  for (const [mirror, ms] of mirrors) {
    go(function* leaks() {
      yield* sleep(ms);
      yield* answer.send(mirror);
    });
  }
  return answer;
}

/** Room for every answer: who is late leaves its answer there, and ends. */
function askBuffered(): RecvChan<string> {
  const answer = chan<string>(mirrors.length);
  for (const [mirror, ms] of mirrors) {
    go(function* () {
      yield* sleep(ms);
      yield* answer.send(mirror);
    });
  }
  return answer;
}

/** Who is late learns that nobody waits any more, wherever it is. */
function askCancelled(ctx: Context): RecvChan<string> {
  const answer = chan<string>();
  const unlessCancelled = (op: Op<void>) => select({ op, done: ctx.done() });
  for (const [mirror, ms] of mirrors) {
    go(function* () {
      yield* unlessCancelled(sleep(ms));
      yield* unlessCancelled(answer.send(mirror));
    });
  }
  return answer;
}

const mirrors = [
  ["near", 5],
  ["far", 20],
] as const;

main(function* () {
  const report = function* (how: string, before: number) {
    yield* sleep(50);
    console.log(`${how}: ${numGoroutine() - before} left behind`);
  };

  let before = numGoroutine();
  console.log(`the first answer is from ${yield* askLeaking().recv()}`);
  yield* report("unbuffered", before);

  before = numGoroutine();
  yield* askBuffered().recv();
  yield* report("buffered", before);

  before = numGoroutine();
  const [ctx, cancel] = withCancel(background());
  yield* askCancelled(ctx).recv();
  cancel();
  yield* report("with a context", before);
});
