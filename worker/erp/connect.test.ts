import { expect, test } from 'vitest';
import { MemoryNotes } from '../../erp/memory/memory-notes.ts';
import type { Settings } from '../env.ts';
import { connectErp } from './connect.ts';

const SETTINGS = { ERP_URL: 'http://127.0.0.1:1', ERP_TOKEN: 't' };

test.each([
  ['http', {}],
  ['tryton', { user: 'holdfast' }],
  ['odoo', { database: 'prod', user: 'holdfast' }],
])('%s is an adapter that a deployment may name, with the options that it wants', (adapter, options) => {
  const settings = { ...SETTINGS, ERP_ADAPTER: adapter, ERP_OPTIONS: options } as unknown as Settings;
  expect(connectErp(settings, new MemoryNotes()).port.batchMax).toBeGreaterThan(1);
});

test.each([
  ['tryton', {}],
  ['odoo', { user: 'holdfast' }],
  ['odoo', { database: 'prod', statuses: { sellable: 'Stock' } }],
])('%s with options %j does not start', (adapter, options) => {
  const settings = { ...SETTINGS, ERP_ADAPTER: adapter, ERP_OPTIONS: options } as unknown as Settings;
  expect(() => connectErp(settings, new MemoryNotes())).toThrow();
});
