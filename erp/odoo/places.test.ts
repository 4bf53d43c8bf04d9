import { expect, test } from 'vitest';
import { posting } from '../../test/contract/erp-port-contract.ts';
import { OdooPerson } from '../../test/odoo/person.ts';
import { startStubOdoo, STUB_LOGIN } from '../../test/odoo/stub-odoo.ts';
import { sku } from '../../test/story/ids.ts';
import { odooErp } from './odoo-erp.ts';
import { odooOptions } from './options.ts';

test('[R33] an Odoo that cannot say which fields a product has refuses no posting: who asks later hears better', async () => {
  const stub = await startStubOdoo(19);
  try {
    const { database, user, key } = STUB_LOGIN;
    const options = odooOptions.parse({ database, user, protocol: 'json2' });
    await new OdooPerson({ url: stub.url, options, key }).addItem(sku('TEA'));
    let isBusy = true;
    const erp = odooErp({
      url: stub.url,
      token: key,
      options,
      fetch: async (request) =>
        isBusy && request.url.endsWith('/product.product/fields_get')
          ? Response.json({ error: 'database is locked' })
          : fetch(request),
    });
    const sale = posting(sku('TEA'), 1, -2);
    expect(await erp.post([sale], AbortSignal.timeout(5_000))).toMatchObject([{ outcome: 'unknown' }]);
    isBusy = false;
    expect(await erp.post([sale], AbortSignal.timeout(5_000))).toMatchObject([{ outcome: 'posted' }]);
  } finally {
    await stub.stop();
  }
});
