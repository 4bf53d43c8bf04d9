// R85 and R86 as docs/spec.md states them, line by line, for an item that is no kit: no code of the core is used here, only its types.
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { Terms } from '../../domain/offer.ts';
import { naiveOffer } from './naive-offer.ts';
import type { NaiveReservation } from './naive-stock.ts';

export interface NaiveLevel {
  readonly quantity: number;
  readonly places: ReadonlyMap<LocationId, number>;
}

export function naiveLevel(terms: Terms, network: Network, id: ChannelId, reservations: readonly NaiveReservation[]): NaiveLevel {
  const asking = network.channels.find((one) => one.id === id);
  const { any, places } = naiveOffer(terms, network, id);
  const told = Math.min(any, asking?.shows?.atMost ?? any);
  const counts = asking?.shows?.meaning === 'input';
  const lines = reservations.filter((one) => counts && one.channel === id).flatMap((one) => one.lines);
  const onlyPlace = (asking?.locations ?? network.locations).length === 1;
  const inAll = asking?.shows?.takesOff === 'in_all';
  let left = told;
  let elsewhere = 0;
  for (const line of lines) elsewhere += line.units.owed;
  const shown = new Map<LocationId, number>();
  const own = asking === undefined ? [] : (asking.locations ?? network.locations.map((one) => one.id));
  const everKnown = terms.places.map((one) => one.location);
  for (const at of inOrder(
    own.filter((one) => everKnown.includes(one)),
    network,
  )) {
    const here = Math.min(places.get(at) ?? 0, left);
    left -= here;
    let owed = 0;
    for (const line of lines) if (onlyPlace || line.at === at) owed += line.units.owed;
    if (here > 0) elsewhere -= owed;
    shown.set(at, here === 0 ? 0 : here + owed);
  }
  // Where no order has a place of its own, it may be anywhere that there is something.
  const [first] = [...shown].find(([, units]) => units > 0) ?? [];
  if (inAll && first !== undefined) shown.set(first, (shown.get(first) ?? 0) + elsewhere);
  let owed = 0;
  for (const line of lines) owed += line.units.owed;
  return { quantity: told === 0 ? 0 : told + owed, places: shown };
}

function inOrder(places: readonly LocationId[], { locations }: Network): readonly LocationId[] {
  const rank = (at: LocationId): number => locations.find(({ id }) => id === at)?.priority ?? 0;
  return places.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
