// Three tasks work, each at its own pace, until the context is cancelled; then each tidies up and says so.
// cancel() ends all of them at once, and the WaitGroup makes sure that they have really gone.
import { main, select, sleep } from "goro";
import * as context from "goro/context";
import { WaitGroup } from "goro/sync";

function* work(ctx: context.Context, name: string, pace: number) {
  for (let steps = 0; ; steps++) {
    // Ordered: where both are ready, to stop comes before another step.
    const got = yield* select({ stop: ctx.done(), step: sleep(pace) }, { ordered: true });
    if (got.case === "stop") {
      console.log(`${name} stops after ${steps} steps: ${ctx.err()?.message}`);
      return;
    }
    console.log(`${name}: step ${steps + 1}`);
  }
}

main(function* () {
  const [ctx, cancel] = context.withCancel(context.background());
  const tasks = new WaitGroup();
  tasks.go(work, ctx, "index", 40);
  tasks.go(work, ctx, "backup", 70);
  tasks.go(work, ctx, "metrics", 110);

  yield* sleep(300);
  console.log("main cancels");
  cancel();
  yield* tasks.wait();
  console.log("all tasks have stopped");
});
