import * as z from 'zod';
import type { InboundFact } from '../../contracts/inbound-messages.ts';
import { locationName, sourceId, type LocationName } from '../../contracts/names.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { Names } from '../catalogue/names.ts';
import { maySpeakFor, mayStateAt, type Principal } from '../middleware/principal.ts';
import { Refused } from '../refused.ts';

/**
 * Whether whoever sends these facts may state them, as far as their names can be read: one that it may not state refuses
 * all. It is asked here once and for all, also of aliases, for who is let in is not known where they are booked.
 */
export async function refusalToState(
  facts: readonly InboundFact[],
  source: SourceId,
  principal: Principal,
  names: Pick<Names, 'locations'>,
): Promise<Refused | null> {
  const mine = maySpeakFor(principal, source);
  const read = facts.map(({ fact }) => outline.parse(fact));
  const other = read.find((one) => one.source !== null && one.source !== source);
  if (!mine || other !== undefined) {
    const detail = mine ? `a fact names the source ${other?.source}` : `this API key does not speak for the source ${source}`;
    return new Refused('source_not_allowed', mine ? `here the source is ${source}, and ${detail}` : detail);
  }
  if (principal.locations === null) return null;

  const named = read.flatMap(placesIn);
  const locationOf = await names.locations(named);
  // A name that stands for nothing is nobody's: the fact will be rejected for it, unless it is a plain one of another's.
  const places = named.flatMap((name) => {
    const known = locationOf(name);
    if (!(known instanceof Refused)) return [known];
    return typeof name === 'string' ? [name] : [];
  });
  const place = places.find((one) => !mayStateAt(principal, one));
  return place === undefined ? null : new Refused('source_not_allowed', `this API key does not speak for the location ${place}`);
}

const place = z.object({ location: z.unknown().optional(), to_location: z.unknown().optional() }).catch({});
const outline = z
  .object({
    source: sourceId.nullable().catch(null),
    lines: z.array(place).catch([]),
    location: z.unknown().optional(),
    to_location: z.unknown().optional(),
  })
  .catch({ source: null, lines: [] });

function placesIn({ lines, ...fact }: z.output<typeof outline>): readonly LocationName[] {
  return [fact, ...lines]
    .flatMap((one) => [one.location, one.to_location])
    .flatMap((written) => locationName.safeParse(written).data ?? []);
}
