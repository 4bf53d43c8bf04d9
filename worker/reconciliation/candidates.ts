import type { LocationId, Sku } from '../../domain/ids.ts';
import { NEW_LINE, type Line } from './lines.ts';
import type { Steady } from './read-steadily.ts';

/** What is to be looked at again of one reading of an item: all that is not equal. */
export function candidatesOf(run: string, { sku, readings, comparison, readAtMs }: Steady): readonly Line[] {
  const lines = readings.flatMap((reading, index): readonly Line[] => {
    const found = comparison.places[index];
    if (found === undefined || (found.outcome === 'known' && found.variance === 0)) return [];
    const { location, status, quantity, meaning, holds } = reading;
    const known = found.outcome === 'known' ? found : { variance: null, booked: null };
    return [
      {
        ...NEW_LINE,
        run,
        sku,
        location,
        status,
        counted: quantity,
        meaning,
        holds: 'asOfMs' in holds ? null : holds,
        variance: known.variance,
        booked: known.booked,
        readAtMs,
      },
    ];
  });
  const unread = comparison.unread.map(({ location, status }): Line => ({ ...NEW_LINE, run, sku, location, status, readAtMs }));
  return [...lines, ...unread];
}

/** An item whose object did not answer: it is asked again with the others, and at last it is deferred. No place of it is known. */
export function unheardOf(run: string, skus: readonly Sku[], readAtMs: number): readonly Line[] {
  return skus.map((sku) => ({ ...NEW_LINE, run, sku, location: '' as LocationId, status: 'sellable', readAtMs }));
}
