// Read -> transform -> filter -> write on a real file, each stage a goroutine, joined by channels with room for two.
// The writer is slow, and through the full channels so is everybody before it: that is back-pressure, shown in figures.
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chan, defer, go, main, sleep, until, type RecvChan, type SendChan } from "goro";
import { Int32 } from "goro/sync/atomic";

interface Request {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

const lines = { read: 0, finished: new Int32(), mostUnderWay: 0 };

function* read(file: string, out: SendChan<string>) {
  using _ = defer(() => out.close());
  const handle = yield* until(() => open(file));
  const reader = handle.readLines()[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = yield* until(() => reader.next());
    if (done) return performance.now();
    lines.read++;
    lines.mostUnderWay = Math.max(lines.mostUnderWay, lines.read - lines.finished.load());
    yield* out.send(value); // parks while the channel is full, and meanwhile nothing more is asked of the file
  }
}

function* transform(input: RecvChan<string>, out: SendChan<Request>) {
  using _ = defer(() => out.close());
  for (const r = input.range(); yield* r.next();) {
    const match = /\[(.+?)\] "(\S+) (\S+) \S+" (\d+)/.exec(r.value);
    if (!match) throw new Error(`not a line of an access log: ${r.value}`);
    const [, time, method, path, status] = match as unknown as [string, string, string, string, string];
    yield* out.send({ time, method, path, status: Number(status) });
  }
}

function* filter(input: RecvChan<Request>, out: SendChan<Request>) {
  using _ = defer(() => out.close());
  for (const r = input.range(); yield* r.next();) {
    if (r.value.status >= 400) yield* out.send(r.value);
    else lines.finished.add(1);
  }
}

function* write(file: string, input: RecvChan<Request>) {
  const handle = yield* until(() => open(file, "w"));
  let written = 0;
  for (const r = input.range(); yield* r.next();) {
    const { time, method, path, status } = r.value;
    yield* until(() => handle.write(`${status} ${method} ${path} at ${time}\n`));
    yield* sleep(4); // a slow disk
    lines.finished.add(1);
    written++;
  }
  yield* until(() => handle.close());
  return written;
}

main(function* () {
  const from = process.argv[2] ?? fileURLToPath(new URL("access.log", import.meta.url));
  const to = process.argv[3] ?? join(tmpdir(), "goro-pipeline-errors.txt");

  const text = chan<string>(2);
  const requests = chan<Request>(2);
  const errors = chan<Request>(2);
  const t0 = performance.now();
  const reader = go(read, from, text);
  go(transform, text, requests);
  go(filter, requests, errors);
  const written = yield* go(write, to, errors).join();
  const end = performance.now();
  const readerEnd = yield* reader.join();

  console.log(`read ${lines.read} lines, wrote ${written} errors to ${to}`);
  console.log(`lines under way at the same time: at most ${lines.mostUnderWay}`);
  console.log(
    `the reader finished after ${(readerEnd - t0).toFixed(0)} ms, the writer after ${(end - t0).toFixed(0)} ms`,
  );
});
