import { describe, expect, test } from 'vitest';
import type { ReservationReply } from '../../contracts/reservations.ts';
import { whatContradicts, whyUnexplained } from './cart-check.ts';
import { cartsOf } from './carts.ts';
import { orderRows } from './order-file.ts';

const HEADER = 'invoice_no,stock_code,description,quantity,invoice_date,unit_price,customer_id,country';
const { rows } = orderRows(
  [HEADER, ...['20001,,4', '20002,,1'].map((goods) => `1,${goods},2031-03-03T08:26:00Z,2.55,5,Ruritania`), ''].join('\n'),
);
const [cart] = cartsOf(
  rows.map((row) => ({ row, quantity: row.quantity })),
  'Ruritania',
);
if (cart === undefined) throw new Error('the file has one invoice');

const WHOLE = { step: 'reserve', mode: 'all_or_nothing', at: null } as const;
const PARTIAL = { step: 'reserve_partial', mode: 'partial', at: null } as const;
const HERE = { step: 'reserve_here', mode: 'all_or_nothing', at: 'shop' } as const;
const GRANTED = { status: 'active', reserved: null } as const;

type Line = ReservationReply['lines'][number];
const line = (number: number, sku: string, quantity: number, units = quantity, other: Partial<Line> = {}): Line => ({
  line: number,
  sku,
  quantity,
  reserved: units,
  open: units,
  committed: 0,
  fulfilled: 0,
  cancelled: 0,
  released: 0,
  expired: 0,
  backordered: 0,
  sequence: 2,
  allocations: units > 0 ? [{ location: 'dc', quantity: units }] : [],
  ...other,
});
const reply = (lines: Line[], other: Partial<ReservationReply> = {}): ReservationReply => ({
  id: 'cart.1',
  status: 'active',
  channel: 'web',
  buyer: 'hash',
  order_ref: null,
  reference: null,
  promised_at: null,
  created_at: '',
  expires_at: null,
  as_of: '',
  lines,
  ...other,
});
const WELL = [line(1, '20001', 4), line(2, '20002', 1)];

describe('a reply about a cart', () => {
  test('contradicts nothing when it grants what was asked for', () => {
    expect(whatContradicts(cart, WHOLE, reply(WELL), GRANTED)).toEqual([]);
  });

  test('may grant a part only where a part was asked for', () => {
    const part = reply([line(1, '20001', 4, 3), line(2, '20002', 1, 0)]);
    expect(whatContradicts(cart, PARTIAL, part, GRANTED)).toEqual([]);
    expect(whatContradicts(cart, WHOLE, part, GRANTED)).toHaveLength(2);
  });

  test.each([
    ['another status', reply(WELL, { status: 'pinned' }), 'is pinned, not active'],
    ['another channel', reply(WELL, { channel: 'store' }), 'was reserved on store'],
    ['no buyer where one was sent', reply(WELL, { buyer: null }), 'buyer'],
    ['a line less than was sent', reply(WELL.slice(0, 1)), 'has 1 lines, not 2'],
    ['lines in another order', reply(WELL.toReversed()), 'is not line 1'],
    ['more than was asked for', reply([line(1, '20001', 4, 5), line(2, '20002', 1)]), 'granted more'],
    ['units that became nothing', reply([line(1, '20001', 4, 4, { open: 3 }), line(2, '20002', 1)]), 'sum of what became of it'],
    [
      'units that lie nowhere',
      reply([line(1, '20001', 4, 4, { allocations: [] }), line(2, '20002', 1)]),
      'has 0 units placed and owes 4',
    ],
  ])('says so when it has %s', (_, said, what) => {
    expect(whatContradicts(cart, PARTIAL, said, GRANTED).join('\n')).toContain(what);
  });

  test('is wrong about a place that a line did not ask for', () => {
    expect(whatContradicts(cart, HERE, reply(WELL), GRANTED).join('\n')).toContain('was taken at dc, not at shop');
  });

  test('loses no unit from one step to the next', () => {
    const committed = reply(
      [
        line(1, '20001', 4, 4, { open: 0, committed: 4 }),
        line(2, '20002', 1, 1, { open: 0, committed: 0, released: 1, allocations: [] }),
      ],
      { status: 'committed' },
    );
    expect(whatContradicts(cart, WHOLE, committed, { status: 'committed', reserved: [4, 1] })).toEqual([
      'reservation cart.1 line 2 (20002) has 0 of 1 granted units committed',
    ]);
  });
});

describe('a refusal', () => {
  const wishes = [
    { line: 1, sku: '20001', quantity: 4 },
    { line: 2, sku: '20002', quantity: 1 },
  ];
  const short = (number: number, sku: string, requested: number, available: number) => ({
    line: number,
    sku,
    requested,
    available,
    sequence: 2,
  });
  const refusal = (...lines: ReturnType<typeof short>[]) => ({ code: 'insufficient_stock', detail: '', lines });

  test.each([
    ['one short line explains it', refusal(short(1, '20001', 4, 3)), false, 0],
    ['nothing of anything explains that no part is granted', refusal(short(1, '20001', 4, 0), short(2, '20002', 1, 0)), true, 0],
    ['no short line explains nothing', refusal(), false, 1],
    ['a line that has enough explains nothing', refusal(short(1, '20001', 4, 4)), false, 1],
    ['a line that was not sent explains nothing', refusal(short(3, '20001', 4, 0)), false, 1],
    ['another number than was asked explains nothing', refusal(short(1, '20001', 5, 4)), false, 1],
    [
      'one unit to be had does not explain that no part is granted',
      refusal(short(1, '20001', 4, 1), short(2, '20002', 1, 0)),
      true,
      1,
    ],
    ['a line that is not short does not explain it either', refusal(short(1, '20001', 4, 0)), true, 1],
    ['any other code explains nothing', { code: 'sku_unknown', detail: '' }, false, 1],
  ])('%s', (_, problem, all, count) => {
    expect(whyUnexplained('reserve', wishes, problem, all)).toHaveLength(count);
  });
});
