import { expect, test } from 'vitest';
import { wholeItem, type ItemPolicy } from './stock.ts';

test('[R40] an item that was stored before a term existed has its default', () => {
  expect(wholeItem({ status: 'active', policy: { lowStockAt: 3 } as ItemPolicy })).toEqual({
    status: 'active',
    receipts: [],
    policy: {
      backorderLimit: 0,
      lowStockAt: 3,
      safetyStock: [],
      buffers: [],
      quotas: [],
      buyerCap: null,
      stopSell: false,
      overReservation: ['reallocate', 'list'],
    },
  });
});
