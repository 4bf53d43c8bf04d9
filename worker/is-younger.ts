/**
 * Whether what was read at one moment is younger than this at another. A clock that was set back does not say how old it is, so it is
 * too old: else it would last for as long as the clock went back.
 */
export function isYounger(readAtMs: number, nowMs: number, maxMs: number): boolean {
  return nowMs >= readAtMs && nowMs - readAtMs < maxMs;
}
