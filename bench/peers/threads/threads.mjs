import { Observable } from "threads/observable";
import { expose } from "threads/worker";
import { busy, emitNumbers, emitObjects, noop, primes } from "./tasks.mjs";

const observed = (emit) => (n) =>
  new Observable((observer) => {
    emit(n, (value) => observer.next(value));
    observer.complete();
  });

expose({
  noop,
  primes,
  busy,
  // from 1 on: an Observable of threads drops the value 0
  numbers: observed((n, next) => emitNumbers(n, (i) => next(i + 1))),
  objects: observed(emitObjects),
});
