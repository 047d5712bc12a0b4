/**
 * Works through a list with at most `width` items under way at a time; starts them in order.
 * `work` must not reject: a fault of one item is that item's own.
 */
export const pool = async <Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
};
