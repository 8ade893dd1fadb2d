/**
 * Does `work` item by item in order, `width` of them at a time.
 *
 * @template T
 * @param {number} width
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<void>} work
 */
export async function inTurn(width, items, work) {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++]);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
