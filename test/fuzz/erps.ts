import { httpErp } from '../../erp/http/http-erp.ts';
import { odooErp } from '../../erp/odoo/odoo-erp.ts';
import { odooOptions } from '../../erp/odoo/options.ts';
import type { Dice } from '../model/dice.ts';
import { OdooPerson } from '../odoo/person.ts';
import { startStubOdoo, STUB_LOGIN } from '../odoo/stub-odoo.ts';
import { ERP_TOKEN, startReferenceErp } from '../reference-erp.ts';
import { sku } from '../story/ids.ts';
import { fuzzAnswers, type AnswersReport, type ErpUnderFuzz } from './erp-answers.ts';
import { Spoiler } from './spoiled-answers.ts';

const SKUS = ['A-1', 'B-1', 'C-1'].map(sku);
/** Both run in this process or beside it. */
const PATIENCE_MS = 400;

interface Started {
  readonly under: Pick<ErpUnderFuzz, 'erp' | 'honest'>;
  readonly stop: () => Promise<void>;
}

/** ERPs that can be started anywhere, each behind its adapter; Tryton has its own test, where one is installed. */
export const ERPS: Readonly<Record<string, (spoiler: Spoiler) => Promise<Started>>> = {
  'the reference ERP': reference,
  'Odoo 17 by jsonrpc': (spoiler) => odoo(17, 'jsonrpc', spoiler),
  'Odoo 19 by json2': (spoiler) => odoo(19, 'json2', spoiler),
};

export async function fuzzAnswersOf(name: string, rounds: number, dice: Dice): Promise<AnswersReport> {
  const spoiler = new Spoiler(dice);
  const start = ERPS[name];
  if (start === undefined) throw new Error(`there is no ${name}`);
  const { under, stop } = await start(spoiler);
  try {
    return await fuzzAnswers({ ...under, spoiler, skus: SKUS, patienceMs: PATIENCE_MS }, rounds, dice);
  } finally {
    await stop();
  }
}

async function reference(spoiler: Spoiler): Promise<Started> {
  const { url, stop } = await startReferenceErp();
  const opened = { url, token: ERP_TOKEN };
  return { under: { honest: httpErp(opened), erp: httpErp({ ...opened, fetch: spoiler.fetch }) }, stop };
}

async function odoo(version: 17 | 19, protocol: 'jsonrpc' | 'json2', spoiler: Spoiler): Promise<Started> {
  const { url, stop } = await startStubOdoo(version);
  const { database, user, key } = STUB_LOGIN;
  const options = odooOptions.parse({ database, user, protocol });
  const person = new OdooPerson({ url, options, key });
  for (const each of SKUS) await person.addItem(each);
  const opened = { url, token: key, options };
  // What was read of warehouses must be read anew, or nobody would spoil it.
  let nowMs = Date.now();
  const erp = odooErp({ ...opened, fetch: spoiler.fetch, nowMs: () => (nowMs += 60_000) });
  return { under: { honest: odooErp(opened), erp }, stop };
}
