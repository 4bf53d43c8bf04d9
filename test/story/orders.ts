import type {
  Command,
  Commit,
  Count,
  HandOver,
  ItemChange,
  LineQuantity,
  Move,
  Reconcile,
  Reserve,
  Sourced,
  TakeOrder,
} from '../../domain/command.ts';
import { DEFAULT_POLICY, type ItemPolicy, type StockStatus } from '../../domain/stock.ts';
import { channel, location, reservationId, source } from './ids.ts';

// The words in which stories ask. Whatever a story does not say is the plainest case: one line, the web, the `dc`, a minute.

interface ReserveOptions {
  readonly ttlMs?: number;
  readonly channel?: string;
  readonly buyer?: string;
  readonly at?: string;
  readonly mode?: Reserve['mode'];
  readonly split?: Reserve['split'];
  /** What a cart says of one of its items. */
  readonly cart?: { readonly endsAtMs?: number; readonly prefer?: readonly string[]; readonly only?: string };
}

/** Units of one line, or of several: a line is a number, or a number at a location. */
type Asked = number | readonly (number | readonly [number, string])[];

function numbered(asked: Asked, all: string | undefined): TakeOrder['lines'] {
  return (typeof asked === 'number' ? [asked] : asked).map((line, index) => {
    const [quantity, at] = typeof line === 'number' ? [line, all] : line;
    return { line: index + 1, quantity, at: at === undefined ? null : location(at) };
  });
}

export function reserve(id: string, asked: Asked, options: ReserveOptions = {}): Command {
  return {
    type: 'reserve',
    reservation: reservationId(id),
    channel: channel(options.channel ?? 'web'),
    buyer: options.buyer ?? null,
    ttlMs: options.ttlMs ?? 60_000,
    lines: numbered(asked, options.at),
    mode: options.mode ?? 'all_or_nothing',
    split: options.split ?? 'allowed',
    ...(options.cart === undefined ? {} : { cart: { endsAtMs: options.cart.endsAtMs ?? 60_000, ...sourced(options.cart) } }),
  };
}

function sourced({ prefer = [], only }: { readonly prefer?: readonly string[]; readonly only?: string }): Sourced {
  return { prefer: prefer.map(location), only: only === undefined ? null : location(only) };
}

type OrderOptions = Partial<Pick<TakeOrder, 'books' | 'orderRef' | 'mark' | 'placedAtMs'>> & {
  readonly channel?: string;
  readonly at?: string;
  readonly source?: string;
};

/** An order that the market took, which we tell the ERP, unless the story says that the ERP took it. */
export function takeOrder(id: string, asked: Asked, options: OrderOptions = {}): Command {
  const { channel: seller = 'web', at, source: from = options.books === 'erp' ? 'erp' : 'market', ...rest } = options;
  return {
    type: 'take_order',
    id,
    books: 'front',
    orderRef: `order-${id}`,
    mark: null,
    placedAtMs: 0,
    ...rest,
    source: source(from),
    reservation: reservationId(id),
    channel: channel(seller),
    lines: numbered(asked, at),
  };
}

export function handOver(id: string, to: Pick<HandOver, 'buyer' | 'reference' | 'back'>): Command {
  return { type: 'hand_over', ...ofReservation(id), ...to };
}

export function extend(id: string, ttlMs: number): Command {
  return { type: 'extend', ...ofReservation(id), ttlMs };
}

export function resize(id: string, quantities: Quantities): Command {
  return { type: 'resize', ...ofReservation(id), lines: linesOf(quantities) ?? [] };
}

interface PinOptions {
  readonly anew?: boolean;
  readonly watched?: boolean;
  readonly only?: string;
  readonly lines?: Quantities;
}

/** Options make it a cart's. */
export function pin(id: string, cart?: PinOptions): Command {
  const { anew = true, watched = true } = cart ?? {};
  if (cart === undefined) return { type: 'pin', ...ofReservation(id) };
  return { type: 'pin', ...ofReservation(id), cart: { anew, watched, lines: linesOf(cart.lines ?? null), ...sourced(cart) } };
}

/** The end of a whole cart. */
export function extendUntil(id: string, untilMs: number): Command {
  return { type: 'extend', ...ofReservation(id), ttlMs: 0, cart: { untilMs } };
}

/** What was pinned has the deadline of its cart again. */
export function unpin(id: string, untilMs: number): Command {
  return { type: 'extend', ...ofReservation(id), ttlMs: 0, cart: { untilMs, unpin: true } };
}

type CommitOptions = Partial<Pick<Commit, 'keepRest' | 'reacquire' | 'orderRef'>>;

export function commit(id: string, quantities: Quantities | null = null, options: CommitOptions = {}): Command {
  const { orderRef = `order-${id}`, keepRest = false, reacquire = false } = options;
  return { type: 'commit', ...ofReservation(id), orderRef, lines: linesOf(quantities), keepRest, reacquire };
}

export function release(id: string, quantities: Quantities | null = null): Command {
  return { type: 'release', ...ofReservation(id), lines: linesOf(quantities) };
}

export function fulfill(id: string, quantities: Quantities | null = null): Command {
  return { type: 'fulfill', ...ofReservation(id), lines: linesOf(quantities) };
}

export function cancel(id: string, quantities: Quantities | null = null): Command {
  return { type: 'cancel', ...ofReservation(id), lines: linesOf(quantities) };
}

/** Asked by another channel than the one that reserved. */
export function asChannel(id: string, command: Command): Command {
  return 'caller' in command ? { ...command, caller: channel(id) } : command;
}

/** Units of line 1, or of lines by number. */
type Quantities = number | Readonly<Record<number, number>>;

function linesOf(quantities: Quantities | null): readonly LineQuantity[] | null {
  if (quantities === null) return null;
  if (typeof quantities === 'number') return [{ line: 1, quantity: quantities }];
  return Object.entries(quantities).map(([line, quantity]) => ({ line: Number(line), quantity }));
}

function ofReservation(id: string) {
  return { reservation: reservationId(id), caller: null };
}

type MoveOptions = Partial<Omit<Move, 'type' | 'kind' | 'quantity' | 'location' | 'to' | 'source' | 'reservation'>> & {
  readonly at?: string;
  readonly to?: readonly [location: string, status: StockStatus];
  readonly source?: string;
  readonly for?: string;
};

/** A fact of the warehouse, which we tell the ERP, unless the story says whose books it comes from. */
export function moved(kind: Move['kind'], quantity: number, options: MoveOptions = {}): Command {
  const { at = 'dc', to, source: from = options.books === 'erp' ? 'erp' : 'wms', for: reservation, ...rest } = options;
  return {
    type: 'move',
    id: `${kind}-${quantity}`,
    books: 'front',
    status: 'sellable',
    reason: null,
    document: null,
    orderRef: null,
    mark: null,
    occurredAtMs: null,
    ...rest,
    kind,
    quantity,
    source: source(from),
    location: location(at),
    to: to === undefined ? null : { location: location(to[0]), status: to[1] },
    reservation: reservation === undefined ? null : reservationId(reservation),
  };
}

export const receive = (quantity: number, at = 'dc'): Command => moved('received', quantity, { at });
export const adjust = (quantity: number, at = 'dc'): Command => moved('adjusted', quantity, { at });

type CountOptions = Partial<Omit<Count, 'type' | 'quantity' | 'location' | 'source'>> & {
  readonly at?: string;
  readonly source?: string;
};

/** What the ERP says is there, at its mark. */
export function erpCount(quantity: number, mark: number | null, options: CountOptions = {}): Command {
  return counted(quantity, { books: 'erp', source: 'erp', mark, meaning: 'on_hand_minus_committed', ...options });
}

/** What people counted on the shelf. */
export function stockTake(quantity: number, asOfMs: number, options: CountOptions = {}): Command {
  return counted(quantity, { books: 'front', source: 'stock-take', mark: null, meaning: 'on_hand', asOfMs, ...options });
}

function counted(quantity: number, { at = 'dc', source: from = 'erp', ...options }: CountOptions): Command {
  return {
    type: 'count',
    id: `count-${quantity}`,
    books: 'erp',
    status: 'sellable',
    meaning: 'on_hand',
    asOfMs: Number.MAX_SAFE_INTEGER,
    mark: null,
    ...options,
    quantity,
    source: source(from),
    location: location(at),
  };
}

/** A difference that a run found at this mark of the ERP's, or while nothing was under way. */
export function reconcile(
  quantity: number,
  variance: number,
  { at = 'dc', ...options }: Partial<Omit<Reconcile, 'type' | 'quantity' | 'variance' | 'location'>> & { readonly at?: string },
): Command {
  return {
    type: 'reconcile',
    id: `run-${quantity}`,
    source: source('erp'),
    books: 'erp',
    status: 'sellable',
    meaning: 'on_hand_minus_committed',
    holds: { mark: 0 },
    asOfMs: 0,
    reason: 'unknown: run-1',
    ...options,
    quantity,
    variance,
    location: location(at),
  };
}

type PolicyOptions = Partial<Omit<ItemPolicy, 'safetyStock' | 'buffers' | 'quotas'>> & {
  readonly safetyStock?: Readonly<Record<string, number>>;
  readonly buffers?: Readonly<Record<string, number>>;
  readonly quotas?: Readonly<Record<string, QuotaOptions>>;
};

interface QuotaOptions {
  readonly protected?: number;
  readonly cap?: number | null;
  /** From when until when, in milliseconds. */
  readonly from?: number | null;
  readonly until?: number | null;
}

export function policy({ safetyStock = {}, buffers = {}, quotas = {}, ...rest }: PolicyOptions): ItemChange {
  return {
    type: 'set_item',
    status: null,
    policy: {
      ...DEFAULT_POLICY,
      ...rest,
      safetyStock: Object.entries(safetyStock).map(([at, quantity]) => ({ location: location(at), quantity })),
      buffers: Object.entries(buffers).map(([id, quantity]) => ({ channel: channel(id), quantity })),
      quotas: Object.entries(quotas).map(([id, { protected: sure = 0, cap = null, from = null, until = null }]) => ({
        channel: channel(id),
        protected: sure,
        cap,
        startsAtMs: from,
        endsAtMs: until,
      })),
    },
  };
}

/** The same, asked before anybody decided it: it may be refused, and then changes nothing. */
export function plannedPolicy(options: PolicyOptions): ItemChange {
  return { ...policy(options), plan: true };
}

/** What is expected: units, where and when. */
export function announce(...coming: readonly (readonly [quantity: number, at: string, atMs: number])[]): ItemChange {
  const receipts = coming.map(([quantity, at, expectedAtMs]) => ({ location: location(at), quantity, expectedAtMs }));
  return { type: 'set_item', status: null, policy: null, receipts };
}
