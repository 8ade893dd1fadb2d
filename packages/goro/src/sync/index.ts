// "goro/sync": Go's sync. Every class works within one core and can be passed to a parallel goroutine.

export { Cond } from "./cond.js";
export type { Locker } from "./locker.js";
export { Map } from "./map.js";
export { Mutex } from "./mutex.js";
export { Once, onceFunc, onceValue } from "./once.js";
export { Pool } from "./pool.js";
export { RWMutex } from "./rw-mutex.js";
export { WaitGroup } from "./wait-group.js";
