import type { LocationName } from '../../contracts/names.ts';
import type { LocationId } from '../../domain/ids.ts';
import { Refused } from '../refused.ts';
import type { Names } from './names.ts';

/** Each place once, in the order in which they were named. */
export async function placesOf(named: readonly LocationName[], names: Names): Promise<readonly LocationId[] | Refused> {
  const locationOf = await names.locations(named);
  const places = new Set<LocationId>();
  for (const name of named) {
    const location = locationOf(name);
    if (location instanceof Refused) return location;
    places.add(location);
  }
  return [...places];
}
