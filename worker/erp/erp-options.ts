import { odooOptions } from '../../erp/odoo/options.ts';
import { trytonOptions } from '../../erp/tryton/options.ts';

/** The adapter that a deployment names, for each of them what it makes of the settings. */
export const ERP_ADAPTERS = ['http', 'tryton', 'odoo'] as const;
export type ErpAdapter = (typeof ERP_ADAPTERS)[number];

/** Throws where the adapter could make nothing of its options; the adapter itself is brought later. */
export function checkErpOptions(adapter: ErpAdapter, given: unknown): void {
  switch (adapter) {
    case 'http':
      return;
    case 'tryton':
      trytonOptions.parse(given);
      return;
    case 'odoo':
      odooOptions.parse(given);
  }
}
