import type { Scope } from '../../contracts/keys.ts';
import type { ChannelId, LocationId, SourceId } from '../../domain/ids.ts';
import type { RateLimit } from '../rate-limit/window.ts';
import { Refused } from '../refused.ts';

/** Who asks: what the API key may do. */
export interface Principal {
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  readonly channel: ChannelId | null;
  /** null: all. */
  readonly sources: readonly SourceId[] | null;
  readonly locations: readonly LocationId[] | null;
  /** null: what the deployment gives to every key. */
  readonly rateLimit: RateLimit | null;
}

export function mayDo(principal: Principal, scope: Scope): boolean {
  return principal.scopes.includes('admin') || principal.scopes.includes(scope);
}

/** The channel that is meant: a sales key speaks for its own alone, every other key has to say. */
export function channelFor(principal: Principal, named: ChannelId | undefined): ChannelId | Refused {
  const own = principal.channel;
  if (named === undefined)
    return own ?? new Refused('invalid_request', 'channel: this API key has none of its own, so the request must name it');
  const anybody = own === null || principal.scopes.includes('admin');
  return anybody || named === own ? named : new Refused('channel_forbidden', `this API key sells for ${own}, not for ${named}`);
}

/** Whose reservation it must be; null speaks for every channel. */
export function callerOf(principal: Principal, alsoByStockKeys: boolean): ChannelId | null | Refused {
  if (principal.scopes.includes('admin') || (alsoByStockKeys && principal.scopes.includes('stock:write'))) return null;
  return principal.channel ?? new Refused('scope_missing', 'this API key sells for no channel');
}

export function maySpeakFor(principal: Principal, source: SourceId): boolean {
  return principal.sources === null || principal.sources.includes(source);
}

export function mayStateAt(principal: Principal, location: LocationId): boolean {
  return principal.locations === null || principal.locations.includes(location);
}
