import path from 'node:path';
import type { DevKeys } from './dev-keys.ts';
import type { StartOptions } from './options.ts';
import type { Servers } from './servers.ts';
import type { State } from './state.ts';

/** What somebody needs who has just typed `npm start`. */
export function greeting(
  { url, erpUrl }: Pick<Servers, 'url' | 'erpUrl'>,
  keys: DevKeys,
  state: Pick<State, 'keysFile' | 'logFile'>,
  { seed, erp }: Pick<StartOptions, 'seed' | 'erp'>,
): string {
  const roles = Object.entries(keys).map(([role, key]) => `  ${role.padEnd(10)} ${key}`);
  return `
Holdfast        ${url}   (API reference: ${url}/v1/docs)
${erp === null ? 'Reference ERP ' : `ERP (${erp.adapter})`.padEnd(14)}  ${erpUrl}

API keys, also in ${path.relative(process.cwd(), state.keysFile)}:
${roles.join('\n')}

Try:
${(seed === 'demo' ? triesWithGoods(url, keys) : triesWithoutGoods(url, keys)).join('\n')}

What they do stands in ${path.relative(process.cwd(), state.logFile)}, a line each. Ctrl-C stops ${erp === null ? 'both' : 'the front'}.
`;
}

function triesWithGoods(url: string, { sales_web }: DevKeys): readonly string[] {
  const asSales = `-H 'Authorization: Bearer ${sales_web}'`;
  return [
    `  curl -s ${url}/v1/availability/TEA-GREEN-100 ${asSales}`,
    `  curl -s ${url}/v1/reservations ${asSales} -H 'Idempotency-Key: first' \\`,
    `    -H 'Content-Type: application/json' -d '{"lines":[{"sku":"TEA-GREEN-100","quantity":2}]}'`,
    `  curl -s ${url}/v1/availability/TEA-GREEN-100/explain ${asSales}`,
  ];
}

function triesWithoutGoods(url: string, { admin, sales_web }: DevKeys): readonly string[] {
  const asAdmin = `-H 'Authorization: Bearer ${admin}' -H 'Content-Type: application/json'`;
  return [
    `  curl -s -X PUT ${url}/v1/locations/dc ${asAdmin} -d '{"type":"dc"}'`,
    `  curl -s -X PUT ${url}/v1/items/TEA ${asAdmin} -d '{"status":"active"}'`,
    `  curl -s ${url}/v1/availability/TEA -H 'Authorization: Bearer ${sales_web}'`,
  ];
}
