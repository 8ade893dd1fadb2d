// An HTTP server: a goroutine for every request, and a route that computes on other cores, so that nobody else waits for it.
// Told to stop by SIGTERM or Ctrl-C it answers all that is under way; told twice, it ends at once.
import { go, main, sleep, type Routine } from "goro";
import * as context from "goro/context";
import { HttpError, Response, serve } from "goro/http";
import { notifyContext } from "goro/signal";
import { countPrimes } from "./count-primes.ts";

function* handle(request: Request): Routine<Response> {
  const { pathname, searchParams } = new URL(request.url);
  switch (pathname) {
    case "/":
      return new Response("hello\n");
    case "/slow":
      yield* sleep(300);
      return new Response("slow but sure\n");
    case "/primes": {
      const below = Number(searchParams.get("below") ?? 100_000);
      if (!(below <= 10_000_000)) throw new HttpError(400, "below must be a number up to 10,000,000\n");
      return new Response(`${yield* go(countPrimes, below).join()}\n`);
    }
    default:
      throw new HttpError(404, `there is no ${pathname}\n`);
  }
}

main(function* () {
  const [ctx, stop] = notifyContext(context.background(), "SIGTERM", "SIGINT");
  const server = yield* serve(handle, {
    port: Number(process.env["PORT"] ?? 0),
    timeoutMs: 30_000,
    // 10,000 clients at once take their time:
    headersTimeoutMs: 60_000, // to send the first request,
    restMs: 8_000, // and to read the last answer
  });
  console.log(`listening on ${server.url}`);

  yield* ctx.done();
  stop(); // the next signal does what signals do
  const { connections, running } = server.stats;
  console.log(`stopping: ${connections} connections, ${running} requests under way`);

  const [grace, cancel] = context.withTimeout(context.background(), 30_000);
  using _ = cancel;
  try {
    yield* server.shutdown(grace);
    console.log(`all ${server.stats.requests} requests have been answered`);
  } catch (error) {
    if (error !== context.deadlineExceeded) throw error;
    console.error("some requests took too long");
    process.exitCode = 1;
  }
});
