// "goro/stream": channels and the platform's streams, iterables and events, with back-pressure and cancellation in both
// directions.

export { fromEvents, type Emitter, type EventOptions, type Target } from "./events.js";
export { fromReadable, toIterable, toReadable, type Cancel } from "./readable.js";
export { toWritable, writeTo, type NodeWritable } from "./writable.js";
