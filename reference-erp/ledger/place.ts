import * as z from 'zod';

export interface Place {
  readonly sku: string;
  readonly location: string;
  readonly status: string;
}

/** A cursor that says: go on after this place. */
export function placeAfter({ sku, location, status }: Place): string {
  return encodeURIComponent(JSON.stringify([sku, location, status]));
}

const place = z.tuple([z.string(), z.string(), z.string()]);

/** The place in a cursor of ours, or null where it is not one. */
export function placeIn(cursor: string): Place | null {
  try {
    const [sku, location, status] = place.parse(JSON.parse(decodeURIComponent(cursor)));
    return { sku, location, status };
  } catch {
    return null;
  }
}
