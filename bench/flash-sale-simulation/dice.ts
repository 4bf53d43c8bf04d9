/** Numbers that look random and are the same for the same seed (mulberry32): in [0, 1). */
export type Dice = () => number;

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How long until something happens that happens at any moment alike, on average after `meanMs`. */
export function waitMs(roll: Dice, meanMs: number): number {
  return -Math.log(1 - roll()) * meanMs;
}
