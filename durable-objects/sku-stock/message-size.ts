const UTF_8 = new TextEncoder();

/**
 * As many of the first as fit, and at least one: a queue refuses a message that is too long however often it is sent.
 * It counts bytes, and a character of text may be three.
 */
export function firstWithin<T>(bytesMax: number, items: readonly T[]): readonly T[] {
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    bytes += UTF_8.encode(JSON.stringify(item)).length + ','.length;
    if (bytes > bytesMax) return items.slice(0, Math.max(1, index));
  }
  return items;
}

/** The same of the last, in the order that they have. */
export function newestWithin<T>(bytesMax: number, items: readonly T[]): readonly T[] {
  return firstWithin(bytesMax, items.toReversed()).toReversed();
}
