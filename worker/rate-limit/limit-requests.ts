import type { Directories } from '../catalogue/directory.ts';
import { channelOf, type Network } from '../../domain/network.ts';
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

export interface RequestLimits {
  readonly limitRequests: LimitRequests;
  /** The same of whoever has the network at hand. */
  readonly limitWithin: (principal: Principal, network: Network) => Standing | null;
}

export function requestLimitsWith(
  { ofKey, ofClasses }: RateLimitSettings,
  directories: Pick<Directories, 'current'>,
  now: () => number,
): RequestLimits {
  const limits = new RateLimits();
  const ofClass = ({ channel }: Principal, network: Network): Quota | null => {
    const rank = channel === null ? undefined : channelOf(network, channel)?.class;
    const limit = rank === undefined ? undefined : ofClasses.get(rank);
    return limit === undefined ? null : { policy: 'class', partition: `class ${rank}`, limit };
  };
  const take = (principal: Principal, shared: Quota | null): Standing | null => {
    const limit = principal.rateLimit ?? ofKey;
    const quotas: Quota[] = limit === null ? [] : [{ policy: 'key', partition: `key ${principal.keyId}`, limit }];
    if (shared !== null) quotas.push(shared);
    return quotas.length === 0 ? null : limits.take(quotas, now());
  };
  const mayShare = ({ channel }: Principal): boolean => channel !== null && ofClasses.size > 0;

  return {
    limitRequests: async (principal) =>
      take(principal, mayShare(principal) ? ofClass(principal, (await directories.current()).network) : null),
    limitWithin: (principal, network) => take(principal, mayShare(principal) ? ofClass(principal, network) : null),
  };
}
