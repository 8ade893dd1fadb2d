import { parentPort } from "node:worker_threads";
import { busy, emitNumbers, emitObjects, noop, primes } from "./tasks.mjs";

const streamed =
  (emit) =>
  ({ n, port }) => {
    emit(n, (value) => port.postMessage(value));
    port.close();
  };
const tasks = { noop, primes, busy, numbers: streamed(emitNumbers), objects: streamed(emitObjects) };

parentPort.on("message", ({ id, name, argument }) => parentPort.postMessage({ id, result: tasks[name](argument) }));
