import path from 'node:path';
import type { DevKeys } from './dev-keys.ts';
import type { Servers } from './servers.ts';
import type { State } from './state.ts';

/** What somebody needs who has just typed `npm start`. */
export function greeting(
  { url, erpUrl }: Pick<Servers, 'url' | 'erpUrl'>,
  keys: DevKeys,
  state: Pick<State, 'keysFile' | 'logFile'>,
): string {
  const roles = Object.entries(keys).map(([role, key]) => `  ${role.padEnd(10)} ${key}`);
  return `
Holdfast        ${url}   (API reference: ${url}/v1/docs)
Reference ERP   ${erpUrl}

API keys, also in ${path.relative(process.cwd(), state.keysFile)}:
${roles.join('\n')}

Try:
  curl -s ${url}/v1/availability/TEA-GREEN-100 -H 'Authorization: Bearer ${keys.sales_web}'
  curl -s ${url}/v1/reservations -H 'Authorization: Bearer ${keys.sales_web}' -H 'Idempotency-Key: first' \\
    -H 'Content-Type: application/json' -d '{"lines":[{"sku":"TEA-GREEN-100","quantity":2}]}'
  curl -s ${url}/v1/availability/TEA-GREEN-100/explain -H 'Authorization: Bearer ${keys.sales_web}'

What they do stands in ${path.relative(process.cwd(), state.logFile)}, a line each. Ctrl-C stops both.
`;
}
