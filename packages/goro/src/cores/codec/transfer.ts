// What moves is transferred to this core itself: the original is unusable, and what came of it is ours to send.

import { cannotSend, describe } from "./refusal.js";
import type { Moved } from "./writer.js";

const transferAll = structuredClone as (
  values: readonly object[],
  options: { transfer: readonly object[] },
) => object[];

/** All at once, so that a platform that refuses one of them refuses them all. */
export function transfer(moved: readonly Moved[], things: unknown[]): void {
  const values = moved.map((each) => each.value);
  let ours: object[];
  try {
    ours = transferAll(values, { transfer: values });
  } catch {
    const culprit = moved.find((each) => !isTransferable(each.value)) ?? moved[0]!;
    return cannotSend(culprit.path, `${describe(culprit.value)}, which is not transferable,`);
  }
  moved.forEach(({ foreign }, i) => {
    if (foreign >= 0) things[foreign] = ours[i];
  });
}

const transferable =
  /^(ArrayBuffer|MessagePort|(Readable|Writable|Transform)Stream|ImageBitmap|OffscreenCanvas|VideoFrame|AudioData|RTCDataChannel)$/;

/** A guess. */
function isTransferable(value: object): boolean {
  return transferable.test((value.constructor as { name?: string } | undefined)?.name ?? "");
}
