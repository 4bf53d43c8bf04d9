import * as z from 'zod';
import type { ChannelId, LocationId, ReservationId, Sku, SourceId } from '../domain/ids.ts';
import { NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX } from './limits.ts';

/**
 * One spelling per name: composed, trimmed, case kept. Control characters and broken surrogates would be stored as
 * something else; `.` and `..` cannot stand in a path.
 */
const name = z
  .string()
  .trim()
  .normalize('NFC')
  .regex(
    new RegExp(`^(?!\\.{1,2}$)[^\\p{Cc}\\p{Cs}]{1,${NAME_CHARACTERS_MAX}}$`, 'u'),
    `must be 1 to ${NAME_CHARACTERS_MAX} characters`,
  );

export const sku = name.meta({ description: 'What is sold.', example: 'TEA-GREEN-100' }).transform((text) => text as Sku);
export const locationId = name
  .meta({ description: 'A place that ships or hands over.', example: 'dc' })
  .transform((text) => text as LocationId);
export const channelId = name.meta({ description: 'Who sells.', example: 'web' }).transform((text) => text as ChannelId);
export const sourceId = name.meta({ description: 'Who states facts.', example: 'wms' }).transform((text) => text as SourceId);
export const unitName = name.meta({ description: "One of the item's units; absent: its base unit.", example: 'box' });

/** Text that comes back as it was. Broken surrogates would not. */
export const text = z
  .string()
  .regex(new RegExp(`^[^\\p{Cs}\\0]{1,${TEXT_CHARACTERS_MAX}}$`, 'u'), `must be 1 to ${TEXT_CHARACTERS_MAX} characters`);

export const reservationId = text
  .meta({ description: 'Opaque.', example: 'VEVBLUdSRUVOLTEwMA.3q2-7wQYkC0vJ8n1p6XbZA' })
  .transform((id) => id as ReservationId);
export const orderRef = text.meta({ description: 'The order as the seller calls it.', example: 'ORDER-1001' });

export const systemName = name.meta({ description: 'Whose names they are.', example: 'gtin' });

export const alias = z
  .strictObject({ system: systemName, external_id: name.meta({ example: '04012345678901' }) })
  .meta({ id: 'Alias', description: 'What another system calls it.' });
export type Alias = z.output<typeof alias>;

/** Wherever a SKU or a location stands in a request, what another system calls it may stand instead. */
export const itemName = z.union([sku, alias]);
export const locationName = z.union([locationId, alias]);
export type ItemName = z.output<typeof itemName>;
export type LocationName = z.output<typeof locationName>;
