// The highlights of goro in under 20 seconds; every figure is measured while it runs, on your machine.
// `npm start` runs it. Each stop has a program of its own beside this one; examples/README.md lists them.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import {
  chan,
  go,
  main,
  select,
  sleep,
  until,
  type Chan,
  type Op,
  type RecvChan,
  type Routine,
  type SendChan,
} from "goro";
import * as context from "goro/context";
import { gc, gosched, numGoroutine, readMemStats } from "goro/runtime";
import { Mutex, WaitGroup } from "goro/sync";
import { onOneCoreAndAll } from "./speed-up.ts";
import { countPrimes, drawRow, nothing } from "./tour/cores.ts";
import { PromiseChannel } from "./tour/promise-channel.ts";
import { bars, bold, dim, fact, heading, int, ms, ns, quote, red, title, us } from "./tour/screen.ts";

function* aMillionGoroutines() {
  heading("goroutines", "a million at the same time, each parked on one channel");
  const n = Number(process.argv[2] ?? 1_000_000);
  const gate = chan<never>();
  const started = new WaitGroup();
  const finished = new WaitGroup();
  started.add(n);
  finished.add(n);
  const body = function* () {
    started.done();
    yield* gate.recv();
    finished.done();
  };

  gc();
  const heapBefore = readMemStats().heapAlloc;
  let t0 = performance.now();
  for (let i = 0; i < n; i++) go(body);
  yield* started.wait();
  const startMs = performance.now() - t0;
  const alive = numGoroutine() - 1;
  gc();
  const bytes = (readMemStats().heapAlloc - heapBefore) / n;

  t0 = performance.now();
  gate.close();
  yield* finished.wait();
  fact(int(alive), "alive at once");
  fact(ns((startMs / n) * 1e6), `to start one and let it park (${ms(startMs)} for all)`);
  fact(`${int(bytes)} bytes`, "of heap each; a system thread takes 20 KiB or more");
  fact(ms(performance.now() - t0), "to wake them all and see them end");
}

function* channels() {
  heading("channels", "from one goroutine to another; and with promises, by hand");
  const n = 300_000;
  for (const [name, capacity] of [
    ["unbuffered", 0],
    ["room for 100", 100],
  ] as const) {
    const rates = { goro: 0, promises: 0 };
    // The first round warms both up; the better of the other two counts.
    for (let round = 0; round < 3; round++) {
      const goro = n / (yield* throughGoro(round === 0 ? n / 10 : n, capacity));
      const promises = n / (yield* until(() => throughPromises(round === 0 ? n / 10 : n, capacity)));
      if (round > 0) rates.goro = Math.max(rates.goro, goro);
      if (round > 0) rates.promises = Math.max(rates.promises, promises);
    }
    const millions = (perMs: number) => `${(perMs / 1000).toFixed(1)} million/s`;
    bars([
      { name, value: rates.goro, text: `${bold("goro")} ${millions(rates.goro)}` },
      { name: "", value: rates.promises, text: `promises ${millions(rates.promises)}` },
    ]);
    fact(`${(rates.goro / rates.promises).toFixed(1)} times`, "as many values per second");
  }
}

function* throughGoro(n: number, capacity: number): Routine<number> {
  const ch = chan<number>(capacity);
  const t0 = performance.now();
  go(function* () {
    for (let i = 0; i < n; i++) yield* ch.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const value = (yield* ch.recv())!;
    sum += value;
  }
  check(sum === (n * (n - 1)) / 2, "every value arrived once");
  return performance.now() - t0;
}

async function throughPromises(n: number, capacity: number): Promise<number> {
  const ch = new PromiseChannel<number>(capacity);
  const t0 = performance.now();
  const sender = (async () => {
    for (let i = 0; i < n; i++) await ch.send(i);
  })();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const value = await ch.recv();
    sum += value;
  }
  await sender;
  check(sum === (n * (n - 1)) / 2, "every value arrived once");
  return performance.now() - t0;
}

function* selecting() {
  heading("select", "two senders that are always ready: one is as likely as the other");
  const n = 100_000;
  const left = chan<number>();
  const right = chan<number>();
  const stop = chan<never>();
  const produce = function* (out: SendChan<number>) {
    for (let i = 0; ; i++) {
      const got = yield* select({ sent: out.send(i), stop: stop.recv() });
      if (got.case === "stop") return;
    }
  };
  go(produce, left);
  go(produce, right);
  const taken = { left: 0, right: 0 };
  const t0 = performance.now();
  for (let i = 0; i < n; i++) {
    const got = yield* select({ left: left.recv(), right: right.recv() });
    taken[got.case]++;
  }
  const elapsed = performance.now() - t0;
  stop.close();
  fact(`${int(taken.left)} : ${int(taken.right)}`, "taken from the left and from the right");
  fact(ns((elapsed / n) * 1e6), "for each value, with a select at both ends");
}

function* timeout() {
  heading("timeout", "a select between the clock and an answer that takes too long");
  const answer = chan<string>(1);
  go(function* () {
    yield* sleep(400);
    yield* answer.send("too late");
  });
  const t0 = performance.now();
  const got = yield* select({ answer: answer.recv(), late: sleep(50) });
  fact(ms(performance.now() - t0), `until "${got.case}" won; 50 ms were allowed`);
}

function* cancelTree() {
  heading("context", "a goroutine on each leaf of a tree of 100 x 100; cancel the root");
  const [root, cancel] = context.withCancel(context.background());
  const waiting = new WaitGroup();
  const leaves = new WaitGroup();
  let heard = 0;
  for (let i = 0; i < 100; i++) {
    const [branch] = context.withCancel(root);
    for (let j = 0; j < 100; j++) {
      const [leaf] = context.withTimeout(branch, 60_000);
      waiting.add(1);
      leaves.go(function* () {
        waiting.done();
        yield* leaf.done();
        if (leaf.err() === context.canceled) heard++;
      });
    }
  }
  yield* waiting.wait();
  const t0 = performance.now();
  cancel();
  yield* leaves.wait();
  fact(ms(performance.now() - t0), `until ${int(heard)} goroutines had heard and ended`);
}

function* mutex() {
  heading("mutex", "100 goroutines: read a number, be interrupted, write it plus one");
  const mu = new Mutex();
  let total = 0;
  const wg = new WaitGroup();
  const t0 = performance.now();
  for (let i = 0; i < 100; i++) {
    wg.go(function* () {
      for (let n = 0; n < 1000; n++) {
        using _ = yield* mu.guard();
        const read = total;
        yield* gosched();
        total = read + 1;
      }
    });
  }
  yield* wg.wait();
  const elapsed = performance.now() - t0;
  fact(int(total), "of 100,000 increments counted");
  fact(ns((elapsed / total) * 1e6), "for each lock and unlock, with 99 others waiting");
}

function* sieve() {
  heading("sieve", "a chain of goroutines, one for each prime found so far");
  const count = 1000;
  let enough = false;
  let numbers: Chan<number> = chan<number>();
  const t0 = performance.now();
  go(function* (out: SendChan<number>) {
    for (let n = 2; !enough; n++) yield* out.send(n);
    out.close();
  }, numbers);
  let prime = 0;
  for (let i = 0; i < count; i++) {
    prime = (yield* numbers.recv())!;
    const filtered = chan<number>();
    go(filter, numbers, filtered, prime);
    numbers = filtered;
  }
  const took = performance.now() - t0;
  enough = true;
  for (const rest = numbers.range(); yield* rest.next();); // what is on its way flows out, and each filter ends
  fact(int(prime), `is prime number ${int(count)}`);
  fact(ms(took), `with ${int(count + 1)} goroutines and as many channels`);
}

function* filter(input: RecvChan<number>, out: SendChan<number>, prime: number) {
  for (const r = input.range(); yield* r.next();) {
    if (r.value % prime !== 0) yield* out.send(r.value);
  }
  out.close();
}

function* cores() {
  heading("cores", "primes below 2,000,000 by 40 goroutines: on one core, and on every core");
  const { result, cores, oneMs, allMs, times } = yield* onOneCoreAndAll(primes);
  check(result === 148_933, "no prime is counted twice or forgotten");
  bars([
    { name: "one core", value: oneMs, text: ms(oneMs) },
    { name: `every core (${cores})`, value: allMs, text: bold(ms(allMs)) },
  ]);
  fact(times.toFixed(2), "speed-up");

  const n = 5000;
  const t0 = performance.now();
  for (let i = 0; i < n; i++) yield* go(nothing).join();
  fact(us(((performance.now() - t0) / n) * 1000), "to have a function run by whichever core is free, and hear back");
}

function* primes() {
  const [limit, span] = [2_000_000, 50_000];
  const parts: Op<number>[] = [];
  for (let from = 0; from < limit; from += span) parts.push(go(countPrimes, from, from + span).join());
  let total = 0;
  for (const part of parts) {
    const count = yield* part;
    total += count;
  }
  return total;
}

function* pixels() {
  heading("pixels", "each row drawn by whichever core is free, all in one shared memory");
  const [width, height] = [72, 22];
  const shading = " ..::--==++**##%@";
  const shades = new Uint8Array(new SharedArrayBuffer(width * height));
  const rows = new WaitGroup();
  const t0 = performance.now();
  for (let y = 0; y < height; y++) rows.go(drawRow, shades, width, y, shading.length - 1);
  yield* rows.wait();
  const elapsed = performance.now() - t0;
  const lines = Array.from({ length: height }, (_, y) => shades.subarray(y * width, (y + 1) * width));
  quote(lines.map((line) => Array.from(line, (shade) => shading[shade]).join("")).join("\n"));
  fact(ms(elapsed), "examples/mandelbrot.ts makes a PNG of it");
}

function* words() {
  heading("words", "examples/word-count with a text of 20 MB; it makes 200 by itself");
  const { code, stdout, stderr } = yield* runExample("word-count/word-count.ts", "20");
  check(code === 0, `word-count.ts ended with ${code}: ${stderr}`);
  quote(stdout, (line) => (line.startsWith("one core") ? bold(line) : line));
}

function* deadlock() {
  heading("deadlock", "examples/deadlock.ts: nobody can go on, and who waits where");
  const { code, stderr } = yield* runExample("deadlock.ts");
  quote(stderr, (line) => (line.startsWith("fatal error") ? red(line) : line));
  fact(`exit code ${code}`, "as in Go");
}

function* fetching() {
  heading("fetch", "examples/fetch.ts: real requests to its own loopback server");
  const { code, stdout, stderr } = yield* runExample("fetch.ts");
  check(code === 0, `fetch.ts ended with ${code}: ${stderr}`);
  quote(stdout, (line) => (line.startsWith("total") ? bold(line) : line));
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function* runExample(name: string, ...args: string[]): Routine<Ended> {
  const command = fileURLToPath(new URL("../packages/tools/bin/goro.js", import.meta.url));
  const program = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [command, "run", program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  return yield* until(async () => {
    const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  });
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the tour expected otherwise: ${what}`);
}

main(function* () {
  const t0 = performance.now();
  title(
    "goro",
    `Node ${process.versions.node} on ${process.platform}, ${cpus()[0]?.model.trim()} x ${availableParallelism()}`,
  );
  yield* aMillionGoroutines();
  yield* channels();
  yield* selecting();
  yield* timeout();
  yield* cancelTree();
  yield* mutex();
  yield* sieve();
  yield* cores();
  yield* pixels();
  yield* words();
  yield* deadlock();
  yield* fetching();
  const seconds = ((performance.now() - t0) / 1000).toFixed(1);
  console.log(
    `\n  ${bold(`The tour took ${seconds} s.`)} ${dim("The programs: examples/README.md. goro run FILE.ts runs one.")}\n`,
  );
});
