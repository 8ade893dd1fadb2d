// A service of several goroutines: a server that takes orders, a consumer that works them off, a ticker that reports.
// On SIGTERM or Ctrl-C they end in order: nothing new is taken, all that was taken is done, then the last report.
import { chan, main, select, sleep, until, type Chan, type Routine } from "goro";
import * as context from "goro/context";
import { HttpError, Response, serve } from "goro/http";
import { notifyContext } from "goro/signal";
import { WaitGroup } from "goro/sync";
import { Ticker } from "goro/time";

interface Order {
  readonly item: string;
}

const counts = { taken: 0, done: 0 };

/** Takes orders until the queue is closed and empty. */
function* consume(orders: Chan<Order>): Routine {
  for (const r = orders.range(); yield* r.next();) {
    yield* sleep(5); // the work
    counts.done++;
  }
  console.log("consumer: the queue is empty");
}

/** Reports now and then, until it is stopped. */
function* report(ctx: context.Context, everyMs: number): Routine {
  const ticker = new Ticker(everyMs);
  for (;;) {
    const got = yield* select({ stop: ctx.done(), tick: ticker.c.recv() }, { ordered: true });
    if (got.case === "stop") break;
    console.log(`ticker: ${counts.taken} orders taken, ${counts.done} done`);
  }
  ticker.stop();
  console.log("ticker: stopped");
}

main(function* () {
  const [ctx, stop] = notifyContext(context.background(), "SIGTERM", "SIGINT");
  const [reporting, stopReporting] = context.withCancel(context.background());
  const orders = chan<Order>(1000);

  const handle = function* (request: Request, ctx: context.Context): Routine<Response> {
    if (request.method !== "POST") throw new HttpError(405, "POST an order\n");
    const order = (yield* until(request.json())) as Order;
    const got = yield* select({ taken: orders.send(order), gone: ctx.done() });
    if (got.case === "gone") throw ctx.err()!;
    return new Response(`order ${++counts.taken}: ${order.item}\n`, { status: 202 });
  };
  const server = yield* serve(handle, {
    port: Number(process.env["PORT"] ?? 0),
    maxBodyBytes: 10_000,
    timeoutMs: 5_000,
  });
  const consumers = new WaitGroup();
  for (let i = 0; i < 3; i++) consumers.go(consume, orders);
  const reporter = new WaitGroup();
  reporter.go(report, reporting, 100);
  console.log(`listening on ${server.url}`);

  yield* ctx.done();
  stop(); // a second signal ends the program at once
  console.log("stopping");

  const [grace, cancel] = context.withTimeout(context.background(), 10_000);
  using _ = cancel;
  yield* server.shutdown(grace); // 1. nobody sends into the queue any more
  console.log("server: closed");
  orders.close();
  yield* consumers.wait(); // 2. what is in it is done
  stopReporting();
  yield* reporter.wait(); // 3. and nobody is left
  console.log(`stopped: ${counts.taken} orders taken, ${counts.done} done`);
});
