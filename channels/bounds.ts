import type { Way } from './port.ts';

/** The way of that name; asking for another is a mistake of ours. */
export function asWay<One extends Way>(ways: readonly One[], name: string): One {
  const way = ways.find((one) => one.name === name);
  if (way === undefined) throw new RangeError(`no way "${name}" to this channel`);
  return way;
}

/** What goes in one call is cut by the caller: more than that is a mistake of ours, and nothing is sent. */
export function asChunk<One>(max: number, all: readonly One[]): readonly One[] {
  if (all.length > max) throw new RangeError(`${all.length} in one call, at most ${max}`);
  return all;
}
