import { decimal, idsIn, rowsIn, type TrytonUser } from './ask-tryton.ts';

/** What a shop's Tryton holds before anybody sells. */
export interface Shop {
  readonly user: string;
  readonly password: string;
  readonly warehouses: readonly string[];
}

/** A company, our own user of it, and warehouses with their zones; done as an administrator does it, by hand. */
export async function setUpShop(admin: TrytonUser, { user, password, warehouses }: Shop): Promise<void> {
  const currency = await one(admin, 'currency.currency', {
    name: 'Euro',
    symbol: '€',
    code: 'EUR',
    digits: 2,
    rounding: decimal('0.01'),
  });
  const party = await one(admin, 'party.party', { name: 'Kettle & Co' });
  const company = await one(admin, 'company.company', { party, currency });
  await admin.ask('res.user.write', [await search(admin, 'res.user', [['login', '=', 'admin']]), membership(company)]);
  const groups = await search(admin, 'res.group', [['name', '=', 'Stock']]);
  await one(admin, 'res.user', { name: 'Holdfast', login: user, password, groups: [['add', groups]], ...membership(company) });

  // The module brings one warehouse, which becomes the first of ours.
  const [first] = await search(admin, 'stock.location', [['type', '=', 'warehouse']]);
  for (const [index, code] of warehouses.entries()) {
    if (index === 0 && first !== undefined)
      await admin.ask('stock.location.write', [[first], { code, name: `Warehouse ${code}` }]);
    else await addWarehouse(admin, code);
  }
}

export async function addWarehouse(admin: TrytonUser, code: string): Promise<void> {
  const zones = ['IN', 'STO', 'OUT'].map((zone) => ({ code: `${code}-${zone}`, name: `${code} ${zone}`, type: 'storage' }));
  const [input_location, storage_location, output_location] = idsIn(await admin.ask('stock.location.create', [zones]));
  const warehouse = { code, name: `Warehouse ${code}`, type: 'warehouse', input_location, storage_location, output_location };
  const parent = await one(admin, 'stock.location', warehouse);
  await admin.ask('stock.location.write', [[input_location, storage_location, output_location], { parent }]);
}

/** Goods with a code each, counted in units. */
export async function addProducts(admin: TrytonUser, codes: readonly string[]): Promise<void> {
  const [unit] = await search(admin, 'product.uom', [['symbol', '=', 'u']]);
  for (let at = 0; at < codes.length; at += PRODUCTS_AT_ONCE) {
    const templates = codes.slice(at, at + PRODUCTS_AT_ONCE).map((code) => ({
      name: `Item ${code}`,
      // A product's code is its template's and a suffix.
      code,
      type: 'goods',
      default_uom: unit,
      list_price: decimal('12'),
      cost_price_method: 'fixed',
      products: [['create', [{ cost_price: decimal('7') }]]],
    }));
    await admin.ask('product.template.create', [templates], await contextOf(admin));
  }
}

// What Tryton reads ahead grows with the square of a group.
const PRODUCTS_AT_ONCE = 50;

export interface OpeningStock {
  readonly sku: string;
  readonly location: string;
  readonly quantity: number;
}

/** Counts them in, warehouse by warehouse, as a stock-take does. */
export async function countIn(admin: TrytonUser, stock: readonly OpeningStock[]): Promise<void> {
  const context = await contextOf(admin);
  const products = await productIds(
    admin,
    stock.map(({ sku }) => sku),
  );
  for (const [location, lines] of Map.groupBy(stock, (line) => line.location)) {
    const zone = await storageOf(admin, location);
    for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
      const counted = lines.slice(at, at + LINES_AT_ONCE).map(({ sku, quantity }) => ({ product: products.get(sku), quantity }));
      const inventory = { ...context, location: zone, lines: [['create', counted]] };
      const ids = idsIn(await admin.ask('stock.inventory.create', [[inventory]], context));
      await admin.ask('stock.inventory.confirm', [ids], context);
    }
  }
}

const LINES_AT_ONCE = 200;

export async function productIds(admin: TrytonUser, codes: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let at = 0; at < codes.length; at += LINES_AT_ONCE) {
    const domain = [
      ['code', 'in', codes.slice(at, at + LINES_AT_ONCE)],
      ['active', 'in', [true, false]],
    ];
    const rows = rowsIn(await admin.ask('product.product.search_read', [domain, 0, null, null, ['code']]));
    for (const { id, code } of rows) found.set(String(code), Number(id));
  }
  return found;
}

export async function storageOf(admin: TrytonUser, warehouse: string): Promise<number> {
  const domain = [
    ['type', '=', 'warehouse'],
    ['code', '=', warehouse],
  ];
  const [row] = rowsIn(await admin.ask('stock.location.search_read', [domain, 0, 1, null, ['storage_location']]));
  if (row === undefined) throw new Error(`Tryton has no warehouse ${warehouse}.`);
  return Number(row['storage_location']);
}

/** A move that a person makes, done at once; its id. */
export async function bookByHand(
  admin: TrytonUser,
  move: { readonly sku: string; readonly from: number; readonly to: number; readonly quantity: number },
): Promise<number> {
  const context = await contextOf(admin);
  const product = (await productIds(admin, [move.sku])).get(move.sku);
  const [row] = rowsIn(await admin.ask('product.product.search_read', [[['id', '=', product]], 0, 1, null, ['default_uom']]));
  const [company] = rowsIn(
    await admin.ask('company.company.search_read', [[['id', '=', context.company]], 0, 1, null, ['currency']]),
  );
  const draft = {
    product,
    uom: row?.['default_uom'],
    quantity: move.quantity,
    from_location: move.from,
    to_location: move.to,
    company: context.company,
    currency: company?.['currency'],
    unit_price: decimal('12'),
  };
  const ids = idsIn(await admin.ask('stock.move.create', [[draft]], context));
  await admin.ask('stock.move.do', [ids], context);
  return ids[0] ?? 0;
}

/** The first location of a type. */
export async function locationOf(admin: TrytonUser, type: string): Promise<number> {
  const [id] = await search(admin, 'stock.location', [['type', '=', type]]);
  if (id === undefined) throw new Error(`Tryton has no location of the type ${type}.`);
  return id;
}

async function contextOf(admin: TrytonUser): Promise<{ readonly company: number }> {
  const [company = 0] = await search(admin, 'company.company', []);
  return { company };
}

async function one(admin: TrytonUser, model: string, values: Readonly<Record<string, unknown>>): Promise<number> {
  const [id] = idsIn(await admin.ask(`${model}.create`, [[values]]));
  if (id === undefined) throw new Error(`Tryton created no ${model}.`);
  return id;
}

async function search(admin: TrytonUser, model: string, domain: readonly unknown[]): Promise<readonly number[]> {
  return idsIn(await admin.ask(`${model}.search`, [domain, 0, null, [['id', 'ASC']]]));
}

function membership(company: number) {
  return { companies: [['add', [company]]], company };
}
