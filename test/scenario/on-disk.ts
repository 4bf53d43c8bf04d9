import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Cart } from '../../domain/cart/cart.ts';
import type { Entry } from '../../domain/event.ts';

/** A cart as its coordinator's database holds it, with the number of answers kept under keys. */
export interface CartOnDisk {
  readonly cart: Cart;
  readonly answers: number;
}

/** Coordinators whose database was written since then, by the id of the cart. */
export function cartsOnDisk(state: string, sinceMs = 0): ReadonlyMap<string, CartOnDisk> {
  const found = new Map<string, CartOnDisk>();
  for (const file of databases(state, 'CartReservation', sinceMs)) {
    const read = readCopy(file, (database) => {
      if (tables(database, 'text').length === 0) return null;
      const rows = database.prepare('SELECT name, body FROM text ORDER BY name, part').all();
      const parts = rows.flatMap(({ name, body }) => (name === 'cart' ? [String(body)] : []));
      const names = new Set(rows.map(({ name }) => name));
      return { cart: JSON.parse(parts.join('')) as Cart, answers: names.size - 1 };
    });
    if (read !== null) found.set(read.cart.id, read);
  }
  return found;
}

/** Every item's journal, by the item that its first movement names. */
export function journalsOnDisk(state: string, skuOf: (firstMovement: string) => string): ReadonlyMap<string, readonly Entry[]> {
  const found = new Map<string, readonly Entry[]>();
  for (const file of databases(state, 'SkuStock', 0)) {
    const entries = readCopy(file, (database) => tables(database, 'journal_*').flatMap((table) => entriesIn(database, table)));
    const first = entries.find(({ event }) => event.type === 'moved')?.event;
    if (first?.type === 'moved') found.set(skuOf(first.id), entries);
  }
  return found;
}

function entriesIn(database: DatabaseSync, table: string): readonly Entry[] {
  const rows = database.prepare(`SELECT sequence, at, body FROM ${table} ORDER BY sequence`).all();
  return rows.map(({ sequence, at, body }) => ({
    sequence: Number(sequence),
    atMs: Number(at),
    ...(JSON.parse(String(body)) as Pick<Entry, 'correlationId' | 'event'>),
  }));
}

function databases(state: string, ofClass: string, sinceMs: number): readonly string[] {
  const folder = path.join(state, 'data/do', `holdfast-${ofClass}`);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite');
  const writtenMs = (file: string): number =>
    Math.max(...[file, `${file}-wal`].filter((one) => existsSync(one)).map((one) => statSync(one).mtimeMs));
  return files.map((name) => path.join(folder, name)).filter((file) => writtenMs(file) >= sinceMs);
}

/** Of a copy, so that nobody who serves from the file is disturbed, and what a killed one left behind is recovered there. */
function readCopy<T>(file: string, read: (database: DatabaseSync) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-copy-'));
  try {
    const copy = path.join(folder, 'copy.sqlite');
    for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, copy + end);
    const database = new DatabaseSync(copy);
    try {
      return read(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function tables(database: DatabaseSync, pattern: string): readonly string[] {
  const rows = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ? ORDER BY name`).all(pattern);
  return rows.map(({ name }) => String(name));
}
