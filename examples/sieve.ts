// The concurrent prime sieve: numbers flow through a chain of goroutines, one for each prime found so far.
// What passes all filters is the next prime. `goro run examples/sieve.ts 500` finds that many; the default is 100.
import { chan, go, main, type RecvChan, type SendChan } from "goro";

let enough = false;

function* generate(out: SendChan<number>) {
  for (let n = 2; !enough; n++) yield* out.send(n);
  out.close();
}

function* filter(input: RecvChan<number>, out: SendChan<number>, prime: number) {
  for (const r = input.range(); yield* r.next();) {
    if (r.value % prime !== 0) yield* out.send(r.value);
  }
  out.close();
}

main(function* () {
  const count = Number(process.argv[2] ?? 100);
  const primes: number[] = [];
  let numbers = chan<number>();
  go(generate, numbers);
  while (primes.length < count) {
    const prime = (yield* numbers.recv())!; // nobody closes it yet
    primes.push(prime);
    const filtered = chan<number>();
    go(filter, numbers, filtered, prime);
    numbers = filtered;
  }
  enough = true;
  for (const rest = numbers.range(); yield* rest.next();); // what is on its way flows out, and each filter ends
  for (let i = 0; i < primes.length; i += 20) console.log(primes.slice(i, i + 20).join(" "));
});
