// A program as a browser loads it: the package's own ES modules by an import map, nothing compiled and nothing bundled.

import { chan, go, run, select, sleep } from "goro";
import { WaitGroup } from "goro/sync";
import { background, withCancel } from "goro/context";

export const expected = [
  "greetings: 0 1 2",
  "squares: 0 1 4 9 16 25 36 49 64 81",
  "select: late after nothing came, then value 7",
  "cancelled: context canceled",
];

/** @returns {Promise<string[]>} what it would print */
export async function program() {
  const lines = [];
  await run(function* () {
    lines.push(`greetings: ${(yield* greetings()).join(" ")}`);
    lines.push(`squares: ${(yield* squares()).join(" ")}`);
    lines.push(`select: ${yield* lateThenValue()}`);
    lines.push(`cancelled: ${yield* cancelled()}`);
  });
  return lines;
}

/** Goroutines that a WaitGroup waits for. */
function* greetings() {
  const wg = new WaitGroup();
  const said = [];
  for (let i = 0; i < 3; i++) {
    wg.go(function* () {
      yield* sleep(i);
      said.push(i);
    });
  }
  yield* wg.wait();
  return said;
}

/** Three workers between a buffered channel and an unbuffered one. */
function* squares() {
  const jobs = chan(4);
  const results = chan();
  for (let worker = 0; worker < 3; worker++) {
    go(function* () {
      for (const job = jobs.range(); yield* job.next();) yield* results.send(job.value ** 2);
    });
  }
  go(function* () {
    for (let i = 0; i < 10; i++) yield* jobs.send(i);
    jobs.close();
  });
  const found = [];
  for (let i = 0; i < 10; i++) found.push(yield* results.recv());
  return found.sort((a, b) => a - b);
}

/** The timer wins while nobody sends; then the channel does. */
function* lateThenValue() {
  const values = chan();
  const first = yield* select({ value: values.recv(), late: sleep(5) });
  go(function* () {
    yield* values.send(7);
  });
  const second = yield* select({ value: values.recv(), late: sleep(10_000) });
  return `${first.case} after nothing came, then ${second.case} ${second.value}`;
}

/** A context that ends a goroutine. */
function* cancelled() {
  const [ctx, cancel] = withCancel(background());
  const stopped = chan();
  go(function* () {
    yield* ctx.done();
    yield* stopped.send(ctx.err()?.message);
  });
  cancel();
  return yield* stopped.recv();
}
