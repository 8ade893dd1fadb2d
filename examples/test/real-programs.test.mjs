import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
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
