// `node tools/first-key.ts`: the first admin key of a deployment. It prints the key, once, and the statement that admits
// it; every other key is then made by `POST /v1/keys`. The statement holds the key's hash, never the key.
import { randomBytes } from 'node:crypto';
import { INSERT_KEY, keyValues } from './api-key-row.ts';

const id = randomBytes(12).toString('base64url');
const key = `hf_${id}_${randomBytes(24).toString('base64url')}`;
const values = keyValues({ key, id, name: 'first admin', scopes: ['admin'] }, Date.now());
const statement = values.reduce<string>((sql, value) => sql.replace('?', () => literal(value)), INSERT_KEY).replace('\n', ' ');

console.log(`The admin key, shown this once:
  ${key}

Admit it with:
  npx wrangler d1 execute holdfast --remote --command "${statement.replaceAll('"', '\\"')}"`);

function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
