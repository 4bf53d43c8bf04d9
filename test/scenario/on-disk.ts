import { createHash, createHmac } from 'node:crypto';
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

/** The journal of every item of the catalogue; an item that has none yet is absent. */
export function journalsOnDisk(state: string): ReadonlyMap<string, readonly Entry[]> {
  const found = new Map<string, readonly Entry[]>();
  for (const sku of itemsOnDisk(state)) {
    const file = path.join(folderOf(state, 'SkuStock'), `${objectId('holdfast-SkuStock', sku)}.sqlite`);
    if (!existsSync(file)) continue;
    const entries = readCopy(file, (database) => tables(database, 'journal_*').flatMap((table) => entriesIn(database, table)));
    if (entries.length > 0) found.set(sku, entries);
  }
  return found;
}

function itemsOnDisk(state: string): readonly string[] {
  const folder = path.join(state, 'data/d1/miniflare-D1DatabaseObject');
  return databasesIn(folder).flatMap((file) =>
    readCopy(file, (database) =>
      tables(database, 'item').length === 0
        ? []
        : database
            .prepare('SELECT sku FROM item')
            .all()
            .map(({ sku }) => String(sku)),
    ),
  );
}

/** Under which id the local runtime keeps the object of this name: half of it is made of the name, half proves that half. */
function objectId(ofClass: string, name: string): string {
  const key = createHash('sha256').update(ofClass).digest();
  const half = (of: string | Buffer): Buffer => createHmac('sha256', key).update(of).digest().subarray(0, 16);
  return Buffer.concat([half(name), half(half(name))]).toString('hex');
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
  const writtenMs = (file: string): number =>
    Math.max(...[file, `${file}-wal`].filter((one) => existsSync(one)).map((one) => statSync(one).mtimeMs));
  return databasesIn(folderOf(state, ofClass)).filter((file) => writtenMs(file) >= sinceMs);
}

function folderOf(state: string, ofClass: string): string {
  return path.join(state, 'data/do', `holdfast-${ofClass}`);
}

function databasesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite');
  return names.map((name) => path.join(folder, name));
}

/** Of a copy, so that nobody who serves from the file is disturbed, and what a killed one left behind is recovered there. */
function readCopy<T>(file: string, read: (database: DatabaseSync) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-copy-'));
  try {
    const copy = path.join(folder, 'copy.sqlite');
    copyOfOneMoment(file, copy);
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

const COPIES_MAX = 100;

/** Whoever serves from the file may move what is in its log into it between the two copies; then neither holds it. */
function copyOfOneMoment(file: string, copy: string): void {
  const ends = ['', '-wal'] as const;
  const written = (): string =>
    ends.map((end) => statSync(file + end, { throwIfNoEntry: false, bigint: true })?.mtimeNs).join(' ');
  for (let copies = 0; copies < COPIES_MAX; copies += 1) {
    const before = written();
    for (const end of ends) {
      rmSync(copy + end, { force: true });
      if (existsSync(file + end)) copyFileSync(file + end, copy + end);
    }
    if (written() === before) return;
  }
  throw new Error(`${file} was written to all the time`);
}

function tables(database: DatabaseSync, pattern: string): readonly string[] {
  const rows = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ? ORDER BY name`).all(pattern);
  return rows.map(({ name }) => String(name));
}
