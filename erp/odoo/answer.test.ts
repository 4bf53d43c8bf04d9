import { describe, expect, test } from 'vitest';
import { posting } from '../../test/contract/erp-port-contract.ts';
import { sku } from '../../test/story/ids.ts';
import { answerOfError } from './answer.ts';
import { odooErp } from './odoo-erp.ts';
import { odooOptions } from './options.ts';

describe('[R33] what an exception of Odoo says of a posting is in its class', () => {
  test.each([
    ['odoo.exceptions.UserError', 'refused'],
    ['odoo.exceptions.ValidationError', 'refused'],
    ['odoo.exceptions.MissingError', 'refused'],
    ['odoo.exceptions.RedirectWarning', 'refused'],
    ['odoo.exceptions.AccessDenied', 'locked_out'],
    ['odoo.http.SessionExpiredException', 'locked_out'],
    ['werkzeug.exceptions.Unauthorized', 'locked_out'],
    ['odoo.exceptions.AccessError', 'unknown'],
    ['odoo.exceptions.LockError', 'unknown'],
    ['psycopg2.errors.SerializationFailure', 'unknown'],
    ['psycopg2.errors.LockNotAvailable', 'unknown'],
    ['psycopg2.OperationalError', 'unknown'],
    ['builtins.ValueError', 'unknown'],
    ['werkzeug.exceptions.NotFound', 'unknown'],
  ])('%s: %s', (name, kind) => {
    expect(answerOfError({ name, message: 'No.' }).kind).toBe(kind);
  });

  test('it does not matter which number comes with it', async () => {
    for (const code of [0, 100, 200, 404]) {
      const data = { name: 'odoo.exceptions.UserError', message: 'You cannot do that.', debug: '' };
      const fetch = async () => Response.json({ jsonrpc: '2.0', id: 1, error: { code, message: 'Odoo Server Error', data } });
      const options = odooOptions.parse({ database: 'd', user: 'u', protocol: 'jsonrpc' });
      const erp = odooErp({ url: 'http://odoo.test', token: 'k', options, fetch });
      // It was said of a question, not of the posting, which therefore is not refused.
      const [outcome] = await erp.post([posting(sku('TEA'), 1, -1)], AbortSignal.timeout(1_000));
      expect(outcome).toMatchObject({ outcome: 'unknown', detail: 'You cannot do that.' });
    }
  });
});

describe('a session that ends', () => {
  const EXPIRED = {
    code: 100,
    message: 'Odoo Session Expired',
    data: { name: 'odoo.http.SessionExpiredException', message: '' },
  };

  test('is renewed once, and then left alone', async () => {
    const asked: string[] = [];
    const erp = odooErp({
      url: 'http://odoo.test',
      token: 'k',
      options: odooOptions.parse({ database: 'd', user: 'u', protocol: 'jsonrpc' }),
      fetch: async (request) => {
        const { params } = (await request.json()) as { params: { method: string; args: unknown[] } };
        asked.push(params.method === 'authenticate' ? 'authenticate' : String(params.args[4]));
        return Response.json({
          jsonrpc: '2.0',
          id: 1,
          ...(params.method === 'authenticate' ? { result: 7 } : { error: EXPIRED }),
        });
      },
    });
    await expect(erp.balances(null, AbortSignal.timeout(1_000))).rejects.toThrow('SessionExpired');
    expect(asked).toEqual(['authenticate', 'fields_get']);
  });
});

test.each([
  [{ user: 'u' }],
  [{ database: 'd', users: ['u'] }],
  [{ database: 'd', protocol: 'xmlrpc' }],
  [{ database: 'd', statuses: { sellable: 'Stock' } }],
  [{ database: 'd', statuses: { damaged: 'Stock/Bad', in_transit: 'Stock/Bad' } }],
])('options like %j are wrong', (given) => {
  expect(odooOptions.safeParse(given).success).toBe(false);
});
