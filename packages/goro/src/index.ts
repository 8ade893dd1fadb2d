// The front door: goroutines, channels, select.

export type {
  Case,
  Cases,
  Chan,
  Goroutine,
  GoroutineInfo,
  Op,
  Range,
  Received,
  RecvChan,
  Routine,
  Selected,
  SelectedOf,
  SelectOptions,
  SendChan,
  Suspend,
} from "./types.js";
export { chan } from "./chan/channel.js";
export { select, trySelect } from "./chan/select.js";
export { main } from "./main/main.js";
export { run } from "./main/run.js";
export { move, parallel, type Parallel } from "./parallel/parallel.js";
export { defer } from "./runtime/defer.js";
export { DeadlockError } from "./runtime/deadlock-error.js";
export { go } from "./runtime/go.js";
export { Panic } from "./runtime/panic.js";
export { sleep } from "./runtime/sleep.js";
export { until } from "./runtime/until.js";
