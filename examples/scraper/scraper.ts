// Crawls a site, its own of 200 pages by default: worker pool, rate limit, timeout for each request, visited set; Ctrl-C ends it.
// Prints a table and writes a picture of who fetched what when. `goro run scraper.ts [URL] [--out=FILE.svg]`
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { chan, main, select, until, type RecvChan, type Routine, type SendChan } from "goro";
import { background, cause, deadlineExceeded, withTimeout, type Context } from "goro/context";
import { every, Limiter } from "goro/rate";
import { notifyContext } from "goro/signal";
import { WaitGroup } from "goro/sync";
import { startSite } from "./site.ts";
import { timeline } from "./timeline.ts";

const WORKERS = 8;
const REQUEST_TIMEOUT = 600;
const limiter = new Limiter(every(5), 10);

export interface Fetched {
  readonly url: string;
  readonly worker: number;
  /** Milliseconds since the crawl began. */
  readonly start: number;
  readonly end: number;
  readonly status: number | "timeout" | "failed";
  readonly size: number;
  readonly links: readonly string[];
}

const began = performance.now();

function* fetchPage(ctx: Context, worker: number, url: string): Routine<Fetched> {
  const [own, cancel] = withTimeout(ctx, REQUEST_TIMEOUT);
  using _ = cancel;
  const start = performance.now() - began;
  const fetched = (status: Fetched["status"], text = ""): Fetched => {
    const end = performance.now() - began;
    return { url, worker, start, end, status, size: text.length, links: linksIn(text, url) };
  };
  try {
    const response = yield* until(() => fetch(url, { signal: own.signal }));
    const text = yield* until(() => response.text());
    return fetched(response.status, response.ok ? text : "");
  } catch {
    return fetched(own.err() === deadlineExceeded ? "timeout" : "failed");
  }
}

/** Those that stay on the site. */
function linksIn(html: string, base: string): string[] {
  const links = [...html.matchAll(/<a\s[^>]*?href="([^"#]+)"/g)].map(([, href]) => new URL(href!, base));
  return links.filter(({ origin }) => origin === new URL(base).origin).map(({ href }) => href);
}

function* work(ctx: Context, worker: number, urls: RecvChan<string>, pages: SendChan<Fetched>): Routine {
  for (const next = urls.range(); yield* next.next();) {
    try {
      yield* limiter.wait(ctx);
    } catch {
      return; // Ctrl-C
    }
    yield* pages.send(yield* fetchPage(ctx, worker, next.value));
  }
}

/** Hands out every page once. The queue grows as pages tell of others; the crawl is over when it is empty and nobody is at work. */
function* crawl(ctx: Context, first: string): Routine<Fetched[]> {
  const urls = chan<string>();
  const pages = chan<Fetched>(WORKERS); // room for all, so that nobody is left waiting after Ctrl-C
  const workers = new WaitGroup();
  for (let id = 1; id <= WORKERS; id++) workers.go(work, ctx, id, urls, pages);

  const fetched: Fetched[] = [];
  const visited = new Set([first]);
  const queue = [first];
  let underWay = 0;
  while (queue.length > 0 || underWay > 0) {
    const got = yield* select({
      handOut: queue.length > 0 ? urls.send(queue[0]!) : null,
      page: pages.recv(),
      stop: ctx.done(),
    });
    if (got.case === "stop") break;
    if (got.case === "handOut") {
      queue.shift();
      underWay++;
    } else {
      underWay--;
      fetched.push(got.value!);
      for (const link of got.value!.links) {
        if (visited.has(link)) continue;
        visited.add(link);
        queue.push(link);
      }
    }
  }
  urls.close();
  yield* workers.wait();
  return fetched;
}

function table(fetches: readonly Fetched[]): void {
  console.log("worker  pages  timeouts  errors    bytes  ms per page");
  for (let id = 1; id <= WORKERS; id++) {
    const own = fetches.filter(({ worker }) => worker === id);
    const sum = (of: (fetched: Fetched) => number): number => own.reduce((total, each) => total + of(each), 0);
    const cells: readonly (readonly [value: number | string, width: number])[] = [
      [id, 6],
      [sum(({ status }) => Number(status === 200)), 6],
      [sum(({ status }) => Number(status === "timeout")), 9],
      [sum(({ status }) => Number(status !== 200 && status !== "timeout")), 7],
      [sum(({ size }) => size), 8],
      [(sum(({ start, end }) => end - start) / Math.max(1, own.length)).toFixed(0), 12],
    ];
    console.log(cells.map(([value, width]) => String(value).padStart(width)).join(" "));
  }
}

main(function* () {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: "string", default: "scraper.svg" } },
  });
  const first = positionals[0] === undefined ? yield* startSite() : new URL(positionals[0]);
  const [ctx, stop] = notifyContext(background(), "SIGINT");
  using _ = stop;
  console.log(`crawling ${first.href}`);

  const fetches = yield* crawl(ctx, first.href);
  table(fetches);
  const took = performance.now() - began;
  const perSecond = (fetches.length / took) * 1000;
  console.log(`${fetches.length} pages in ${took.toFixed(0)} ms: ${perSecond.toFixed(0)} per second`);
  for (const { url, status } of fetches) if (status !== 200) console.log(`${status}: ${url}`);
  if (ctx.err() !== undefined) console.log(`stopped early: ${cause(ctx)!.message}`);
  yield* until(writeFile(values.out, timeline(fetches, WORKERS)));
  console.log(`wrote ${values.out}`);
});
