// Fan-out: four workers of different speed receive from one channel, so each takes what it can manage.
// Fan-in: what they send on four channels is merged into one, which closes when all four have closed.
import { chan, defer, go, main, sleep, type RecvChan } from "goro";
import { WaitGroup } from "goro/sync";

interface Square {
  readonly n: number;
  readonly squared: number;
  readonly worker: number;
}

function source(count: number): RecvChan<number> {
  const out = chan<number>();
  go(function* () {
    using _ = defer(() => out.close());
    for (let n = 1; n <= count; n++) yield* out.send(n);
  });
  return out;
}

function square(worker: number, input: RecvChan<number>): RecvChan<Square> {
  const out = chan<Square>();
  go(function* () {
    using _ = defer(() => out.close());
    for (const r = input.range(); yield* r.next();) {
      yield* sleep(worker * 20); // worker 1 is the fastest
      yield* out.send({ n: r.value, squared: r.value ** 2, worker });
    }
  });
  return out;
}

function merge<T>(...inputs: RecvChan<T>[]): RecvChan<T> {
  const out = chan<T>();
  const wg = new WaitGroup();
  for (const input of inputs) {
    wg.go(function* () {
      for (const r = input.range(); yield* r.next();) yield* out.send(r.value);
    });
  }
  go(function* () {
    yield* wg.wait();
    out.close();
  });
  return out;
}

main(function* () {
  const numbers = source(24);
  const workers = [1, 2, 3, 4];
  const done = new Map(workers.map((worker) => [worker, 0]));
  let sum = 0;
  for (const r = merge(...workers.map((worker) => square(worker, numbers))).range(); yield* r.next();) {
    const { n, squared, worker } = r.value;
    console.log(`${n} x ${n} = ${squared} (worker ${worker})`);
    done.set(worker, done.get(worker)! + 1);
    sum += squared;
  }
  console.log(`sum: ${sum}`);
  for (const [worker, count] of done) console.log(`worker ${worker} took ${count}`);
});
