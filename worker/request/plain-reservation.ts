import type * as z from 'zod';
import {
  QUANTITY_MAX,
  RESERVATION_LINES_MAX,
  RESERVATION_TTL_SECONDS_DEFAULT,
  RESERVATION_TTL_SECONDS_MAX,
} from '../../contracts/limits.ts';
import type { newReservation } from '../../contracts/selling.ts';
import type { ChannelId, LocationId, Sku } from '../../domain/ids.ts';

type NewReservation = z.output<typeof newReservation>;

/** Names that are written as they are kept, whatever is said of spaces and composed letters. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const PLAIN_TEXT = /^[ -~]{1,64}$/;
const FIELDS: ReadonlySet<string> = new Set(['channel', 'lines', 'ttl_seconds', 'buyer', 'mode', 'split']);
const LINE_FIELDS: ReadonlySet<string> = new Set(['sku', 'quantity', 'unit', 'location']);

/**
 * What the schema makes of a reservation that holds nothing unusual, for a tenth of its cost: every reserve passes here. null: let the
 * schema judge. That it agrees with the schema is tested on bodies that nobody thought of.
 */
export function plainReservation(sent: unknown): NewReservation | null {
  if (!isTable(sent, FIELDS)) return null;
  const {
    channel,
    lines,
    ttl_seconds: ttl = RESERVATION_TTL_SECONDS_DEFAULT,
    buyer,
    mode = 'all_or_nothing',
    split = 'allowed',
  } = sent;
  if (channel !== undefined && !isName(channel)) return null;
  if (!isWhole(ttl, RESERVATION_TTL_SECONDS_MAX)) return null;
  if (buyer !== undefined && !(typeof buyer === 'string' && PLAIN_TEXT.test(buyer))) return null;
  if (mode !== 'all_or_nothing' && mode !== 'partial') return null;
  if (split !== 'never' && split !== 'allowed') return null;
  if (!Array.isArray(lines) || lines.length === 0 || lines.length > RESERVATION_LINES_MAX) return null;
  const known: NewReservation['lines'] = [];
  for (const line of lines) {
    const plain = plainLine(line);
    if (plain === null) return null;
    known.push(plain);
  }
  return {
    lines: known,
    ttl_seconds: ttl,
    mode,
    split,
    ...(channel === undefined ? {} : { channel: channel as ChannelId }),
    ...(buyer === undefined ? {} : { buyer }),
  };
}

function plainLine(sent: unknown): NewReservation['lines'][number] | null {
  if (!isTable(sent, LINE_FIELDS)) return null;
  const { sku, quantity, unit, location } = sent;
  if (!isName(sku) || !isWhole(quantity, QUANTITY_MAX)) return null;
  if (unit !== undefined && !isName(unit)) return null;
  if (location !== undefined && !isName(location)) return null;
  return {
    sku: sku as Sku,
    quantity,
    ...(unit === undefined ? {} : { unit }),
    ...(location === undefined ? {} : { location: location as LocationId }),
  };
}

function isTable(sent: unknown, fields: ReadonlySet<string>): sent is Record<string, unknown> {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return false;
  for (const field of Object.keys(sent)) if (!fields.has(field)) return false;
  return true;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && PLAIN_NAME.test(value);
}

function isWhole(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}
