// `npm run tryton`: a Tryton of its own on this machine, for whoever wants to see Holdfast before a real ERP.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { trytonUser } from './tryton/ask-tryton.ts';
import { readCredentials, writeCredentials } from './tryton/credentials.ts';
import { PACKAGES, whyNoTryton } from './tryton/packages.ts';
import { startServer } from './tryton/server.ts';
import { startTryton } from './tryton/start-tryton.ts';

const USAGE = `Usage: npm run tryton -- [flags]
  --state DIR         where its database is kept (.holdfast/tryton)
  --port N            where it answers (8000)
  --warehouses A,B    codes of the warehouses of a new database (dc,shop)
  --install           as root on Debian 12: install its packages first, then start it`;

const { values } = parseArgs({
  options: {
    state: { type: 'string', default: '.holdfast/tryton' },
    port: { type: 'string', default: '8000' },
    warehouses: { type: 'string', default: 'dc,shop' },
    install: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (values.install) {
  // The packages would start a server for the whole machine; this run level keeps it down.
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  for (const command of [['update'], ['install', '-y', '--no-install-recommends', ...PACKAGES]])
    execFileSync('apt-get', ['-q', ...command], { stdio: 'inherit', env: environment });
}
const why = whyNoTryton();
if (why !== null) {
  console.error(why);
  process.exit(1);
}

const folder = path.resolve(values.state);
const server = await started();
const { url, credentials } = server;
console.log(`
Tryton          ${url}
Credentials     ${path.relative(process.cwd(), credentials)}

Start the front before it:
  ERP_TOKEN=$(node -p "require('./${path.relative(process.cwd(), credentials)}').password") npm start -- --erp tryton \\
    --erp-url ${url} --erp-options '{"user":"holdfast"}'

Ctrl-C stops it; what it holds is kept.
`);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void server.stop().then(() => process.exit(0)));
}

async function started() {
  const file = path.join(folder, 'credentials.json');
  if (existsSync(file)) {
    const kept = await readCredentials(file);
    const server = await startServer(folder, Number(values.port));
    // The port may be another one than last time.
    const { url: here } = server;
    await trytonUser(here, kept.user, kept.password);
    return { ...server, credentials: await writeCredentials(folder, { ...kept, url: here }) };
  }
  const tryton = await startTryton(folder, { warehouses: values.warehouses.split(','), port: Number(values.port) });
  return { ...tryton, credentials: await writeCredentials(folder, tryton) };
}
