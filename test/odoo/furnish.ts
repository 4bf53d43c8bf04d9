import type { Row, Value } from './stub-table.ts';

type Insert = (model: string, values: Record<string, Value>) => Row;

/**
 * What the stub has from the beginning: a company with the warehouses `dc`, where damaged goods have a place and there is a
 * shelf, and `shop`; and if that is wanted another company with a `dc` of its own.
 */
export function furnish(insert: Insert, companies: 1 | 2): void {
  const partners = location(insert, { name: 'Partners', usage: 'view', above: null, company: false });
  location(insert, { name: 'Vendors', usage: 'supplier', above: partners, company: false });
  location(insert, { name: 'Customers', usage: 'customer', above: partners, company: false });
  const virtual = location(insert, { name: 'Virtual Locations', usage: 'view', above: null, company: false });
  for (const name of ['My Company', 'My Other Company'].slice(0, companies)) {
    const company = insert('res.company', { name }).id;
    location(insert, { name: 'Inventory adjustment', usage: 'inventory', above: virtual, company });
    const { view, stock } = warehouse(insert, company, 'dc', 'Distribution centre');
    location(insert, { name: 'Shelf 1', usage: 'internal', above: stock, company });
    location(insert, { name: 'Damaged', usage: 'internal', above: stock, company });
    location(insert, { name: 'Input', usage: 'internal', above: view, company });
    warehouse(insert, company, 'shop', 'Shop');
  }
}

function warehouse(insert: Insert, company: number, code: string, name: string) {
  const view = location(insert, { name: code, usage: 'view', above: null, company });
  const stock = location(insert, { name: 'Stock', usage: 'internal', above: view, company });
  const type = (kind: string): number => insert('stock.picking.type', { name: kind, code: kind, company_id: company }).id;
  insert('stock.warehouse', {
    name,
    code,
    active: true,
    company_id: company,
    view_location_id: view.id,
    lot_stock_id: stock.id,
    in_type_id: type('incoming'),
    out_type_id: type('outgoing'),
    int_type_id: type('internal'),
  });
  return { view, stock };
}

interface NewLocation {
  readonly name: string;
  readonly usage: string;
  readonly above: Row | null;
  readonly company: number | false;
}

function location(insert: Insert, { name, usage, above, company }: NewLocation): Row {
  const prefix = above === null || usage === 'view' ? '' : `${String(above['complete_name'])}/`;
  const row = insert('stock.location', {
    name,
    usage,
    active: true,
    complete_name: prefix + name,
    location_id: above?.id ?? false,
    company_id: company,
  });
  row['parent_path'] = `${String(above?.['parent_path'] ?? '')}${row.id}/`;
  return row;
}
