import * as z from 'zod';
import type { Sku } from '../../domain/ids.ts';
import { odooClient, type OdooClient } from '../../erp/odoo/client.ts';
import { odooOptions } from '../../erp/odoo/options.ts';
import { id, ids } from '../../erp/odoo/values.ts';

export interface OdooLogin {
  readonly url: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly key: string;
}

/** Somebody who works in Odoo itself, with the same calls on the stub and on a real server. */
export class OdooPerson {
  readonly #client: OdooClient;
  readonly #products = new Map<Sku, number>();

  constructor({ url, options, key }: OdooLogin) {
    this.#client = odooClient({ url, fetch, nowMs: Date.now }, odooOptions.parse(options), key);
  }

  /** The warehouse `dc` of the tests, with a place for damaged goods. */
  async furnish(): Promise<void> {
    const [warehouse] = await this.#rows('stock.warehouse', [['code', '=', 'dc']], ['lot_stock_id']);
    if (warehouse === undefined) await this.#create('stock.warehouse', { name: 'Holdfast tests', code: 'dc' });
    const stock = await this.#stock();
    const [damaged] = await this.#rows(
      'stock.location',
      [
        ['location_id', '=', stock],
        ['name', '=', 'Damaged'],
      ],
      [],
    );
    if (damaged === undefined) await this.#create('stock.location', { name: 'Damaged', usage: 'internal', location_id: stock });
  }

  async addItem(sku: Sku): Promise<void> {
    const fields = await this.#call('product.product', 'fields_get', { named: { allfields: ['is_storable'] } });
    const storable = z.object({ is_storable: z.unknown() }).safeParse(fields).success;
    const kind = storable ? { type: 'consu', is_storable: true } : { type: 'product', detailed_type: 'product' };
    this.#products.set(sku, await this.#create('product.product', { name: sku, default_code: sku, ...kind }));
  }

  /** Gives the number of the move. */
  async receive(sku: Sku, quantity: number, into = 'Stock'): Promise<number> {
    const suppliers = await this.#one('stock.location', [['usage', '=', 'supplier']]);
    return this.move(sku, { from: suppliers, to: await this.#place(into), quantity, type: 'in_type_id' });
  }

  async shift(sku: Sku, quantity: number, from: string, to: string): Promise<number> {
    return this.move(sku, { from: await this.#place(from), to: await this.#place(to), quantity, type: 'int_type_id' });
  }

  async deliver(sku: Sku, quantity: number, origin: string): Promise<number> {
    const customers = await this.#one('stock.location', [['usage', '=', 'customer']]);
    return this.move(sku, { from: await this.#place('Stock'), to: customers, quantity, type: 'out_type_id', origin });
  }

  async move(
    sku: Sku,
    {
      from,
      to,
      quantity,
      type,
      origin = false,
    }: {
      readonly from: number;
      readonly to: number;
      readonly quantity: number;
      readonly type: string;
      readonly origin?: string | false;
    },
  ): Promise<number> {
    const [warehouse] = await this.#rows('stock.warehouse', [['code', '=', 'dc']], [type]);
    const places = { location_id: from, location_dest_id: to };
    const fields = await this.#call('stock.move', 'fields_get', { named: { allfields: ['name'] } });
    const named = z.object({ name: z.unknown() }).safeParse(fields).success ? { name: 'by hand' } : {};
    const line = { ...named, ...places, product_id: this.#product(sku), product_uom_qty: quantity, quantity, picked: true };
    const picking = await this.#create('stock.picking', {
      ...places,
      origin,
      picking_type_id: z.tuple([id], z.unknown()).parse(warehouse?.[type])[0],
      move_ids: [[0, 0, line]],
    });
    await this.#call('stock.picking', 'button_validate', { ids: [picking] });
    return this.#one('stock.move', [['picking_id', '=', picking]]);
  }

  async track(sku: Sku, tracking: 'lot' | 'none'): Promise<void> {
    await this.#call('product.product', 'write', { ids: [this.#product(sku)], named: { vals: { tracking } } });
  }

  async rename(sku: Sku, values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#call('product.product', 'write', { ids: [this.#product(sku)], named: { vals: values } });
  }

  async cancel(key: string): Promise<void> {
    await this.#call('stock.picking', 'action_cancel', { ids: [await this.#one('stock.picking', [['name', '=', key]])] });
  }

  /** How many transfers stand under a key, in whatever state. */
  async transfers(key: string): Promise<readonly string[]> {
    const rows = await this.#rows('stock.picking', [['name', '=', key]], ['state']);
    return rows.map((row) => String(row['state']));
  }

  async moves(key: string) {
    return this.#rows('stock.move', [['picking_id.name', '=', key]], ['location_id', 'location_dest_id', 'quantity', 'state']);
  }

  /** Counts the stock location, and gives what Odoo answers to that, which is nothing. */
  async count(sku: Sku, quantity: number): Promise<unknown> {
    const found = { product_id: this.#product(sku), location_id: await this.#stock(), inventory_quantity: quantity };
    const quant = await this.#create('stock.quant', found, { inventory_mode: true });
    return this.#call('stock.quant', 'action_apply_inventory', { ids: [quant] });
  }

  async #place(name: string): Promise<number> {
    const stock = await this.#stock();
    if (name === 'Stock') return stock;
    return this.#one('stock.location', [
      ['name', '=', name],
      ['location_id', 'child_of', [await this.#view()]],
    ]);
  }

  async #stock(): Promise<number> {
    const [warehouse] = await this.#rows('stock.warehouse', [['code', '=', 'dc']], ['lot_stock_id']);
    return z.tuple([id], z.unknown()).parse(warehouse?.['lot_stock_id'])[0];
  }

  async #view(): Promise<number> {
    const [warehouse] = await this.#rows('stock.warehouse', [['code', '=', 'dc']], ['view_location_id']);
    return z.tuple([id], z.unknown()).parse(warehouse?.['view_location_id'])[0];
  }

  #product(sku: Sku): number {
    const product = this.#products.get(sku);
    if (product === undefined) throw new Error(`nobody has put ${sku} into Odoo`);
    return product;
  }

  async #one(model: string, domain: readonly unknown[]): Promise<number> {
    const [row] = await this.#rows(model, domain, []);
    if (row === undefined) throw new Error(`Odoo has no ${model} with ${JSON.stringify(domain)}`);
    return row.id;
  }

  async #rows(model: string, domain: readonly unknown[], fields: readonly string[]) {
    const rows = await this.#call(model, 'search_read', { named: { domain, fields: ['id', ...fields], order: 'id' } });
    return z.array(z.looseObject({ id })).parse(rows);
  }

  async #create(model: string, values: Readonly<Record<string, unknown>>, context = {}): Promise<number> {
    const [created] = ids.length(1).parse(await this.#call(model, 'create', { named: { vals_list: [values] }, context }));
    if (created === undefined) throw new Error(`Odoo made no ${model}`);
    return created;
  }

  async #call(
    model: string,
    method: string,
    more: {
      readonly ids?: readonly number[];
      readonly named?: Readonly<Record<string, unknown>>;
      readonly context?: Readonly<Record<string, unknown>>;
    },
  ): Promise<unknown> {
    return this.#client.ask({ model, method, ...more }, z.unknown(), AbortSignal.timeout(20_000));
  }
}
