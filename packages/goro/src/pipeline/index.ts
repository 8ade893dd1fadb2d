// "goro/pipeline": the patterns everyone writes again: stages, fan-out, fan-in, worker pools.
//
// Every stage ends, and closes what it sends on, when its input closes or its context ends.

export { batch } from "./batch.js";
export { collect } from "./collect.js";
export { broadcast, merge, split } from "./fan.js";
export { withPipeline } from "./pipeline.js";
export { source } from "./source.js";
export { filter, forEach, map, type StageOptions } from "./workers.js";
