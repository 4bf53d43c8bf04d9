import type * as z from 'zod';
import { channelId, locationId, sku, sourceId } from '../../contracts/names.ts';
import type { ProblemCode } from '../../contracts/problems.ts';
import type { ChannelId, LocationId, Sku, SourceId } from '../../domain/ids.ts';
import { Refused } from '../refused.ts';

/** Names in a path are plain: percent-decoded, then spelled as everywhere. What cannot be a name names nothing. */
export const skuInPath = (text: string): Sku | Refused => named(sku, text, 'sku_unknown');
export const locationInPath = (text: string): LocationId | Refused => named(locationId, text, 'not_found');
export const channelInPath = (text: string): ChannelId | Refused => named(channelId, text, 'not_found');
export const sourceInPath = (text: string): SourceId | Refused => named(sourceId, text, 'not_found');

function named<Schema extends z.ZodType>(schema: Schema, text: string, code: ProblemCode): z.output<Schema> | Refused {
  const result = schema.safeParse(text);
  return result.success
    ? result.data
    : new Refused(code, 'the name in the path cannot be one: 1 to 64 characters', { inPath: true });
}
