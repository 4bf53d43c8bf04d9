import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpErp } from '../../erp/http/http-erp.ts';
import { odooErp } from '../../erp/odoo/odoo-erp.ts';
import { odooOptions } from '../../erp/odoo/options.ts';
import { Dice } from '../model/dice.ts';
import { OdooPerson } from '../odoo/person.ts';
import { startStubOdoo, STUB_LOGIN, type StubOdoo } from '../odoo/stub-odoo.ts';
import { ERP_TOKEN, startReferenceErp, type ReferenceErp } from '../reference-erp.ts';
import { sku } from '../story/ids.ts';
import { fuzzAnswers } from './erp-answers.ts';
import { Spoiler } from './spoiled-answers.ts';

const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 200);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const SKUS = ['A-1', 'B-1', 'C-1'].map(sku);

describe('[R33] [R31] an ERP whose answers are spoiled', () => {
  describe('over HTTP', () => {
    let server: ReferenceErp;
    beforeAll(async () => {
      server = await startReferenceErp();
    }, 60_000);
    afterAll(() => server.stop());

    test('books everything once, and nothing is taken for said that it did not say', async () => {
      const dice = new Dice(SEED);
      const spoiler = new Spoiler(dice);
      const { url } = server;
      const honest = httpErp({ url, token: ERP_TOKEN });
      const erp = httpErp({ url, token: ERP_TOKEN, fetch: spoiler.fetch });
      const report = await fuzzAnswers({ erp, honest, spoiler, skus: SKUS, patienceMs: 400 }, ROUNDS, dice);
      console.log(`answers over HTTP, seed ${SEED}: ${report.spoiled} spoiled, ${report.posted} postings`);
      expect(report.complaints.join('\n')).toBe('');
    }, 300_000);
  });

  describe.each([
    [17, 'jsonrpc'],
    [19, 'json2'],
  ] as const)('Odoo %i by %s', (version, protocol) => {
    let stub: StubOdoo;
    beforeAll(async () => {
      stub = await startStubOdoo(version);
    });
    afterAll(() => stub.stop());

    test('books everything once, and nothing is taken for said that it did not say', async () => {
      const dice = new Dice(SEED);
      const spoiler = new Spoiler(dice);
      const { database, user, key } = STUB_LOGIN;
      const login = { url: stub.url, options: { database, user, protocol }, key };
      const person = new OdooPerson(login);
      for (const each of SKUS) await person.addItem(each);
      const opened = { url: stub.url, token: key, options: odooOptions.parse(login.options) };
      const honest = odooErp(opened);
      // What was read of warehouses must be read anew, or nobody would spoil it.
      let nowMs = Date.now();
      const erp = odooErp({ ...opened, fetch: spoiler.fetch, nowMs: () => (nowMs += 60_000) });
      const report = await fuzzAnswers({ erp, honest, spoiler, skus: SKUS, patienceMs: 400 }, ROUNDS, dice);
      console.log(`answers of Odoo ${version}, seed ${SEED}: ${report.spoiled} spoiled, ${report.posted} postings`);
      expect(report.complaints.join('\n')).toBe('');
    }, 300_000);
  });
});
