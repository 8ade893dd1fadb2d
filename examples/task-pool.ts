// Twenty tasks of random length, five workers, and a context that gives them two seconds for all of it.
// When the time is up, tasks at work are cancelled and those in the queue never start; every one is accounted for.
import { chan, go, main, select, sleep, type RecvChan, type SendChan } from "goro";
import * as context from "goro/context";
import { WaitGroup } from "goro/sync";

interface Task {
  readonly id: number;
  readonly ms: number;
}

interface Report extends Task {
  readonly worker: number;
  readonly outcome: "done" | "cancelled" | "not started";
}

function* worker(ctx: context.Context, id: number, tasks: RecvChan<Task>, reports: SendChan<Report>) {
  for (const r = tasks.range(); yield* r.next();) {
    let outcome: Report["outcome"] = "not started";
    if (ctx.err() === undefined) {
      const got = yield* select({ done: sleep(r.value.ms), cancelled: ctx.done() });
      outcome = got.case;
    }
    yield* reports.send({ ...r.value, worker: id, outcome });
  }
}

main(function* () {
  const t0 = performance.now();
  const [ctx, cancel] = context.withTimeout(context.background(), 2000);
  using _ = cancel;

  const tasks = chan<Task>(20);
  for (let id = 1; id <= 20; id++) yield* tasks.send({ id, ms: Math.round(400 + Math.random() * 600) });
  tasks.close();

  const reports = chan<Report>();
  const workers = new WaitGroup();
  for (let id = 1; id <= 5; id++) workers.go(worker, ctx, id, tasks, reports);
  go(function* () {
    yield* workers.wait();
    reports.close();
  });

  const count = { done: 0, cancelled: 0, "not started": 0 };
  for (const r = reports.range(); yield* r.next();) {
    const { id, ms, worker, outcome } = r.value;
    console.log(`task ${id} (${ms} ms, worker ${worker}): ${outcome}`);
    count[outcome]++;
  }
  console.log(`${count.done} done, ${count.cancelled} cancelled, ${count["not started"]} not started`);
  console.log(`after ${(performance.now() - t0).toFixed(0)} ms: ${ctx.err()?.message}`);
});
