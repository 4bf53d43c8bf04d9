import { furnish } from './furnish.ts';
import { contextKeysOf, METHODS, schemaOf, type Version } from './stub-schema.ts';
import {
  fieldOf,
  invalidField,
  matches,
  OdooException,
  ordered,
  timeOf,
  told,
  userError,
  validationError,
  type Row,
  type Schema,
  type Tables,
  type Value,
} from './stub-table.ts';

type Named = Readonly<Record<string, unknown>>;

const WRITING: ReadonlySet<string> = new Set(['create', 'write', 'button_validate', 'action_cancel', 'action_apply_inventory']);

/** The database of the stub: what Odoo keeps of stock, and the few methods that change it, each in one transaction. */
export class StubBooks {
  readonly version: Version;
  /** Products on which a module asks whoever validates to fill in a form. */
  readonly askAPersonAbout: Set<string> = new Set();
  /** So many next writing calls end in a conflict with another transaction. */
  conflictsNext = 0;
  readonly #schema: Schema;
  readonly #context: ReadonlySet<string>;
  #tables: Tables;
  #lastId = 0;

  constructor(version: Version, companies: 1 | 2) {
    this.version = version;
    this.#schema = schemaOf(version);
    this.#context = contextKeysOf(version);
    this.#tables = Object.fromEntries(Object.keys(this.#schema).map((model) => [model, []]));
    furnish((model, values) => this.#insert(model, values), companies);
  }

  call(model: string, method: string, ids: readonly number[] | null, named: Named, context: Named): unknown {
    const known = METHODS[method];
    if (known === undefined || !this.#has(model, method))
      throw new OdooException('builtins.AttributeError', `The method '${model}.${method}' does not exist`, 404);
    for (const key of Object.keys(context))
      if (!this.#context.has(key)) throw new OdooException('builtins.KeyError', `the stub knows no context key '${key}'`);
    if (known.onRecords && ids === null) throw new OdooException('builtins.IndexError', 'list index out of range');

    if (!WRITING.has(method)) return this.#run(model, method, ids ?? [], named, context);
    const before = structuredClone(this.#tables);
    try {
      const result = this.#run(model, method, ids ?? [], named, context);
      if (this.conflictsNext > 0) {
        this.conflictsNext -= 1;
        throw new OdooException('psycopg2.errors.SerializationFailure', 'could not serialize access due to concurrent update\n');
      }
      return result;
    } catch (error) {
      this.#tables = before;
      throw error;
    }
  }

  #has(model: string, method: string): boolean {
    if (this.#schema[model] === undefined)
      throw new OdooException('builtins.KeyError', `the model '${model}' does not exist`, 404);
    if (method === 'action_apply_inventory') return model === 'stock.quant';
    return ['button_validate', 'action_cancel'].includes(method) ? model === 'stock.picking' : true;
  }

  #run(model: string, method: string, ids: readonly number[], named: Named, context: Named): unknown {
    switch (method) {
      case 'search_read':
        return this.#searchRead(model, named, context);
      case 'search_count':
        return this.#search(model, named, context).length;
      case 'fields_get':
        return this.#fieldsGet(model, named);
      case 'create': {
        const given = named['vals_list'];
        const wanted = (Array.isArray(given) ? given : [given]) as readonly Named[];
        const created = wanted.map(
          (values) => (model === 'stock.quant' ? this.#counted(values, context) : this.#create(model, values)).id,
        );
        return Array.isArray(given) ? created : created[0];
      }
      case 'write':
        for (const id of ids) this.#write(model, this.#row(model, id), named['vals'] as Named);
        return true;
      case 'button_validate':
        return this.#validate(ids.map((id) => this.#row(model, id)));
      case 'action_cancel':
        for (const id of ids) this.#setState(this.#row(model, id), 'cancel');
        return true;
      default:
        for (const id of ids) this.#applyCount(this.#row(model, id));
        // Returns nothing, and then JSON-RPC's answer has no result.
        return null;
    }
  }

  #searchRead(model: string, named: Named, context: Named): unknown {
    const {
      fields = [],
      order = 'id',
      limit,
      offset = 0,
    } = named as {
      fields?: readonly string[];
      order?: string;
      limit?: number;
      offset?: number;
    };
    const rows = ordered(this.#schema, model, order, this.#search(model, named, context));
    return rows
      .slice(offset, limit === undefined ? undefined : offset + limit)
      .map((row) => told(this.#schema, this.#tables, model, fields, row));
  }

  #search(model: string, { domain = [] }: Named, context: Named): readonly Row[] {
    const hidden = this.#schema[model]?.['active'] !== undefined && context['active_test'] !== false;
    return (this.#tables[model] ?? []).filter(
      (row) =>
        matches(this.#schema, this.#tables, model, domain as readonly unknown[], row) && (!hidden || row['active'] === true),
    );
  }

  #fieldsGet(model: string, { allfields }: Named): unknown {
    const all = Object.entries(this.#schema[model] ?? {});
    const asked = allfields as readonly string[] | undefined;
    const shown = all.filter(([name]) => asked === undefined || asked.includes(name));
    return Object.fromEntries(shown.map(([name, field]) => [name, { type: typeof field === 'string' ? field : 'many2one' }]));
  }

  #create(model: string, values: Named): Row {
    const { move_ids: lines = [], ...own } = values;
    const now = Date.now();
    const row = this.#insert(model, { ...this.#defaults(model), ...this.#parsed(model, own), create_date: now, write_date: now });
    if (model === 'stock.picking') this.#afterPicking(row, lines as readonly unknown[]);
    if (model === 'product.product' && row['default_code'] === false) throw new Error('the stub wants a code');
    return row;
  }

  #defaults(model: string): Record<string, Value> {
    if (model !== 'product.product') return {};
    const losses = this.#tables['stock.location']?.find(({ usage }) => usage === 'inventory')?.id ?? false;
    return { active: true, type: 'consu', tracking: 'none', property_stock_inventory: losses };
  }

  #parsed(model: string, values: Named): Record<string, Value> {
    const entries = Object.entries(values).map(([name, value]): [string, Value] => {
      const field = fieldOf(this.#schema, model, name);
      if (field === 'time' && typeof value === 'string') return [name, timeOf(value)];
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [name, value];
      throw invalidField(model, name);
    });
    const { type, is_storable: storable } = Object.fromEntries(entries);
    if (model === 'product.product' && type === 'product' && this.version > 17)
      throw new OdooException('builtins.ValueError', "Wrong value for product.template.type: 'product'");
    return Object.fromEntries(model === 'product.product' && storable === true ? [...entries, ['type', 'consu']] : entries);
  }

  #afterPicking(picking: Row, commands: readonly unknown[]): void {
    const type = this.#tables['stock.picking.type']?.find(({ id }) => id === picking['picking_type_id']);
    if (type === undefined) throw validationError("Missing required value for the field 'Operation Type' (picking_type_id)");
    for (const field of ['location_id', 'location_dest_id']) if (picking[field] === undefined) picking[field] = false;
    picking['company_id'] = type['company_id'] ?? false;
    picking['name'] =
      picking['name'] || `WH/${String(type['code']).slice(0, 3).toUpperCase()}/${String(picking.id).padStart(5, '0')}`;
    picking['scheduled_date'] = picking['scheduled_date'] || Date.now();
    const namesakes = this.#tables['stock.picking']?.filter(
      ({ name, company_id }) => name === picking['name'] && company_id === picking['company_id'],
    );
    if (namesakes !== undefined && namesakes.length > 1)
      throw validationError('The operation cannot be completed: Reference must be unique per company!');
    for (const command of commands) this.#addMove(picking, command);
    const moves = this.#movesOf(picking);
    picking['state'] = moves.length > 0 && moves.every(({ state }) => state === 'assigned') ? 'assigned' : 'draft';
  }

  #addMove(picking: Row, command: unknown): void {
    const [action, , values] = command as [number, number, Named];
    if (action !== 0) throw new OdooException('builtins.ValueError', 'the stub only creates lines');
    const required = ['product_id', 'location_id', 'location_dest_id', ...(this.version < 19 ? ['name'] : [])];
    for (const name of required)
      if (values[name] === undefined)
        throw validationError(`The operation cannot be completed: Missing required value for the field '${name}'`);
    const now = Date.now();
    const move = this.#insert('stock.move', {
      product_uom_qty: 0,
      quantity: 0,
      picked: false,
      company_id: picking['company_id'] ?? false,
      ...this.#parsed('stock.move', values),
      picking_id: picking.id,
      reference: picking['name'] ?? false,
      state: 'draft',
      date: picking['scheduled_date'] ?? now,
      create_date: now,
      write_date: now,
    });
    if (move['quantity'] !== 0) this.#fill(move);
  }

  /** A quantity on a move is a line below it, and is reserved whether it is there or not. */
  #fill(move: Row): void {
    const { product_id = false, location_id = false, location_dest_id = false, quantity = 0, picking_id = false } = move;
    const line = {
      move_id: move.id,
      picking_id,
      product_id,
      location_id,
      location_dest_id,
      quantity,
      quantity_product_uom: quantity,
    };
    this.#insert('stock.move.line', { ...line, picked: move['picked'] ?? false, state: 'assigned', write_date: Date.now() });
    move['state'] = 'assigned';
    this.#change(move, 'location_id', 'reserved_quantity', Number(quantity));
  }

  #validate(pickings: readonly Row[]): unknown {
    const open = this.version === 17 ? pickings : pickings.filter(({ state }) => state !== 'done');
    const moves = open.flatMap((picking) => this.#movesOf(picking));
    for (const move of moves.filter(({ state, quantity }) => state === 'draft' && quantity === 0)) {
      move['quantity'] = move['product_uom_qty'] ?? 0;
      this.#fill(move);
    }
    const left = moves.filter(({ state }) => state !== 'done' && state !== 'cancel');
    if (open.length === 1 && left.length === 0) throw userError('You cannot validate a transfer if no quantities are reserved.');
    const products = left.map((move) => this.#row('product.product', Number(move['product_id'])));
    const tracked = products.filter(({ tracking }) => tracking !== 'none').map(({ name }) => String(name));
    if (tracked.length > 0) throw userError(`You need to supply a Lot/Serial number for products ${tracked.join(', ')}.`);
    if (products.some((product) => this.askAPersonAbout.has(String(product['default_code']))))
      return { type: 'ir.actions.act_window', res_model: 'expiry.picking.confirmation', target: 'new' };
    if (left.some((move) => Number(move['quantity']) < Number(move['product_uom_qty'])))
      return {
        name: 'Create Backorder?',
        type: 'ir.actions.act_window',
        res_model: 'stock.backorder.confirmation',
        target: 'new',
      };
    for (const move of left) this.#book(move);
    for (const picking of open) this.#setState(picking, 'done');
    return true;
  }

  #book(move: Row): void {
    const quantity = Number(move['quantity']);
    this.#change(move, 'location_id', 'reserved_quantity', -quantity);
    this.#change(move, 'location_id', 'quantity', -quantity);
    this.#change(move, 'location_dest_id', 'quantity', quantity);
  }

  /** Quantities may fall below zero. */
  #change(move: Row, at: 'location_id' | 'location_dest_id', field: string, change: number): void {
    const location = this.#row('stock.location', Number(move[at]));
    if (field === 'reserved_quantity' && location['usage'] !== 'internal') return;
    const quant = this.#quant(move['product_id'] ?? false, location.id);
    quant[field] = Number(quant[field]) + change;
  }

  #quant(product_id: Value, location_id: Value): Row {
    const found = this.#tables['stock.quant']?.find(
      (row) => row['product_id'] === product_id && row['location_id'] === location_id,
    );
    const none = { quantity: 0, reserved_quantity: 0, inventory_quantity: 0 };
    return (
      found ??
      this.#insert('stock.quant', {
        product_id,
        location_id,
        company_id: this.#row('stock.location', Number(location_id))['company_id'] ?? false,
        ...none,
      })
    );
  }

  #setState(picking: Row, state: string): void {
    const now = Date.now();
    const moves = this.#movesOf(picking);
    const lines = this.#tables['stock.move.line']?.filter(({ picking_id }) => picking_id === picking.id) ?? [];
    for (const row of [picking, ...moves, ...lines]) Object.assign(row, { state, write_date: now, date: now });
    picking['date_done'] = state === 'done' ? now : false;
  }

  #movesOf(picking: Row): readonly Row[] {
    return this.#tables['stock.move']?.filter(({ picking_id }) => picking_id === picking.id) ?? [];
  }

  /** Somebody writes down what is there; nothing moves yet. */
  #counted(values: Named, context: Named): Row {
    if (context['inventory_mode'] !== true) throw userError("Quant's creation is restricted, you can't do this operation.");
    const { product_id = false, location_id = false, inventory_quantity = 0 } = this.#parsed('stock.quant', values);
    const quant = this.#quant(product_id, location_id);
    quant['inventory_quantity'] = inventory_quantity;
    return quant;
  }

  /** The difference goes to or comes from the product's losses, without a transfer. */
  #applyCount(quant: Row): void {
    const { product_id = false, location_id = false } = quant;
    const losses = this.#row('product.product', Number(product_id))['property_stock_inventory'] ?? false;
    const difference = Number(quant['inventory_quantity']) - Number(quant['quantity']);
    const quantity = Math.abs(difference);
    const [from, to] = difference > 0 ? [losses, location_id] : [location_id, losses];
    const places = {
      product_id,
      location_id: from,
      location_dest_id: to,
      quantity,
      picked: true,
      picking_id: false,
      state: 'done',
    };
    const now = Date.now();
    const move = this.#insert('stock.move', {
      ...places,
      product_uom_qty: quantity,
      reference: 'Product Quantity Updated',
      company_id: quant['company_id'] ?? false,
      date: now,
      write_date: now,
    });
    this.#insert('stock.move.line', { ...places, move_id: move.id, quantity_product_uom: quantity, write_date: now });
    this.#change(move, 'location_id', 'quantity', -quantity);
    this.#change(move, 'location_dest_id', 'quantity', quantity);
  }

  #write(model: string, row: Row, values: Named): void {
    Object.assign(row, this.#parsed(model, values), { write_date: Date.now() });
  }

  #row(model: string, id: number): Row {
    const row = this.#tables[model]?.find((each) => each.id === id);
    if (row === undefined)
      throw new OdooException('odoo.exceptions.MissingError', 'Record does not exist or has been deleted.', 404);
    return row;
  }

  #insert(model: string, values: Record<string, Value>): Row {
    this.#lastId += 1;
    const row: Row = { ...values, id: this.#lastId };
    this.#tables[model]?.push(row);
    return row;
  }
}
