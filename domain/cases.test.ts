import { describe, expect, test } from 'vitest';
import { caseClosed, caseOpened } from '../test/story/events.ts';
import { adjust, pin, policy, receive, release, reserve } from '../test/story/orders.ts';
import { alarm, cases, status, units } from '../test/story/questions.ts';
import { story, World } from '../test/story/story.ts';
import type { Command, ItemChange } from './command.ts';
import { DEFAULT_POLICY } from './stock.ts';

const refused = (posting: number, detail = 'period closed'): Command => ({ type: 'open_case', posting, units: 3, detail });
const resolve = (number: number): Command => ({ type: 'resolve_case', case: number });

describe('[R33] a posting that the ERP refused for good', () => {
  story('is a case of its own, once, until somebody resolves it', [
    [0, receive(3)],
    [0, refused(1), [{ ...caseOpened('posting_refused', 3), about: { posting: 1, detail: 'period closed' } }]],
    [0, refused(1, 'still closed'), 'no change'],
    [0, refused(7), [caseOpened('posting_refused', 3)]],
    [
      0,
      cases,
      [
        ['posting_refused', 3],
        ['posting_refused', 3],
      ],
    ],
    [0, resolve(2), [{ ...caseClosed, case: { number: 2 } }]],
    [0, resolve(2), 'case_not_found'],
    [0, cases, [['posting_refused', 3]]],
  ]);

  story('is a case beside a shortage with the same number of units', [
    [0, receive(3)],
    [0, reserve('a', 3)],
    [0, adjust(-3)],
    [0, refused(1)],
    [
      0,
      cases,
      [
        ['over_reservation', 3],
        ['posting_refused', 3],
      ],
    ],
  ]);
});

story('[R25] each pin without outcome is a case of its own, beside a shortage', [
  [0, receive(5)],
  [0, reserve('a', 1)],
  [0, reserve('b', 2)],
  [0, adjust(-5)],
  [0, pin('a')],
  [1, pin('b')],
  [1_800_000, alarm, [caseOpened('pin_without_outcome', 1)]],
  [1_800_001, alarm, [caseOpened('pin_without_outcome', 2)]],
]);

test('[R28] a case says what may be done of itself, and what was done only where something was', () => {
  const world = new World();
  for (const command of [receive(5), reserve('a', 5), adjust(-2)]) world.do(0, command);
  const allowed = DEFAULT_POLICY.overReservation;
  expect(world.events.at(-1)).toEqual({ type: 'case_opened', about: { kind: 'over_reservation', allowed }, difference: 2 });
});

describe('[R20] a cart lets go of a line', () => {
  const letGo = (id: string): Command => ({ ...release(id), tombstone: true }) as Command;

  story('that its object does not know yet', [
    [0, receive(5)],
    [0, letGo('unknown'), 'no change'],
    [0, release('unknown'), 'reservation_not_found'],
  ]);

  story('that its object knows', [
    [0, receive(5)],
    [0, reserve('a', 2)],
    [0, letGo('a')],
    [0, units('a'), { released: 2 }],
    [0, status('a'), 'released'],
  ]);
});

describe('[R26] an item', () => {
  const change = (status: ItemChange['status']): ItemChange => ({ type: 'set_item', status, policy: null });

  story('that is told again as it is, is no change', [
    [
      0,
      policy({ backorderLimit: 5 }),
      [{ type: 'item_changed', item: { status: 'active', receipts: [], policy: { backorderLimit: 5 } } }],
    ],
    [0, policy({ backorderLimit: 5 }), 'no change'],
    [0, change('active'), 'no change'],
    [0, change(null), 'no change'],
  ]);

  story('keeps what is not said', [
    [0, change('preorder'), [{ type: 'item_changed', item: { status: 'preorder', policy: DEFAULT_POLICY } }]],
    [0, policy({ backorderLimit: 5 }), [{ item: { status: 'preorder' } }]],
    [0, change('discontinued'), [{ item: { status: 'discontinued', policy: { backorderLimit: 5 } } }]],
  ]);

  story('is told what became of a fact', [
    [0, receive(5), 'applied'],
    [0, adjust(-9), 'applied'],
  ]);
});
