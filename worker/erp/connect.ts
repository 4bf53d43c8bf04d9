import { httpErp } from '../../erp/http/http-erp.ts';
import type { ErpPort } from '../../erp/port.ts';
import type { Settings } from '../env.ts';

/** The adapter that a deployment names, for each of them what it makes of the settings. */
export const ERP_ADAPTERS = ['http'] as const;
export type ErpAdapter = (typeof ERP_ADAPTERS)[number];

/** The ERP that we post to. */
export function connectErp({ ERP_ADAPTER: adapter, ERP_URL: url, ERP_TOKEN: token }: Settings): ErpPort {
  switch (adapter) {
    case 'http':
      return httpErp({ url, token });
  }
}
