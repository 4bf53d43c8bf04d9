// R27 as docs/spec.md states it, line by line, and as slow as that: no code of the core is used here, only its types.
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Channel, Network } from '../../domain/network.ts';
import type { Terms } from '../../domain/offer.ts';

export interface NaiveOffer {
  readonly any: number;
  readonly one: number;
  readonly places: ReadonlyMap<LocationId, number>;
}

export function naiveOffer(terms: Terms, network: Network, id: ChannelId): NaiveOffer {
  const without = naiveAts({ ...terms, backorderLimit: 0 }, network, id);
  const places = new Map<LocationId, number>();
  for (const at of servedBy(network, id))
    if (isKnown(terms, at)) places.set(at, Math.min(naiveAvailable(terms, network, id, at), without));
  return { any: naiveAts(terms, network, id), one: Math.max(0, ...places.values()), places };
}

/** avail(c,l) = s(l) − Σ_o withheld(o,l). */
export function naiveAvailable(terms: Terms, network: Network, id: ChannelId, at: LocationId): number {
  const held = naiveWithheld(terms, network, id).filter(([place]) => place === at);
  return safe(terms, at) - held.reduce((total, [, quantity]) => total + quantity, 0);
}

export function naiveAts(terms: Terms, network: Network, id: ChannelId): number {
  const asking = network.channels.find((one) => one.id === id);
  if (asking === undefined || asking.stopSell || terms.stopSell) return 0;
  let stock = -terms.backordered;
  for (const at of servedBy(network, id)) {
    stock += naiveAvailable(terms, network, id, at);
    stock -= Math.max(0, -net(terms, at));
  }
  if (stock > 0) stock = Math.max(0, stock - (terms.buffers.find((one) => one.channel === id)?.quantity ?? asking.buffer));
  if (stock > 0 && !isTrusted(terms, asking, network)) {
    let shrunk = 0;
    while (shrunk * 100 < stock * (asking.confidence?.shrinkPercent ?? 0)) shrunk += 1;
    stock -= shrunk;
  }
  const quota = terms.quotas.find((one) => one.channel === id);
  const left = quota === undefined || quota.cap === null ? Number.MAX_SAFE_INTEGER : quota.cap - quota.consumed;
  return Math.max(0, Math.min(stock + terms.backorderLimit, left));
}

function isTrusted({ evidence }: Terms, { confidence }: Channel, { trouble }: Network): boolean {
  if (evidence === undefined || confidence === undefined || confidence === null) return true;
  const { asOfMs, countedAtMs, waitingSinceMs } = evidence;
  const tooOld = (sinceMs: number, seconds: number | null): boolean => seconds !== null && asOfMs - sinceMs >= seconds * 1_000;
  if (countedAtMs === null ? confidence.countAgeSeconds !== null : tooOld(countedAtMs, confidence.countAgeSeconds)) return false;
  const lasts = (sinceMs: number | null | undefined, seconds: number | null | undefined): boolean =>
    sinceMs !== null && sinceMs !== undefined && seconds !== undefined && tooOld(sinceMs, seconds);
  if (lasts(trouble?.feedSinceMs, confidence.feedLagSeconds) || lasts(trouble?.laneSinceMs, confidence.laneOpenSeconds))
    return false;
  return waitingSinceMs === null || !tooOld(waitingSinceMs, confidence.erpSilenceSeconds);
}

/** One [location, 1] for every unit that somebody else's protected quota keeps. */
function naiveWithheld(terms: Terms, network: Network, id: ChannelId): readonly (readonly [LocationId, number])[] {
  const held: (readonly [LocationId, number])[] = [];
  const others = network.channels.filter((one) => one.id !== id).toSorted((a, b) => a.class - b.class || (a.id < b.id ? -1 : 1));
  for (const other of others) {
    const quota = terms.quotas.find((one) => one.channel === other.id);
    if (quota === undefined) continue;
    for (let unit = quota.consumed; unit < quota.protected; unit += 1) {
      const from = inOrderOfTaking(network, other).find(
        (at) => safe(terms, at) - held.filter(([place]) => place === at).length > 0,
      );
      if (from !== undefined) held.push([from, 1]);
    }
  }
  return held;
}

/** Those serving fewest channels first, then by priority, then by id. */
function inOrderOfTaking(network: Network, { id }: Channel): readonly LocationId[] {
  const rank = (at: LocationId): readonly [number, number, string] => [
    network.channels.filter((one) => servedBy(network, one.id).includes(at)).length,
    network.locations.find((one) => one.id === at)?.priority ?? 0,
    at,
  ];
  return servedBy(network, id).toSorted((a, b) => {
    const [servesA, priorityA, nameA] = rank(a);
    const [servesB, priorityB, nameB] = rank(b);
    return servesA - servesB || priorityA - priorityB || (nameA < nameB ? -1 : 1);
  });
}

export function servedBy(network: Network, id: ChannelId): readonly LocationId[] {
  const asking = network.channels.find((one) => one.id === id);
  if (asking === undefined) return [];
  return network.locations
    .filter((at) => !at.stopSell && (asking.locations === null || asking.locations.includes(at.id)))
    .map((at) => at.id);
}

function isKnown(terms: Terms, at: LocationId): boolean {
  return terms.places.some((one) => one.location === at);
}

function net(terms: Terms, at: LocationId): number {
  const found = terms.places.find((one) => one.location === at);
  return found === undefined ? 0 : found.sellable - found.reserved - found.committed;
}

function safe(terms: Terms, at: LocationId): number {
  return Math.max(0, net(terms, at) - (terms.places.find((one) => one.location === at)?.safetyStock ?? 0));
}
