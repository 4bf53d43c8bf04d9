import type { Command } from '../../../domain/command.ts';
import type { ChannelId, LocationId, ReservationId } from '../../../domain/ids.ts';
import type { Network } from '../../../domain/network.ts';
import { DEFAULT_POLICY } from '../../../domain/stock.ts';
import type { Asked } from '../../../durable-objects/sku-stock/protocol.ts';
import { received } from '../../received.ts';

/** What an object is filled with. */
export type Kind =
  /** Reservations that were made and given back. */
  | 'closed'
  /** Reservations that wait for their buyers. */
  | 'live'
  /** Movements of goods that the ERP knows already. */
  | 'moved';

/** As many as the front hands over in one call of facts. */
const AT_ONCE = 500;
const DC = 'dc' as LocationId;
const WEB = 'web' as ChannelId;
const UNITS = 1_000_000_000;
const LIVE_MS = 3_600_000;

/** One place, one channel. */
export const NETWORK: Network = {
  version: 1,
  locations: [{ id: DC, priority: 1, stopSell: false }],
  channels: [{ id: WEB, locations: null, buffer: 0, class: 100, stopSell: false }],
};

/** An item with plenty of stock. */
export function opening(): readonly Asked[] {
  return [asked({ type: 'set_item', status: 'active', policy: DEFAULT_POLICY }), asked(received('opening', UNITS, 'erp'))];
}

export function pagesOf(kind: Kind, from: number, count: number): readonly (readonly Asked[])[] {
  const ids = Array.from({ length: count }, (_, index) => String(from + index));
  const pages = Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, page) => ids.slice(page * AT_ONCE, (page + 1) * AT_ONCE));
  return pages.flatMap((page) => callsOf(kind, page));
}

function callsOf(kind: Kind, ids: readonly string[]): readonly (readonly Asked[])[] {
  switch (kind) {
    case 'closed':
      return [ids.map(reserving), ids.map(releasing)];
    case 'live':
      return [ids.map(reserving)];
    case 'moved':
      return [ids.map((id) => asked(received(`moved-${id}`, 1, 'erp')))];
  }
}

/** As the front asks it: its id is as long as a real one. */
export function reserving(id: string): Asked {
  const command: Command = {
    type: 'reserve',
    reservation: idOf(id),
    channel: WEB,
    buyer: null,
    ttlMs: LIVE_MS,
    lines: [{ line: 1, quantity: 1, at: null }],
    mode: 'all_or_nothing',
    split: 'allowed',
  };
  return asked(command, `r${id}`);
}

function releasing(id: string): Asked {
  return asked({ type: 'release', reservation: idOf(id), caller: WEB, lines: null }, `g${id}`);
}

function idOf(id: string): ReservationId {
  return `UkVTRVJWQVRJT04.${id.padStart(22, '0')}` as ReservationId;
}

function asked(command: Command, key?: string): Asked {
  const hash = key?.padStart(22, '0');
  return {
    command,
    key: hash === undefined ? null : { hash, fingerprint: hash },
    correlationId: '4bf92f3577b34da6a3ce929d0e0e4736',
  };
}
