// Arrays: each element is a place, the length is another. Typed arrays: the bytes below.
import { gosched } from "goro/runtime";
import { both, inTurn, use } from "./kit.js";

const three = (): number[] => [1, 2, 3];

export function* oneElement() {
  const a = three();
  yield* both(
    () => (a[0] = 5), // race 1
    () => use(a[0]), // race 1
  );
}

export function* twoElements() {
  const a = three();
  yield* both(
    () => (a[0] = 5),
    () => (a[1] = 6),
  );
}

export function* resultsByIndex() {
  const results: number[] = new Array<number>(10).fill(0);
  const bodies = results.map((_, i) => () => (results[i] = i * i));
  yield* both(...bodies);
  use(results.join());
}

export function* resultsByIndexInAnEmptyArray() {
  const results: number[] = [];
  yield* both(
    () => (results[0] = 1), // race 1
    () => (results[1] = 2), // race 1
  );
}

export function* computedIndices() {
  const a = three();
  const i = 2;
  yield* both(
    () => (a[i] = 5), // race 1
    () => use(a[2]), // race 1
  );
}

export function* incrementOfAnElement() {
  const a = three();
  yield* both(
    () => a[0]!++, // race 1
    () => a[0]!++, // race 1
  );
}

export function* twoPushes() {
  const a: number[] = [];
  yield* both(
    () => a.push(1), // race 1
    () => a.push(2), // race 1
  );
}

export function* pushAndLength() {
  const a: number[] = [];
  yield* both(
    () => a.push(1), // race 1
    () => use(a.length), // race 1
  );
}

export function* pushAndAnElement() {
  const a = three();
  yield* both(
    () => a.push(4),
    () => use(a[0]),
  );
}

export function* popAndPush() {
  const a = three();
  yield* both(
    () => a.pop(), // race 1
    () => a.push(4), // race 1
  );
}

export function* shiftMovesAll() {
  const a = three();
  yield* both(
    () => a.shift(), // race 1
    () => use(a[1]), // race 1
  );
}

export function* unshiftMovesAll() {
  const a = three();
  yield* both(
    () => a.unshift(0), // race 1
    () => use(a[1]), // race 1
  );
}

export function* spliceMovesWhatComesAfter() {
  const a = three();
  yield* both(
    () => a.splice(1, 1), // race 1
    () => use(a[2]), // race 1
  );
}

export function* spliceLeavesWhatComesBefore() {
  const a = three();
  yield* both(
    () => a.splice(1, 1),
    () => use(a[0]),
  );
}

export function* sortWrites() {
  const a = [3, 1, 2];
  yield* both(
    () => a.sort(), // race 1
    () => use(a[0]), // race 1
  );
}

export function* reverseWrites() {
  const a = three();
  yield* both(
    () => a.reverse(), // race 1
    () => use(a[0]), // race 1
  );
}

export function* fillWrites() {
  const a = three();
  yield* both(
    () => a.fill(0), // race 1
    () => use(a[1]), // race 1
  );
}

export function* fillOfAPart() {
  const a = three();
  yield* both(
    () => a.fill(0, 1),
    () => use(a[0]),
  );
}

export function* copyWithinWrites() {
  const a = three();
  yield* both(
    () => a.copyWithin(0, 1), // race 1
    () => use(a[0]), // race 1
  );
}

export function* writingPastTheEnd() {
  const a = three();
  yield* both(
    () => (a[3] = 4), // race 1
    () => use(a.length), // race 1
  );
}

export function* cuttingTheLength() {
  const a = three();
  yield* both(
    () => (a.length = 0), // race 1
    () => use(a[0]), // race 1
  );
}

export function* forOf() {
  const a = three();
  yield* both(
    () => {
      for (const value of a) use(value); // race 1
    },
    () => (a[1] = 5), // race 1
  );
}

export function* forOfAndPush() {
  const a = three();
  yield* both(
    () => {
      for (const value of a) use(value); // race 1
    },
    () => a.push(4), // race 1
  );
}

export function* spread() {
  const a = three();
  yield* both(
    () => [...a], // race 1
    () => (a[1] = 5), // race 1
  );
}

export function* spreadInACall() {
  const a = three();
  yield* both(
    () => Math.max(...a), // race 1
    () => (a[1] = 5), // race 1
  );
}

export function* destructuringAnArray() {
  const a = three();
  yield* both(
    () => {
      const [first] = a; // race 1
      use(first);
    },
    () => (a[0] = 5), // race 1
  );
}

export function* destructuringTakesNoMore() {
  const a = three();
  yield* both(
    () => {
      const [first] = a;
      use(first);
    },
    () => (a[2] = 5),
  );
}

export function* restOfAnArray() {
  const a = three();
  yield* both(
    () => {
      const [first, ...rest] = a; // race 1
      use(first, rest);
    },
    () => (a[2] = 5), // race 1
  );
}

export function* mapReads() {
  const a = three();
  yield* both(
    () => a.map((n) => n + 1), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* filterReads() {
  const a = three();
  yield* both(
    () => a.filter((n) => n > 1), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* reduceReads() {
  const a = three();
  yield* both(
    () => a.reduce((n, m) => n + m, 0), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* includesReads() {
  const a = three();
  yield* both(
    () => a.includes(9), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* indexOfReads() {
  const a = three();
  yield* both(
    () => a.indexOf(9), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* joinReads() {
  const a = three();
  yield* both(
    () => a.join(), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* sliceReadsAPart() {
  const a = three();
  yield* both(
    () => a.slice(0, 2),
    () => (a[2] = 5),
  );
}

export function* sliceReads() {
  const a = three();
  yield* both(
    () => a.slice(1), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* concatReads() {
  const a = three();
  yield* both(
    () => [0].concat(a), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* atReads() {
  const a = three();
  yield* both(
    () => a.at(-1), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* atReadsOne() {
  const a = three();
  yield* both(
    () => a.at(-1),
    () => (a[0] = 5),
  );
}

export function* arrayFromReads() {
  const a = three();
  yield* both(
    () => Array.from(a), // race 1
    () => (a[2] = 5), // race 1
  );
}

export function* twoReadersOfAll() {
  const a = three();
  yield* both(
    () => a.map((n) => n),
    () => [...a, ...a.slice(1), a.length],
  );
}

export function* arraysOfArrays() {
  const grid = [three(), three()];
  yield* both(
    () => (grid[0]![0] = 5),
    () => (grid[1]![0] = 6),
  );
}

export function* arraysOfArraysInOneRow() {
  const grid = [three(), three()];
  yield* both(
    () => (grid[1]![0] = 5), // race 1
    () => (grid[1]![0] = 6), // race 1
  );
}

export function* swapAcrossAYield() {
  const a = three();
  yield* both(
    function* () {
      const first = a[0]!;
      yield* gosched();
      a[0] = a[1]!; // race 1 2
      a[1] = first;
    },
    function* () {
      const first = a[0]!; // race 1
      yield* gosched();
      a[0] = first + 1; // race 2
    },
  );
}

export function* appendInTurn() {
  const a: number[] = [];
  yield* inTurn(
    () => a.push(1),
    () => a.push(2),
    () => a.sort(),
    () => a.length,
  );
}

export function* typedElements() {
  const a = new Int32Array(4);
  yield* both(
    () => (a[0] = 1), // race 1
    () => use(a[0]), // race 1
  );
}

export function* typedElementsApart() {
  const a = new Int32Array(4);
  yield* both(
    () => (a[0] = 1),
    () => (a[1] = 1),
  );
}

export function* twoViewsOfOneBuffer() {
  const buffer = new ArrayBuffer(16);
  const a = new Int32Array(buffer);
  const b = new Uint8Array(buffer);
  yield* both(
    () => (a[1] = 1), // race 1
    () => use(b[5]), // race 1
  );
}

export function* twoViewsApart() {
  const buffer = new ArrayBuffer(16);
  const a = new Int32Array(buffer);
  const b = new Uint8Array(buffer);
  yield* both(
    () => (a[1] = 1),
    () => use(b[3]),
  );
}

export function* subarrays() {
  const a = new Float64Array(8);
  const b = a.subarray(4);
  yield* both(
    () => (a[4] = 1), // race 1
    () => (b[0] = 2), // race 1
  );
}

export function* typedFill() {
  const a = new Float64Array(8);
  yield* both(
    () => a.fill(1, 0, 4),
    () => a.fill(2, 4),
  );
}

export function* typedFillOverlaps() {
  const a = new Float64Array(8);
  yield* both(
    () => a.fill(1, 0, 5), // race 1
    () => a.fill(2, 4), // race 1
  );
}

export function* typedSet() {
  const a = new Uint8Array(8);
  yield* both(
    () => a.set([1, 2], 2), // race 1
    () => use(a[3]), // race 1
  );
}

export function* typedSort() {
  const a = new Uint8Array([3, 2, 1]);
  yield* both(
    () => a.sort(), // race 1
    () => use(a[0]), // race 1
  );
}

export function* dataViews() {
  const buffer = new ArrayBuffer(16);
  const view = new DataView(buffer);
  const a = new Uint8Array(buffer);
  yield* both(
    () => view.setInt32(3, 1), // race 1
    () => use(a[6]), // race 1
  );
}

export function* dataViewsApart() {
  const buffer = new ArrayBuffer(16);
  const view = new DataView(buffer);
  const a = new Uint8Array(buffer);
  yield* both(
    () => view.setInt32(3, 1),
    () => use(a[7]),
  );
}

export function* sharedMemory() {
  const a = new Int32Array(new SharedArrayBuffer(16));
  yield* both(
    () => a[2]!++, // race 1
    () => a[2]!++, // race 1
  );
}
