import { parseArgs } from 'node:util';
import { ReplayStopped } from './replay-stopped.ts';

const GOODS = ['LANTERN', 'TEA TIN', 'PAPER GARLAND', 'DOORMAT', 'CAKE STAND', 'JAM JAR', 'WOODEN DUCK', 'PICTURE FRAME, OAK'];
const COLOURS = ['RED', 'BLUE', 'IVORY', 'GREEN', '7" ROUND'];
const CODES = 60;
const FIRST_DAY_MS = Date.UTC(2031, 2, 3, 9);
const DAYS = 5;
const HEADER = 'invoice_no,stock_code,description,quantity,invoice_date,unit_price,customer_id,country';

/** A small invented order export, the same for the same seed: skewed demand, baskets of customers at home, abroad and at a till, cancellations, write-offs, postage. */
export function sampleOrders(invoices: number, seed: number): string {
  const random = randomFrom(seed);
  const rows = Array.from({ length: invoices }, (_, index) => invoice(index, invoices, random)).flat();
  return `${[HEADER, ...rows].join('\n')}\n`;
}

function invoice(index: number, invoices: number, random: () => number): string[] {
  const at = new Date(FIRST_DAY_MS + Math.floor((index * DAYS) / invoices) * 86_400_000 + index * 60_000).toISOString();
  const number = String(700_000 + index);
  const country = index % 8 === 5 ? 'Freedonia' : 'Ruritania';
  // Who buys at the till leaves no number.
  const customer = index % 6 === 4 ? '' : String(10_000 + (index % 97));
  const rows = Array.from({ length: 1 + Math.floor(random() ** 3 * 25) }, () => {
    const code = codeOf(random);
    return { number, code, quantity: 1 + Math.floor(random() ** 2 * 24), price: '2.55', customer };
  });
  const [first] = rows;
  if (first === undefined) return [];

  // The same code twice in one basket, a cancellation, a write-off and postage, each now and then.
  if (index % 7 === 0) rows.push({ ...first, quantity: 1 });
  if (index % 5 === 1) rows.push({ ...first, code: 'POST', quantity: 1 });
  if (index % 9 === 2) rows.push({ ...first, number: `C${number}`, quantity: -1 });
  if (index % 11 === 3) rows.push({ ...first, number: String(800_000 + index), quantity: -2, price: '0', customer: '' });
  return rows.map((row) =>
    [row.number, row.code, quoted(nameOf(row.code)), row.quantity, at, row.price, row.customer, country].join(','),
  );
}

// A few codes are in every other basket and most are rare, as in a real shop.
function codeOf(random: () => number): string {
  const index = Math.floor(random() ** 3 * CODES);
  return `${20_000 + index * 7}${index % 4 === 3 ? 'A' : ''}`;
}

function nameOf(code: string): string {
  const number = Number.parseInt(code, 10);
  if (Number.isNaN(number)) return 'POSTAGE';
  return `${COLOURS[number % COLOURS.length]} ${GOODS[number % GOODS.length]}`;
}

function quoted(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// Run by itself it writes the file to standard output: node tools/replay/sample.ts --invoices 200 --seed 1 > orders.csv
if (import.meta.main) {
  const { values } = parseArgs({
    options: { invoices: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
  });
  const [invoices, seed] = [Number(values.invoices), Number(values.seed)];
  if (!Number.isSafeInteger(invoices) || invoices < 1 || !Number.isSafeInteger(seed))
    throw new ReplayStopped('--invoices and --seed are whole numbers.');
  process.stdout.write(sampleOrders(invoices, seed));
}
