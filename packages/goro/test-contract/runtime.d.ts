// "goro/runtime"
import type { GoroutineInfo, Op } from "./index.js";
export declare function numGoroutine(): number;
export declare function numCPU(): number;
/** Processors that run goroutines in parallel; the first is the main thread. Given n > 0, sets it. Returns the value before. Starts from GOMAXPROCS in the environment, else numCPU(). */
export declare function gomaxprocs(n?: number): number;
/** Lets others run. */
export declare function gosched(): Op<void>;
/**
 * Ends this goroutine, running its finally blocks. Ending the main goroutine so lets the others go on. It unwinds by throwing something that is
 * no Error; where a catch block swallows it, the goroutine ends at its next Op all the same. Throws an Error outside a goroutine.
 */
export declare function goexit(): never;
/** Id of the goroutine that is running now; 0 outside any. */
export declare function goid(): number;
export declare function gc(): void;
export declare function readMemStats(): MemStats;
/** Go's field names, lowered. Bytes. */
export interface MemStats {
  readonly alloc: number;
  readonly totalAlloc: number;
  readonly sys: number;
  readonly heapAlloc: number;
  readonly heapSys: number;
  readonly heapInuse: number;
  readonly numGC: number;
  readonly pauseTotalNs: number;
}
export declare function goroutines(): readonly GoroutineInfo[];
/** Go's dump format: "goroutine 7 [chan receive, 2 minutes]:" and its frames. */
export declare function stack(all?: boolean): string;
