import type { Sku } from '../../domain/ids.ts';
import type { Fact } from './book-fact.ts';
import { cartsOf, homeOf, type Cart, type CartLine } from './carts.ts';
import { classify, type SkipReason } from './classify.ts';
import { rowsUntil, type OrderFile } from './order-file.ts';

export interface Work {
  /** Carts and facts, in the order in which the file begins them. */
  readonly tasks: readonly Task[];
  readonly rows: number;
  readonly sales: readonly CartLine[];
  /** Every item that the rows move, with the description that came first. */
  readonly names: ReadonlyMap<Sku, string>;
  readonly skipped: ReadonlyMap<SkipReason | 'unreadable', number>;
}

/** What is done at once, from its first row on. */
export type Task = { readonly firstRow: number } & (
  { readonly kind: 'cart'; readonly cart: Cart } | { readonly kind: 'fact'; readonly fact: Fact }
);

/** What of the file is to be replayed, and what is not and why. */
export function workOf(orders: Pick<OrderFile, 'rows' | 'unreadable'>, lastDay: string | null): Work {
  const sales: CartLine[] = [];
  const facts: Fact[] = [];
  const names = new Map<Sku, string>();
  const skipped = new Map<SkipReason | 'unreadable', number>();
  for (const row of rowsUntil(orders.rows, lastDay)) {
    const meaning = classify(row);
    if (meaning.kind === 'skipped') {
      skipped.set(meaning.reason, (skipped.get(meaning.reason) ?? 0) + 1);
      continue;
    }
    if (meaning.kind === 'sale') sales.push({ row, quantity: meaning.quantity });
    else facts.push({ row, kind: meaning.kind, quantity: meaning.quantity });
    names.set(row.stock_code, names.get(row.stock_code) || row.description);
  }
  if (orders.unreadable.length > 0) skipped.set('unreadable', orders.unreadable.length);
  return { tasks: tasksOf(cartsOf(sales, homeOf(orders.rows)), facts), rows: sales.length + facts.length, sales, names, skipped };
}

function tasksOf(carts: readonly Cart[], facts: readonly Fact[]): Task[] {
  const tasks: Task[] = [
    ...carts.map((cart) => ({ kind: 'cart' as const, cart, firstRow: cart.lines[0]?.row.row ?? 0 })),
    ...facts.map((fact) => ({ kind: 'fact' as const, fact, firstRow: fact.row.row })),
  ];
  return tasks.toSorted((left, right) => left.firstRow - right.firstRow);
}
