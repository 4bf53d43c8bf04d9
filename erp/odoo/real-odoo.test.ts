import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { erpPortContract, posting } from '../../test/contract/erp-port-contract.ts';
import { startFaultProxy, type FaultProxy } from '../../test/fault-proxy.ts';
import { odooHarness } from '../../test/odoo/harness.ts';
import { OdooPerson } from '../../test/odoo/person.ts';
import { sku } from '../../test/story/ids.ts';

/**
 * The same promises against a real server. It gets products under codes that are new in each run, a warehouse `dc` if it
 * has none, and transfers of them; take a database that is there for tests.
 */
const { ODOO_URL, ODOO_DB, ODOO_USER, ODOO_TOKEN, ODOO_PROTOCOL = 'auto', ODOO_COMPANY } = process.env;
const given = ODOO_URL !== undefined && ODOO_DB !== undefined && ODOO_TOKEN !== undefined;
if (!given) console.warn('The tests against a real Odoo are skipped: set ODOO_URL, ODOO_DB, ODOO_USER and ODOO_TOKEN.');

// A database with a history tells all of it to the tests that read the feed from its beginning.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

describe.skipIf(!given)('a real Odoo', () => {
  const options = {
    database: ODOO_DB ?? '',
    protocol: ODOO_PROTOCOL,
    statuses: { damaged: 'Stock/Damaged' },
    ...(ODOO_USER === undefined ? {} : { user: ODOO_USER }),
    ...(ODOO_COMPANY === undefined ? {} : { company: ODOO_COMPANY }),
  };
  const login = { url: ODOO_URL ?? 'http://odoo.invalid', options, key: ODOO_TOKEN ?? '' };
  let proxy: FaultProxy;
  beforeAll(async () => {
    await new OdooPerson(login).furnish();
    proxy = await startFaultProxy(login.url);
  });
  afterAll(() => proxy.stop());
  const open = () => odooHarness({ login, proxy, pageMax: 6, bookingMs: 8_000 });

  erpPortContract('Odoo', async () => open());

  test('[R34] a count that somebody applies is told as the difference', async () => {
    const { erp, person } = open();
    const tea = sku(`COUNTED-${Date.now().toString(36).toUpperCase()}`);
    await person.addItem(tea);
    await erp.post([posting(tea, 1, -2)], AbortSignal.timeout(20_000));
    expect(await person.count(tea, 5)).toBeNull();
    expect(await erp.balancesOf([tea], AbortSignal.timeout(20_000))).toMatchObject([{ onHand: 5 }]);
  });

  test('[R34] units that become damaged leave one number for the other', async () => {
    const { erp, person } = open();
    const tea = sku(`DAMAGED-${Date.now().toString(36).toUpperCase()}`);
    await person.addItem(tea);
    await person.receive(tea, 5);
    const [line] = posting(tea, 1, -2).lines;
    const lines = line === undefined ? [] : [line, { ...line, status: 'damaged' as const, onHand: 2 }];
    const change = { ...posting(tea, 1, -2), kind: 'status_changed' as const, lines };
    expect(await erp.post([change], AbortSignal.timeout(20_000))).toMatchObject([{ outcome: 'posted' }]);
    const balances = await erp.balancesOf([tea], AbortSignal.timeout(20_000));
    expect(Object.fromEntries(balances.map(({ status, onHand }) => [status, onHand]))).toEqual({ sellable: 3, damaged: 2 });
  });
});
