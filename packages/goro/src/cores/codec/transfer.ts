// What moves is transferred to this core itself: the original is unusable, and what came of it is ours to send.

import { cannotSend, describe } from "./refusal.js";
import type { Moved } from "./writer.js";

const transferAll = structuredClone as (
  values: readonly object[],
  options: { transfer: readonly object[] },
) => object[];

/**
 * All at once, so that a platform that refuses one of them refuses them all. Deno does not: what it may well refuse goes
 * before the rest.
 */
export function transfer(moved: readonly Moved[], things: unknown[]): void {
  for (const expected of [false, true]) {
    const group = moved.filter((each) => isTransferable(each.value) === expected);
    if (group.length > 0) transferGroup(group, things);
  }
}

function transferGroup(moved: readonly Moved[], things: unknown[]): void {
  const values = moved.map((each) => each.value);
  let ours: object[];
  try {
    ours = transferAll(values, { transfer: values });
  } catch {
    const { path, value } = moved[0]!;
    return cannotSend(path, `${describe(value)}, which is not transferable,`);
  }
  moved.forEach(({ foreign }, i) => {
    if (foreign >= 0) things[foreign] = ours[i];
  });
}

const transferable =
  /^(ArrayBuffer|MessagePort|(Readable|Writable|Transform)Stream|ImageBitmap|OffscreenCanvas|VideoFrame|AudioData|RTCDataChannel)$/;

/** To all appearances. */
function isTransferable(value: object): boolean {
  return transferable.test((value.constructor as { name?: string } | undefined)?.name ?? "");
}
