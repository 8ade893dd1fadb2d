// GORODEBUG=slow=20: names every goroutine that has held its processor for longer than that many milliseconds without
// yielding, with the place where it did at last.

import { placeOf } from "./frames.js";
import { printError } from "./exit.js";
import { processor, type Watch } from "./processor.js";
import { sightCurrent } from "./where.js";

export function openSlow(limitMs: number): Watch {
  return {
    looked(heldMs) {
      if (heldMs < limitMs || processor.current.id === 0) return;
      const { info, frames, created } = sightCurrent();
      const name = frames.length > 0 ? ` (${info.name})` : "";
      const parts = [`goroutine ${info.id}${name} held processor ${info.processor} for ${Math.round(heldMs)} ms`];
      parts.push(frames.length > 0 ? ` until ${placeOf(frames[0])}` : " until it ended");
      const createdAt = placeOf(created[0]);
      if (createdAt !== undefined) parts.push(`, created at ${createdAt}`);
      printError(parts.join(""));
    },
  };
}
