import assert from "node:assert/strict";
import test from "node:test";
import { linesOf, numberIn, runExample } from "./run-example.mjs";

test("mutex loses no deposit though every one is interrupted between reading and writing", async () => {
  assert.deepEqual(await linesOf("mutex.ts"), ["balance after 100 x 10 deposits of 5: 5000"]);
});

test("rwmutex lets writers in one by one and readers together", async () => {
  const lines = await linesOf("rwmutex.ts");
  assert.equal(numberIn(lines, /^10 writers: at most (\d+) inside/), 1);
  assert.equal(numberIn(lines, /^10 readers: at most (\d+) inside/), 10);
  const writing = numberIn(lines, /^10 writers: .* (\d+) ms$/);
  const reading = numberIn(lines, /^10 readers: .* (\d+) ms$/);
  assert.ok(writing >= 199, `ten writers of 20 ms each took ${writing} ms`);
  assert.ok(reading * 2 < writing, `readers ${reading} ms, writers ${writing} ms`);
  assert.equal(lines.at(-1), "they read 1 4 9 16 25 36 49 64 81 100");
});

test("once loads the configuration a single time, before any service uses it", async () => {
  const uses = (service) => `${service} uses postgres://localhost/shop with 8 connections`;
  const lines = await linesOf("once.ts");
  assert.equal(lines[0], "loading the configuration");
  assert.deepEqual(lines.slice(1).sort(), ["billing", "mail", "orders", "search", "stock"].map(uses));
});

test("sync-map opens one session for each user, however many goroutines ask", async () => {
  assert.deepEqual(await linesOf("sync-map.ts"), [
    "30 goroutines: 3 sessions opened, 27 found",
    "removed: rob",
    "removed again: false",
    "left: ada, grace",
  ]);
});

test("atomic-counter is right although compare-and-swap came too late many times", async () => {
  const lines = await linesOf("atomic-counter.ts");
  assert.equal(lines[0], "50 x 10 increments: 500");
  assert.ok(numberIn(lines, /^attempts that came too late: (\d+)$/) > 0);
  assert.equal(lines[2], "50 x add(10): 500");
  assert.equal(lines.length, 3);
});

test("results has each result under its index, and the errors on standard error", async () => {
  const { code, lines, stderr } = await runExample("results.ts");
  assert.equal(code, 0);
  const succeeded = [1, 2, 4, 5, 7, 8];
  assert.deepEqual(lines, [...succeeded.map((id) => `${id}: page ${id}`), "6 succeeded, 2 failed"]);
  assert.equal(stderr, [3, 6].map((id) => `${id}: failed: task ${id}: no route to host\n`).join(""));
});

test("ttl-cache loads each entry once in a life, and its janitor leaves none behind", async () => {
  assert.deepEqual(await linesOf("ttl-cache.ts"), [
    "10 readers of 3 cities: 3 queries",
    "version 3, replaced 2 times",
    "entries: 4",
    "half a life later: still 3 queries",
    "a life later: Oslo is gone",
    "asked for again: 4 queries",
    "swept by the janitor or found expired: Lima, Oslo, Turin, version",
    "hits 2, misses 32, evictions 5, entries 0",
  ]);
});
