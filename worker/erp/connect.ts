import { httpErp } from '../../erp/http/http-erp.ts';
import type { ErpNotes } from '../../erp/notes.ts';
import { odooErp } from '../../erp/odoo/odoo-erp.ts';
import { odooOptions } from '../../erp/odoo/options.ts';
import type { ErpPort } from '../../erp/port.ts';
import { trytonOptions } from '../../erp/tryton/options.ts';
import { trytonErp } from '../../erp/tryton/tryton-erp.ts';
import type { Settings } from '../env.ts';

export interface ConnectedErp {
  readonly port: ErpPort;
  /** Clears away what lost calls left behind in the ERP; null where they leave nothing. Throws ErpUnavailable. */
  readonly tidy: ((signal: AbortSignal) => Promise<number>) | null;
}

/** The ERP that we post to. */
export function connectErp(
  { ERP_ADAPTER: adapter, ERP_URL: url, ERP_TOKEN: token, ERP_OPTIONS: given }: Settings,
  notes: ErpNotes,
): ConnectedErp {
  switch (adapter) {
    case 'http':
      return { port: httpErp({ url, token }), tidy: null };
    case 'tryton': {
      const { tidy, ...port } = trytonErp({ url, password: token, options: trytonOptions.parse(given), notes });
      return { port, tidy };
    }
    case 'odoo':
      return { port: odooErp({ url, token, options: odooOptions.parse(given) }), tidy: null };
  }
}
