import { beforeEach, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../../test/shop.ts';

const POLICY = `/v1/items/${TEA}/policy`;

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

/** Somebody finds that so many are missing. */
async function lose(quantity: number, location = 'dc'): Promise<void> {
  const movement = { id: `loss-${quantity}`, source: 'wms', kind: 'adjusted', sku: TEA, location, quantity: -quantity };
  await shop.post('stock', '/v1/movements', { movements: [{ ...movement, occurred_at: shop.today(), reason: 'broken' }] });
}

test('[R28b] a policy says what is done about a shortage, and if it does not, the default is shown', async () => {
  await shop.put(POLICY, {});
  expect((await shop.get('admin', POLICY)).body.over_reservation).toEqual(['reallocate', 'list']);
  await shop.put(POLICY, { over_reservation: ['backorder', 'release_unpinned'] });
  expect((await shop.get('admin', POLICY)).body.over_reservation).toEqual(['backorder', 'release_unpinned']);
});

test.each([[['reallocate', 'reallocate']], [['list', 'reallocate']], [['pray']], ['reallocate']])(
  '[R28b] %j is no policy',
  async (steps) => {
    const said = await shop.put(POLICY, { over_reservation: steps });
    expect([said.status, said.body.code]).toEqual([400, 'invalid_request']);
  },
);

test('[R28b] a buyer whose reservation ended in a shortage is told that it was released', async () => {
  await shop.put(POLICY, { over_reservation: ['release_unpinned', 'list'] });
  await shop.receive(TEA, 3);
  const { body } = await shop.reserve(2);
  await lose(2);
  expect((await shop.get('web', `/v1/reservations/${body.id}`)).body).toMatchObject({
    status: 'released',
    lines: [{ released: 2, open: 0 }],
  });
  const late = await shop.post('web', `/v1/reservations/${body.id}/pin`, {});
  expect([late.status, late.body.code]).toEqual([409, 'reservation_released']);
});

test('[R28b] [R24] a cart of which one item ended cannot be pinned, and gives back the others', async () => {
  await shop.put(POLICY, { over_reservation: ['release_unpinned', 'list'] });
  await shop.receive(TEA, 3);
  await shop.receive(MUG, 3);
  const lines = [
    { sku: TEA, quantity: 2 },
    { sku: MUG, quantity: 1 },
  ];
  const { body } = await shop.post('web', '/v1/reservations', { lines });
  await lose(2);
  const pin = await shop.post('web', `/v1/reservations/${body.id}/pin`, {});
  expect([pin.status, pin.body.code]).toEqual([409, 'reservation_released']);
  const mugs = await shop.get('web', `/v1/availability/${MUG}?consistency=strong`);
  expect(mugs.body.available_to_sell).toBe(3);
});

test('[R28b] a reservation that moved shows where its units are now', async () => {
  await shop.receive(TEA, 3);
  await shop.receive(TEA, 3, 'store');
  const { body } = await shop.reserve(2);
  await lose(3);
  const { lines } = (await shop.get('web', `/v1/reservations/${body.id}`)).body;
  expect(lines[0].allocations).toEqual([{ location: 'store', quantity: 2 }]);
});

test('[R28] [R28b] the case tells an operator what was done, what may be, and what is left to do', async () => {
  await shop.put(POLICY, { over_reservation: ['reallocate', 'list'] });
  await shop.receive(TEA, 3);
  await shop.receive(TEA, 1, 'store');
  await shop.reserve(3);
  await lose(3);
  const { items } = (await shop.get('admin', `/v1/cases?sku=${TEA}`)).body;
  expect(items).toMatchObject([
    {
      difference: 2,
      proposal:
        'Moved to another location: 1. The policy allows: reallocate. Bring in the missing units, or cancel promises; the case closes itself.',
    },
  ]);
});
