// Switches the detector on in this process: from here on it hears of accesses and of orders.
import { setAccesses } from "../accesses.js";
import { libraryObjects, loadInternals } from "../edges/internals.js";
import { followAtomics, followValue } from "../edges/atomics.js";
import { followChannels } from "../edges/channels.js";
import { followGoroutines } from "../edges/goroutines.js";
import { LockOrder, type OnInversion } from "../edges/lock-order.js";
import { followSync } from "../edges/sync.js";
import type { OnRace } from "./access.js";
import { makeDetector } from "./detector.js";

export interface Findings {
  readonly onRace: OnRace;
  readonly onInversion: OnInversion;
}

/** `front` is the URL of the library's index.js that the program will import. */
export async function startDetector(front: string, { onRace, onInversion }: Findings): Promise<void> {
  const internals = await loadInternals(front);
  // What other cores do would not be seen. On one, each pair of accesses is: it is order that counts, not time.
  internals.oneCore.only = true;
  const goroutines = followGoroutines(internals);
  const { running, outside } = goroutines;
  followAtomics(running);
  followValue(internals.atomic["Value"] as never, running);
  followChannels(internals, goroutines, onRace);
  followSync(internals, goroutines, new LockOrder(onInversion), onRace);
  setAccesses(
    makeDetector({
      running,
      onRace,
      isLibrary: libraryObjects(internals),
      asyncEnter: (site) => outside.asyncEnter(site),
      asyncAwait: () => {},
      asyncResume: (call) => outside.asyncResume(call),
      asyncExit: (call) => outside.asyncExit(call),
    }),
  );
}
