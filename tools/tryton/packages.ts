import { existsSync } from 'node:fs';

// Debian installs Tryton for its own Python, so that is the one to run it with.
export const PYTHON = '/usr/bin/python3';
export const TRYTOND = '/usr/bin/trytond';
export const TRYTOND_ADMIN = '/usr/bin/trytond-admin';

/** Of Debian 12. */
export const PACKAGES = ['tryton-server', 'tryton-modules-stock'];

const PARTS = [TRYTOND, TRYTOND_ADMIN, '/usr/lib/python3/dist-packages/trytond/modules/stock/tryton.cfg'];

/** Why Tryton cannot be started here, or null where it can. */
export function whyNoTryton(): string | null {
  const missing = PARTS.filter((file) => !existsSync(file));
  if (missing.length === 0) return null;
  return `There is no ${missing.join(', ')}: on Debian 12, \`npm run tryton -- --install\` as root installs Tryton.`;
}
