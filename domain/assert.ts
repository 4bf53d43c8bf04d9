/** A broken rule is our mistake: that request fails loudly and records nothing. */
export function assert(condition: unknown, rule: string): asserts condition {
  if (!condition) throw new Error(`broken rule: ${rule}`);
}
