// SPEC §1's table once more, read by somebody who never saw the core: what one operation must answer and leave behind.
import type { ReservationReply } from '../../contracts/reservations.ts';

export type Status = ReservationReply['status'];
export type LineReply = ReservationReply['lines'][number];

export interface LineQuantity {
  readonly line: number;
  readonly quantity: number;
}

export type Operation =
  | { readonly type: 'extend'; readonly body: { readonly ttl_seconds: number } }
  | { readonly type: 'resize'; readonly body: { readonly lines: readonly LineQuantity[] } }
  | { readonly type: 'pin'; readonly body: object }
  | {
      readonly type: 'commit';
      readonly body: {
        readonly order_ref: string;
        readonly lines?: readonly LineQuantity[];
        readonly keep_rest?: boolean;
        readonly reacquire?: boolean;
      };
    }
  | { readonly type: 'release' | 'fulfill' | 'cancel'; readonly body: { readonly lines?: readonly LineQuantity[] } };

export const CLASSES = ['open', 'owed', 'fulfilled', 'cancelled', 'released', 'expired'] as const;

/** The units of one line, each in one class. */
export type Units = Readonly<Record<(typeof CLASSES)[number], number>>;

export type Expected =
  | { readonly refused: string }
  /** By line number; `mayLack`: the stock may not suffice, which then changes nothing. */
  | { readonly lines: ReadonlyMap<number, Units>; readonly mayLack: boolean };

export interface Held {
  readonly status: Status;
  readonly lines: ReadonlyMap<number, Units>;
}

export function held({ status, lines }: Pick<ReservationReply, 'status' | 'lines'>): Held {
  return { status, lines: new Map(lines.map((line) => [line.line, unitsOf(line)])) };
}

export function unitsOf({ open, committed, fulfilled, cancelled, released, expired }: LineReply): Units {
  return { open, owed: committed - fulfilled - cancelled, fulfilled, cancelled, released, expired };
}

/** What is left of it when its deadline has passed. */
export function lapsed({ status, lines }: Held): Held {
  if (status !== 'active') return { status, lines };
  const after = mapped(lines, (units) => ({ ...units, open: 0, expired: units.expired + units.open }));
  return { status: statusOf(after, 'active'), lines: after };
}

export function statusOf(lines: ReadonlyMap<number, Units>, whileOpen: Status): Status {
  const has = (of: keyof Units): boolean => [...lines.values()].some((units) => units[of] > 0);
  if (has('open')) return whileOpen;
  if (has('owed')) return 'committed';
  return (['fulfilled', 'cancelled', 'released'] as const).find(has) ?? 'expired';
}

const TAKEN = { committed: 'already_committed', fulfilled: 'already_committed', cancelled: 'reservation_cancelled' } as const;
const TO_CHANGE = {
  active: 'go',
  pinned: 'reservation_pinned',
  ...TAKEN,
  released: 'reservation_released',
  expired: 'reservation_expired',
} as const;
const TO_SELL = { active: 'go', pinned: 'go', ...TAKEN, released: 'reservation_released', expired: 'anew' } as const;
const TO_SHIP = {
  active: 'go',
  pinned: 'go',
  committed: 'go',
  fulfilled: 'already_fulfilled',
  cancelled: 'reservation_cancelled',
  released: 'not_committed',
  expired: 'not_committed',
} as const;

const TABLE: Readonly<Record<Operation['type'], Readonly<Record<Status, string>>>> = {
  extend: TO_CHANGE,
  resize: TO_CHANGE,
  pin: { ...TO_SELL, pinned: 'nothing' },
  commit: TO_SELL,
  release: { ...TO_SELL, released: 'nothing', expired: 'nothing' },
  fulfill: TO_SHIP,
  cancel: { ...TO_SHIP, cancelled: 'nothing' },
};

export function expected(operation: Operation, { status, lines }: Held): Expected {
  const may = TABLE[operation.type][status];
  const same: Expected = { lines, mayLack: false };
  if (may === 'nothing') return same;
  if (may !== 'go' && may !== 'anew') return { refused: may };
  switch (operation.type) {
    case 'extend':
      return same;
    case 'pin':
      return may === 'go' ? same : shifted(lines, undefined, 'expired', 'open', true);
    case 'resize': {
      const open = new Map(operation.body.lines.map(({ line, quantity }) => [line, quantity]));
      const after = mapped(lines, (units, line) => {
        const wanted = open.get(line) ?? units.open;
        return { ...units, open: wanted, released: units.released + Math.max(0, units.open - wanted) };
      });
      return { lines: after, mayLack: [...lines].some(([line, units]) => (open.get(line) ?? 0) > units.open) };
    }
    case 'commit': {
      const { lines: asked, keep_rest: keepRest = false, reacquire = false } = operation.body;
      if (may === 'anew') {
        return reacquire ? shifted(lines, asked, 'expired', 'owed', true) : { refused: 'reservation_expired' };
      }
      const sold = shifted(lines, asked, 'open', 'owed', false);
      return keepRest || 'refused' in sold ? sold : shifted(sold.lines, undefined, 'open', 'released', false);
    }
    case 'release':
      return shifted(lines, operation.body.lines, 'open', 'released', false);
    case 'fulfill':
    case 'cancel': {
      if ([...lines.values()].every(({ owed }) => owed === 0)) return { refused: 'not_committed' };
      const to = operation.type === 'fulfill' ? 'fulfilled' : 'cancelled';
      return shifted(lines, operation.body.lines, 'owed', to, operation.type === 'fulfill');
    }
  }
}

/** All units of a class, or those asked for, go to another class; more than there are is refused. */
function shifted(
  lines: ReadonlyMap<number, Units>,
  asked: readonly LineQuantity[] | undefined,
  from: keyof Units,
  to: keyof Units,
  mayLack: boolean,
): Expected {
  const wanted = new Map(asked?.map(({ line, quantity }) => [line, quantity]));
  const units = (line: number, there: number): number => (asked === undefined ? there : (wanted.get(line) ?? 0));
  if ([...lines].some(([line, there]) => units(line, there[from]) > there[from])) return { refused: 'exceeds_reservation' };
  const after = mapped(lines, (there, line) => {
    const gone = units(line, there[from]);
    return { ...there, [from]: there[from] - gone, [to]: there[to] + gone };
  });
  return { lines: after, mayLack };
}

function mapped(lines: ReadonlyMap<number, Units>, change: (units: Units, line: number) => Units): ReadonlyMap<number, Units> {
  return new Map([...lines].map(([line, units]) => [line, change(units, line)]));
}
