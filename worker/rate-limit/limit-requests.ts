import type { Directories } from '../catalogue/directory.ts';
import { channelOf } from '../../domain/network.ts';
import type { Principal } from '../middleware/principal.ts';
import { RateLimits, type Quota, type Standing } from './rate-limits.ts';
import type { RateLimit } from './window.ts';

/** What a deployment says of limits. */
export interface RateLimitSettings {
  /** Of a key that has none of its own; null: no limit. */
  readonly ofKey: RateLimit | null;
  /** Per class of channels: all keys of its channels share it. */
  readonly ofClasses: ReadonlyMap<number, RateLimit>;
}

/** How a caller stands; null: nothing limits them. */
export type LimitRequests = (principal: Principal) => Promise<Standing | null>;

export function limitRequestsWith(
  { ofKey, ofClasses }: RateLimitSettings,
  directories: Pick<Directories, 'current'>,
  now: () => number,
): LimitRequests {
  const limits = new RateLimits();
  const ofClass = async ({ channel }: Principal): Promise<Quota | null> => {
    if (channel === null || ofClasses.size === 0) return null;
    const { network } = await directories.current();
    const rank = channelOf(network, channel)?.class;
    const limit = rank === undefined ? undefined : ofClasses.get(rank);
    return limit === undefined ? null : { policy: 'class', partition: `class ${rank}`, limit };
  };

  return async (principal) => {
    const limit = principal.rateLimit ?? ofKey;
    const quotas: Quota[] = limit === null ? [] : [{ policy: 'key', partition: `key ${principal.keyId}`, limit }];
    const shared = await ofClass(principal);
    if (shared !== null) quotas.push(shared);
    return quotas.length === 0 ? null : limits.take(quotas, now());
  };
}
