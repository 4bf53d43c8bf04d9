import initial from '../../migrations/cart-reservation/0001-initial.sql';
import type { Cart } from '../../domain/cart/cart.ts';
import type { Kept, CartStore } from './cart-log.ts';
import { PART_CHARACTERS_MAX } from './limits.ts';

const CART = 'cart';

/** The SQLite of one cart. Its table is made by the first reserve, so an id that nobody gave costs no database. */
export class SqlCartStore implements CartStore {
  readonly #storage: DurableObjectStorage;
  #hasTable: boolean;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#hasTable = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'text'").toArray().length > 0;
  }

  read(): Cart | null {
    return this.#read<Cart>(CART);
  }

  kept(operation: Kept['operation'], hash: string): Kept | null {
    return this.#read<Kept>(keptUnder(operation, hash));
  }

  save(cart: Cart, kept: Kept | null): void {
    this.#storage.transactionSync(() => {
      if (!this.#hasTable) this.#storage.sql.exec(initial);
      this.#write(CART, cart);
      if (kept !== null) this.#write(keptUnder(kept.operation, kept.hash), kept);
    });
    this.#hasTable = true;
  }

  #read<T>(name: string): T | null {
    if (!this.#hasTable) return null;
    const rows = this.#storage.sql.exec<{ body: string }>('SELECT body FROM text WHERE name = ? ORDER BY part', name).toArray();
    return rows.length === 0 ? null : (JSON.parse(rows.map(({ body }) => body).join('')) as T);
  }

  #write(name: string, value: unknown): void {
    const parts = partsOf(JSON.stringify(value));
    for (const [part, body] of parts.entries()) {
      this.#storage.sql.exec(
        'INSERT INTO text (name, part, body) VALUES (?, ?, ?) ON CONFLICT (name, part) DO UPDATE SET body = excluded.body',
        name,
        part,
        body,
      );
    }
    this.#storage.sql.exec('DELETE FROM text WHERE name = ? AND part >= ?', name, parts.length);
  }
}

function keptUnder(operation: Kept['operation'], hash: string): string {
  return `${operation} ${hash}`;
}

/** Never between the two halves of a character: each row is a text of its own. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    const wanted = from + PART_CHARACTERS_MAX;
    const end = isHighSurrogate(text.charCodeAt(wanted - 1)) ? wanted - 1 : wanted;
    parts.push(text.slice(from, end));
    from = end;
  }
  return parts;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
