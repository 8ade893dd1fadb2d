// Fetches URLs at the same time, a goroutine each, and prints status, size and time of each as it comes in.
// The total is about the slowest one's. Without URLs on the command line it fetches from a loopback server of its own.
import { createServer } from "node:http";
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

/** What the loopback server has, and how long it takes to answer; anything else is not found. */
const site = new Map([
  ["/index", { ms: 120, bytes: 4_096 }],
  ["/photo", { ms: 400, bytes: 1_500_000 }],
  ["/feed", { ms: 250, bytes: 65_536 }],
  ["/search", { ms: 320, bytes: 20_000 }],
  ["/style", { ms: 90, bytes: 12_000 }],
  ["/script", { ms: 180, bytes: 250_000 }],
  ["/profile", { ms: 290, bytes: 8_192 }],
]);

function* startServer(): Routine<string[]> {
  const server = createServer((request, response) => {
    const page = site.get(request.url ?? "");
    if (page) setTimeout(() => response.end("x".repeat(page.bytes)), page.ms);
    else response.writeHead(404).end("not found");
  });
  yield* until(() => new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening)));
  const { port } = server.address() as AddressInfo;
  return [...site.keys(), "/missing"].map((path) => `http://127.0.0.1:${port}${path}`);
}

main(function* () {
  const given = process.argv.slice(2);
  const urls = given.length > 0 ? given : yield* startServer();

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
