// Twenty items of which there is too little, four places, three channels, and policies of every kind.
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { Dice } from '../model/dice.ts';
import type { Basket } from './answers.ts';
import type { Ask } from './ask.ts';
import type { Operation, Units } from './expected.ts';
import type { Buyer } from './buyer.ts';
import { unitsOf } from './expected.ts';

export const SKUS = Array.from({ length: 20 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`);
const PLACES = { dc: 12, east: 7, west: 5, store: 4 } as const;
const SELLERS: Readonly<
  Record<string, { readonly locations: readonly string[] | null; readonly buffer: number; readonly class: number }>
> = {
  web: { locations: null, buffer: 0, class: 10 },
  app: { locations: ['dc', 'east', 'west'], buffer: 1, class: 20 },
  market: { locations: ['west', 'store'], buffer: 0, class: 30 },
};
export const CHANNELS = Object.keys(SELLERS);

/** Items made of others, by how many of each. */
const KITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  K1: { S01: 2, S02: 1 },
  K2: { S06: 1, S07: 1 },
  K3: { K2: 1, S06: 1, S11: 2 },
};

/** What one unit takes of which items with stock of their own. */
export function partsOf(sku: string): ReadonlyMap<string, number> {
  const kit = KITS[sku];
  if (kit === undefined) return new Map([[sku, 1]]);
  const parts = new Map<string, number>();
  for (const [one, factor] of Object.entries(kit)) {
    for (const [part, units] of partsOf(one)) parts.set(part, (parts.get(part) ?? 0) + units * factor);
  }
  return parts;
}

/** As the API is told below, and as nobody changes it later. */
export const NETWORK: Network = {
  version: 1,
  locations: Object.keys(PLACES).map((id, index) => ({ id: id as LocationId, priority: index + 1, stopSell: false })),
  channels: Object.entries(SELLERS).map(([id, { locations, ...seller }]) => ({
    id: id as ChannelId,
    locations: locations as readonly LocationId[] | null,
    ...seller,
    stopSell: false,
  })),
};

/** With a multiple of the units it is scarce no more. */
export async function openScarceShop(admin: Ask, occurredAt: string, times = 1): Promise<void> {
  const put = async (path: string, body: object): Promise<void> => {
    const { status, body: reply } = await admin('PUT', path, body);
    if (status >= 300) throw new Error(`PUT ${path}: ${status} ${JSON.stringify(reply)}`);
  };
  for (const { id, priority } of NETWORK.locations) await put(`/v1/locations/${id}`, { type: 'dc', priority });
  for (const [id, seller] of Object.entries(SELLERS)) await put(`/v1/channels/${id}`, seller);
  await put('/v1/sources/wms', { books: 'front' });
  for (const sku of SKUS) await put(`/v1/items/${sku}`, { status: 'active' });
  const received = SKUS.flatMap((sku) =>
    Object.entries(PLACES).map(([location, quantity]) => ({
      sku,
      location,
      quantity: quantity * times,
      kind: 'received',
      id: `opening-${sku}-${location}`,
    })),
  );
  await tell(
    admin,
    received.map((one) => ({ ...one, source: 'wms', occurred_at: occurredAt })),
  );
  for (const [index, sku] of SKUS.entries()) await put(`/v1/items/${sku}/policy`, policyOf(index));
}

export async function openKits(admin: Ask): Promise<void> {
  for (const [sku, parts] of Object.entries(KITS)) {
    const components = Object.entries(parts).map(([part, factor]) => ({ sku: part, factor }));
    const { status, body } = await admin('PUT', `/v1/items/${sku}`, { status: 'active', components });
    if (status !== 201) throw new Error(`the kit ${sku}: ${status} ${JSON.stringify(body)}`);
  }
}

function policyOf(index: number): object {
  return {
    safety_stock: index % 4 === 0 ? [{ location: 'dc', quantity: 2 }] : [],
    backorder_limit: index % 5 === 0 ? 4 : 0,
    quotas:
      index % 6 === 1
        ? [
            { channel: 'market', protected: 3 },
            { channel: 'app', cap: 9 },
          ]
        : [],
  };
}

export async function tell(stock: Ask, movements: readonly object[]): Promise<void> {
  const { status, body } = await stock('POST', '/v1/movements', { movements });
  const wrong = body.items?.filter((one: { outcome: string }) => one.outcome !== 'applied') ?? [body];
  if (status !== 200 || wrong.length > 0) throw new Error(`movements: ${status} ${JSON.stringify(wrong)}`);
}

/** Two to six items, now and then one; both modes; some name a place, some must not be split, some name an item twice. */
export function randomBasket(dice: Dice): Basket {
  const channel = dice.pick(CHANNELS) ?? 'web';
  const split = dice.oneIn(5) ? 'never' : 'allowed';
  const places = SELLERS[channel]?.locations ?? Object.keys(PLACES);
  const skus = someOf(SKUS, dice.oneIn(6) ? 1 : dice.roll(2, 6), dice);
  const twice = dice.oneIn(10) ? skus.slice(0, 1) : [];
  const lines = [...skus, ...twice].map((sku) => {
    const location = split === 'allowed' && dice.oneIn(5) ? dice.pick(places) : undefined;
    return { sku, quantity: dice.roll(1, 3), ...(location === undefined ? {} : { location }) };
  });
  return { channel, lines, split, mode: dice.oneIn(3) ? 'partial' : 'all_or_nothing', ttl_seconds: dice.roll(5, 60) };
}

/** A kit, one of its parts by itself, and something else. */
export function randomKitBasket(dice: Dice): Basket {
  const kit = dice.pick(Object.keys(KITS)) ?? '';
  const parts = [...partsOf(kit).keys()];
  const others = SKUS.filter((sku) => !parts.includes(sku));
  const skus = [kit, dice.pick(parts) ?? '', dice.pick(others) ?? ''];
  return { ...randomBasket(dice), split: 'allowed', lines: skus.map((sku) => ({ sku, quantity: dice.roll(1, 2) })) };
}

/** Mostly what a checkout does next, now and then what it should not. */
export function randomOperation({ seen, name, history }: Buyer, dice: Dice): Operation {
  const lines = seen?.lines ?? [];
  const some = (of: keyof Units) =>
    dice.oneIn(2) ? {} : { lines: lines.map((line) => ({ line: line.line, quantity: dice.roll(0, unitsOf(line)[of]) })) };
  const order = { order_ref: `order-${name}-${history.length}` };
  switch (dice.oneIn(8) ? 'anything' : seen?.status) {
    case 'active':
    case 'pinned':
      switch (dice.roll(1, 7)) {
        case 1:
          return { type: 'extend', body: { ttl_seconds: dice.roll(5, 60) } };
        case 2:
          return { type: 'resize', body: { lines: grownOrShrunk(lines, dice) } };
        case 3:
          return { type: 'release', body: some('open') };
        case 4:
        case 5:
          return { type: 'pin', body: {} };
        default:
          return { type: 'commit', body: { ...order, ...some('open'), keep_rest: dice.oneIn(3) } };
      }
    case 'committed':
      return { type: dice.oneIn(3) ? 'cancel' : 'fulfill', body: some('owed') };
    case 'expired':
      return dice.oneIn(2) ? { type: 'pin', body: {} } : { type: 'commit', body: { ...order, reacquire: true } };
    case 'fulfilled':
    case 'cancelled':
    case 'released':
    case 'anything':
    case undefined:
      return {
        type: dice.pick(['release', 'fulfill', 'cancel'] as const) ?? 'release',
        body: dice.oneIn(4) ? { lines: [{ line: 1, quantity: 9 }] } : {},
      };
  }
}

/** One line more, or one line less: what shrinks at the same time may serve what grows, and that is another question. */
function grownOrShrunk(lines: readonly { readonly line: number; readonly open: number }[], dice: Dice) {
  const { line = 1, open = 1 } = dice.pick(lines) ?? {};
  return [{ line, quantity: Math.max(1, dice.oneIn(2) ? open + dice.roll(1, 3) : open - 1) }];
}

function someOf<T>(all: readonly T[], count: number, dice: Dice): readonly T[] {
  const left = [...all];
  return Array.from({ length: count }, () => left.splice(dice.roll(0, left.length - 1), 1)).flat();
}
