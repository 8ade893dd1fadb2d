// Atomics, the language's own; goro/sync/atomic stands on them, but for Value. A load comes after the store that it sees; what
// reads and changes in one step does both. So they order, and do not race with one another. Go: sync/atomic
import { Meeting } from "../detector/sync.js";
import { hidden } from "../detector/shadow.js";
import type { Thread } from "../detector/thread.js";
import { patch } from "./patch.js";

const isWords = (value: unknown): value is Int32Array => ArrayBuffer.isView(value) && !(value instanceof DataView);

export function followAtomics(running: () => Thread): void {
  const words = hidden<Map<number, Meeting>>();

  function meetingAt(array: unknown, index: unknown): Meeting | undefined {
    if (!isWords(array) || typeof index !== "number") return undefined; // will throw
    let meetings = words.get(array.buffer);
    if (meetings === undefined) meetings = words.set(array.buffer, new Map<number, Meeting>());
    const offset = array.byteOffset + index * array.BYTES_PER_ELEMENT;
    let meeting = meetings.get(offset);
    if (meeting === undefined) meetings.set(offset, (meeting = new Meeting()));
    return meeting;
  }

  const ordering = (name: string, order: (meeting: Meeting, thread: Thread) => void): void =>
    patch(
      Atomics,
      name,
      (original) =>
        function (this: unknown, ...args: never[]) {
          const meeting = meetingAt(args[0], args[1]);
          if (meeting !== undefined) order(meeting, running());
          return original.apply(this, args);
        },
    );

  const acquire = (meeting: Meeting, thread: Thread): void => meeting.acquire(thread);
  const release = (meeting: Meeting, thread: Thread): void => meeting.release(thread);
  const both = (meeting: Meeting, thread: Thread): void => {
    meeting.acquire(thread);
    meeting.release(thread);
  };
  ordering("load", acquire);
  ordering("store", release);
  ordering("notify", release);
  for (const name of ["add", "sub", "and", "or", "xor", "exchange", "compareExchange", "wait"]) ordering(name, both);
}

/** atomic.Value keeps its value in a field. */
export function followValue(Value: { readonly prototype: object }, running: () => Thread): void {
  const meetings = new WeakMap<object, Meeting>();
  const at = (value: object): Meeting => {
    let meeting = meetings.get(value);
    if (meeting === undefined) meetings.set(value, (meeting = new Meeting()));
    return meeting;
  };
  const ordering = (name: string, order: (meeting: Meeting, thread: Thread) => void): void =>
    patch(
      Value.prototype,
      name,
      (original) =>
        function (this: object, ...args: never[]) {
          order(at(this), running());
          return original.apply(this, args);
        },
    );
  ordering("load", (meeting, thread) => meeting.acquire(thread));
  ordering("store", (meeting, thread) => meeting.release(thread));
  for (const name of ["swap", "compareAndSwap"]) {
    ordering(name, (meeting, thread) => {
      meeting.acquire(thread);
      meeting.release(thread);
    });
  }
}
