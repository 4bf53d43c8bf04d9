/** What kinds of values a field holds; a link names its model. */
export type Field = 'text' | 'number' | 'boolean' | 'time' | { readonly link: string } | { readonly lines: string };

export type Fields = Readonly<Record<string, Field>>;
export type Version = 17 | 18 | 19;

/** The models and fields that the stub knows, as each version has them. Whatever else is asked for is refused. */
export function schemaOf(version: Version): Readonly<Record<string, Fields>> {
  const location = { link: 'stock.location' } as const;
  const company = { link: 'res.company' } as const;
  const logged = { create_date: 'time', write_date: 'time' } as const;
  return {
    'res.company': { name: 'text' },
    'stock.warehouse': {
      name: 'text',
      code: 'text',
      active: 'boolean',
      company_id: company,
      view_location_id: location,
      lot_stock_id: location,
      in_type_id: { link: 'stock.picking.type' },
      out_type_id: { link: 'stock.picking.type' },
      int_type_id: { link: 'stock.picking.type' },
    },
    'stock.picking.type': { name: 'text', code: 'text', company_id: company, warehouse_id: { link: 'stock.warehouse' } },
    'stock.location': {
      name: 'text',
      complete_name: 'text',
      active: 'boolean',
      usage: 'text',
      location_id: location,
      parent_path: 'text',
      company_id: company,
    },
    'product.product': {
      name: 'text',
      default_code: 'text',
      barcode: 'text',
      active: 'boolean',
      type: 'text',
      tracking: 'text',
      property_stock_inventory: location,
      ...(version === 17 ? { detailed_type: 'text' } : { is_storable: 'boolean' }),
      ...logged,
    },
    'stock.picking': {
      name: 'text',
      origin: 'text',
      note: 'text',
      state: 'text',
      company_id: company,
      picking_type_id: { link: 'stock.picking.type' },
      location_id: location,
      location_dest_id: location,
      scheduled_date: 'time',
      date_done: 'time',
      move_ids: { lines: 'stock.move' },
      ...logged,
    },
    'stock.move': {
      ...(version < 19 ? { name: 'text' } : {}),
      reference: 'text',
      origin: 'text',
      state: 'text',
      company_id: company,
      product_id: { link: 'product.product' },
      picking_id: { link: 'stock.picking' },
      location_id: location,
      location_dest_id: location,
      product_uom_qty: 'number',
      quantity: 'number',
      picked: 'boolean',
      date: 'time',
      ...logged,
    },
    'stock.move.line': {
      state: 'text',
      move_id: { link: 'stock.move' },
      picking_id: { link: 'stock.picking' },
      product_id: { link: 'product.product' },
      location_id: location,
      location_dest_id: location,
      quantity: 'number',
      quantity_product_uom: 'number',
      picked: 'boolean',
      date: 'time',
      ...logged,
    },
    'stock.quant': {
      product_id: { link: 'product.product' },
      location_id: location,
      company_id: company,
      quantity: 'number',
      reserved_quantity: 'number',
      inventory_quantity: 'number',
    },
  };
}

// Odoo itself ignores a key that it does not know, which is worse: the caller believes that it did something.
export function contextKeysOf(version: Version): ReadonlySet<string> {
  return new Set([
    'lang',
    'tz',
    'uid',
    'active_test',
    'allowed_company_ids',
    'tracking_disable',
    'inventory_mode',
    'skip_immediate',
    'skip_backorder',
    'skip_sms',
    'skip_expired',
    version === 17 ? 'warehouse' : 'warehouse_id',
  ]);
}

/** Keyword arguments of the methods that the stub has; `ids`: called on records. */
export const METHODS: Readonly<Record<string, { readonly onRecords: boolean; readonly named: readonly string[] }>> = {
  search_read: { onRecords: false, named: ['domain', 'fields', 'offset', 'limit', 'order'] },
  search_count: { onRecords: false, named: ['domain', 'limit'] },
  fields_get: { onRecords: false, named: ['allfields', 'attributes'] },
  create: { onRecords: false, named: ['vals_list'] },
  write: { onRecords: true, named: ['vals'] },
  button_validate: { onRecords: true, named: [] },
  action_cancel: { onRecords: true, named: [] },
  action_apply_inventory: { onRecords: true, named: [] },
};
