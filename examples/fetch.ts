// Fetches URLs at the same time, a goroutine each, and prints status, size and time of each as it comes in.
// The total is about the slowest one's. Without URLs on the command line it fetches from a loopback server of its own.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chan, go, main, until, type Routine } from "goro";
import * as context from "goro/context";
import { WaitGroup } from "goro/sync";

interface Page {
  readonly url: string;
  readonly ms: number;
  readonly status: number | string;
  readonly size: number;
}

function* get(ctx: context.Context, url: string): Routine<Page> {
  const t0 = performance.now();
  try {
    const response = yield* until(() => fetch(url, { signal: ctx.signal }));
    const body = yield* until(() => response.arrayBuffer());
    return { url, ms: performance.now() - t0, status: response.status, size: body.byteLength };
  } catch (error) {
    return { url, ms: performance.now() - t0, status: reason(error as Error), size: 0 };
  }
}

/** fetch says only "fetch failed"; why is in the cause. */
function reason(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return ("code" in cause && typeof cause.code === "string" && cause.code) || cause.message;
}

/** Answers /NAME?ms=M&bytes=B after M milliseconds with B bytes, and anything called /missing with 404. */
function startServer(): Server {
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    setTimeout(
      () => {
        response.statusCode = pathname === "/missing" ? 404 : 200;
        response.end("x".repeat(Number(searchParams.get("bytes"))));
      },
      Number(searchParams.get("ms")),
    );
  });
}

function* ownUrls(): Routine<string[]> {
  const server = startServer();
  yield* until(() => new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening)));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return [
    `${base}/index?ms=120&bytes=4096`,
    `${base}/photo?ms=400&bytes=1500000`,
    `${base}/feed?ms=250&bytes=65536`,
    `${base}/missing?ms=60&bytes=512`,
    `${base}/search?ms=320&bytes=20000`,
    `${base}/style?ms=90&bytes=12000`,
    `${base}/script?ms=180&bytes=250000`,
    `${base}/profile?ms=290&bytes=8192`,
  ];
}

main(function* () {
  const given = process.argv.slice(2);
  const urls = given.length > 0 ? given : yield* ownUrls();

  const [ctx, cancel] = context.withTimeout(context.background(), 30_000);
  using _ = cancel;

  const t0 = performance.now();
  const pages = chan<Page>();
  const fetchers = new WaitGroup();
  for (const url of urls) {
    fetchers.go(function* () {
      yield* pages.send(yield* get(ctx, url));
    });
  }
  go(function* () {
    yield* fetchers.wait();
    pages.close();
  });

  let slowest = 0;
  let sum = 0;
  for (const r = pages.range(); yield* r.next();) {
    const { url, ms, status, size } = r.value;
    console.log(
      `${String(status).padEnd(4)} ${String(size).padStart(9)} bytes ${ms.toFixed(0).padStart(6)} ms  ${url}`,
    );
    if (typeof status === "string") process.exitCode = 1;
    slowest = Math.max(slowest, ms);
    sum += ms;
  }
  console.log(`total: ${(performance.now() - t0).toFixed(0)} ms for ${urls.length} URLs`);
  console.log(
    `the slowest took ${slowest.toFixed(0)} ms; one after the other they would have taken ${sum.toFixed(0)} ms`,
  );
});
