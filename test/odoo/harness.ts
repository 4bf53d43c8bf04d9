import type { Sku } from '../../domain/ids.ts';
import { odooErp } from '../../erp/odoo/odoo-erp.ts';
import { odooOptions } from '../../erp/odoo/options.ts';
import type { ErpHarness } from '../contract/erp-port-contract.ts';
import type { FaultProxy } from '../fault-proxy.ts';
import { OdooPerson, type OdooLogin } from './person.ts';

/** An Odoo, the stub or a real one, with faults on the way to it. */
export interface OdooSetup {
  readonly login: OdooLogin;
  readonly proxy: FaultProxy;
  readonly pageMax: number;
  readonly bookingMs: number;
  readonly loseSession?: () => Promise<void>;
}

export function odooHarness({ login, proxy, pageMax, bookingMs, loseSession }: OdooSetup): ErpHarness & { person: OdooPerson } {
  const person = new OdooPerson(login);
  const tracked = new Set<Sku>();
  return {
    person,
    erp: odooErp({ url: proxy.url, token: login.key, options: odooOptions.parse(login.options), pageMax }),
    bookingMs,
    addItem: (sku) => person.addItem(sku),
    bookReceipt: async ({ sku, quantity }) => `odoo.move.${await person.receive(sku, quantity)}`,
    // Odoo books nothing on an item with lots that does not say which.
    refuse: async (sku) => {
      tracked.add(sku);
      await person.track(sku, 'lot');
    },
    throttle: async (retryAfterMs) => void (proxy.faults.throttledMs = retryAfterMs),
    timeOutAfterApplying: async () => void (proxy.faults.loseAnswerTo = ({ path, body }) => calls(path, body, 'button_validate')),
    goDown: async () => void (proxy.faults.down = true),
    heal: async () => {
      proxy.heal();
      for (const sku of tracked) await person.track(sku, 'none');
      tracked.clear();
    },
    ...(loseSession === undefined ? {} : { loseSession }),
  };
}

/** Whether a request calls this method, whichever way it goes. */
export function calls(path: string, body: string, method: string): boolean {
  return path.endsWith(`/${method}`) || (path === '/jsonrpc' && body.includes(`"${method}"`));
}
