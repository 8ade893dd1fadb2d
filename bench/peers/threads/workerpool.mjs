import workerpool from "workerpool";
import { busy, emitNumbers, emitObjects, noop, primes } from "./tasks.mjs";

workerpool.worker({
  noop,
  primes,
  busy,
  numbers: (n) => emitNumbers(n, workerpool.workerEmit),
  objects: (n) => emitObjects(n, workerpool.workerEmit),
});
