/** What stands for a set, in 64 bits: two sets that share one are less likely than a broken machine. */
export type Print = readonly [number, number];

/** Of the empty set. */
export const BLANK: Print = [0, 0];

/** Puts into a set what has this print, or takes it out. */
export function xor(a: Print, b: Print): Print {
  return [a[0] ^ b[0], a[1] ^ b[1]];
}
