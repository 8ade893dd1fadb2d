import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { linesOf, numberIn, runExample } from "./run-example.mjs";

const ROW = /^(\S+) +(\d+) bytes +(\d+) ms {2}(http:\/\/\S+)$/;
const rows = (lines) =>
  lines
    .map((line) => ROW.exec(line))
    .filter(Boolean)
    .map(([, status, size, ms, url]) => ({ status, size: Number(size), ms: Number(ms), url: new URL(url) }));

test("fetch gets eight pages of its own server in about the time of the slowest", async () => {
  const lines = await linesOf("fetch.ts");
  const pages = rows(lines);
  const expected = {
    "/index": [120, 4096],
    "/photo": [400, 1_500_000],
    "/feed": [250, 65_536],
    "/search": [320, 20_000],
    "/style": [90, 12_000],
    "/script": [180, 250_000],
    "/profile": [290, 8192],
    "/missing": [0, "not found".length],
  };
  assert.deepEqual(pages.map(({ url }) => url.pathname).sort(), Object.keys(expected).sort());
  for (const { status, size, ms, url } of pages) {
    const [delay, bytes] = expected[url.pathname];
    assert.equal(url.hostname, "127.0.0.1");
    assert.equal(status, url.pathname === "/missing" ? "404" : "200");
    assert.equal(size, bytes);
    assert.ok(ms >= delay - 2, `${url.pathname} came after ${ms} ms`);
  }
  const total = numberIn(lines, /^total: (\d+) ms for 8 URLs$/);
  const slowest = numberIn(lines, /^the slowest took (\d+) ms/);
  const sum = numberIn(lines, /would have taken (\d+) ms$/);
  assert.equal(slowest, Math.max(...pages.map(({ ms }) => ms)));
  assert.ok(total >= slowest - 1 && total < slowest * 1.5, `total ${total} ms, slowest ${slowest} ms`);
  assert.ok(sum > slowest * 2.5, `${sum} ms one after the other`);
});

test("fetch takes URLs from the command line, all of them at the same time", async (t) => {
  let waiting = [];
  const server = createServer((request, response) => {
    waiting.push(response);
    // Nobody is answered before all three have asked.
    if (waiting.length < 3) return;
    for (const each of waiting) each.end("0123456789");
    waiting = [];
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const base = `http://127.0.0.1:${server.address().port}`;
  const lines = await linesOf("fetch.ts", { args: [`${base}/a`, `${base}/b`, `${base}/c`] });
  assert.deepEqual(
    rows(lines)
      .map(({ status, size, url }) => `${status} ${size} ${url.pathname}`)
      .sort(),
    ["200 10 /a", "200 10 /b", "200 10 /c"],
  );
  numberIn(lines, /^total: (\d+) ms for 3 URLs$/);
});

test("fetch names the reason where a URL cannot be had, gets the others, and ends with code 1", async (t) => {
  const server = createServer((_, response) => response.end("here")).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address();
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const refused = gone.address().port;
  gone.close();
  await once(gone, "close");

  const args = [`http://127.0.0.1:${port}/`, `http://127.0.0.1:${refused}/`];
  const { code, lines } = await runExample("fetch.ts", { args });
  const byPort = Object.fromEntries(rows(lines).map((page) => [page.url.port, page]));
  assert.equal(byPort[port].status, "200");
  assert.equal(byPort[port].size, 4);
  assert.equal(byPort[refused].status, "ECONNREFUSED");
  assert.equal(code, 1);
});

const SCRAPER_ROW = /^ +(\d) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$/;

/** Runs the scraper with a picture of its own. */
async function scrape(t, options = {}) {
  const dir = await mkdtemp(join(tmpdir(), "goro-scraper-"));
  t.after(() => rm(dir, { recursive: true }));
  const out = join(dir, "timeline.svg");
  const lines = await linesOf("scraper/scraper.ts", { ...options, args: [`--out=${out}`] });
  const workers = lines.map((line) => SCRAPER_ROW.exec(line)?.slice(1).map(Number)).filter(Boolean);
  const svg = await readFile(out, "utf8");
  // The first one is the background.
  const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)".*?<title>(\S+): (\w+), (\d+) ms/g)];
  assert.equal(lines.at(-1), `wrote ${out}`);
  return { lines, workers, bars, svg };
}

test("scraper gets each of 200 pages once, at its rate, and pictures every fetch", async (t) => {
  const { lines, workers, bars, svg } = await scrape(t);
  assert.deepEqual(
    workers.map(([id]) => id),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  const sum = (column) => workers.reduce((total, row) => total + row[column], 0);
  const [, pages, timeouts, errors, bytes] = [0, 1, 2, 3, 4].map(sum);
  assert.equal(pages + timeouts + errors, 200);
  assert.equal(errors, 2);
  // A machine that is stopped for a while may make it more.
  assert.ok(timeouts >= 3 && timeouts < 30, `${timeouts} timeouts`);
  assert.ok(bytes > pages * 100);
  for (const page of [111, 150, 189])
    assert.ok(lines.some((line) => line.startsWith("timeout: ") && line.endsWith(`/${page}`)));
  for (const page of [120, 160]) assert.ok(lines.some((line) => line.startsWith("500: ") && line.endsWith(`/${page}`)));
  // A burst of ten, then one in 5 ms.
  const ms = numberIn(lines, /^200 pages in (\d+) ms: \d+ per second$/);
  assert.ok(ms >= 190 * 5, `200 pages in ${ms} ms`);

  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.equal(bars.length, 200);
  assert.equal(new Set(bars.map(([, , , , url]) => url)).size, 200);
  // In each row one after the other: a worker does one thing at a time.
  for (const row of new Set(bars.map(([, , y]) => y))) {
    const own = bars.filter(([, , y]) => y === row).map(([, x, , width]) => [Number(x), Number(x) + Number(width)]);
    own.sort(([a], [b]) => a - b);
    // Bars are at least one unit wide.
    own.slice(1).forEach(([start], i) => assert.ok(start >= own[i][1] - 1.2, `row ${row}: ${own[i]} and ${start}`));
  }
});

test("scraper ends at Ctrl-C with what it has, table and picture too", async (t) => {
  const { lines, workers, bars } = await scrape(t, { interruptAfter: "crawling" });
  assert.equal(workers.length, 8);
  const pages = numberIn(lines, /^(\d+) pages in \d+ ms/);
  assert.ok(pages < 200, `${pages} pages`);
  assert.equal(bars.length, pages);
  assert.ok(lines.includes("stopped early: SIGINT received"));
});

test("downloads are shared among three workers, and take about a third of the time of one", async () => {
  const lines = await linesOf("downloads.ts");
  const done = lines.map((line) => /^(file-\d\d) {2}(\d+) ms {2}worker ([123])$/.exec(line)?.slice(1)).filter(Boolean);
  assert.equal(new Set(done.map(([name]) => name)).size, 12);
  const sum = numberIn(lines, /one after the other: (\d+) ms$/);
  assert.equal(
    done.reduce((total, [, ms]) => total + Number(ms), 0),
    sum,
  );
  assert.ok(done.every(([, ms]) => ms >= 100 && ms <= 1000));
  const total = numberIn(lines, /^total: (\d+) ms;/);
  assert.ok(total >= sum / 3 && total < sum * 0.8, `${total} ms, one after the other ${sum} ms`);
  for (const worker of [1, 2, 3]) {
    const own = done.filter(([, , id]) => Number(id) === worker).length;
    assert.ok(own >= 1);
    assert.equal(numberIn(lines, new RegExp(`^worker ${worker}: (\\d+) downloads$`)), own);
  }
  assert.equal(lines.length, 12 + 1 + 3);
});
