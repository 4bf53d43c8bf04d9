import * as z from 'zod';
import type { ImportRow } from '../../contracts/imports.ts';
import { NAMED_KINDS } from '../../contracts/listings.ts';
import { alias, locationId, sku } from '../../contracts/names.ts';
import type { Directories } from '../catalogue/directory.ts';
import { csvLayout, type CsvLayout } from '../imports/csv-columns.ts';
import { fieldsIn, type Fields } from '../imports/fact-of-row.ts';
import type { ImportFiles } from '../imports/files.ts';
import type { ImportRun } from '../imports/import-store.ts';
import { roundsOfFile, type NextRound } from '../imports/read-rows.ts';
import type { FileRecord } from '../imports/record-reader.ts';
import { Refused } from '../refused.ts';
import { issuesOf } from '../request/issues.ts';
import { bookAliases, type NewAlias } from './book-aliases.ts';
import { fromInert } from './listings-file.ts';

export type AliasRun = ImportRun & { readonly kind: 'aliases' };

const aliasPosition = z.object({ layout: csvLayout.nullable(), replace: z.boolean() });
export type AliasPosition = z.output<typeof aliasPosition>;

export interface ImportAliasesDeps {
  readonly db: D1Database;
  readonly files: Pick<ImportFiles, 'read'>;
  readonly directories: Directories;
  readonly nowMs: () => number;
}

/** Names in bulk (R89), round by round; a round that is run twice changes nothing the second time. */
export function aliasRounds(run: AliasRun, { db, files, directories, nowMs }: ImportAliasesDeps): NextRound {
  const { layout, replace } = aliasPosition.parse(JSON.parse(run.position));
  return roundsOfFile(run, layout, files, async (records, rowsBefore) => {
    const rows = records.flatMap((record, index) => rowIn(record, rowsBefore + index + 1, layout));
    const asked = rows.flatMap(({ named }) => (named instanceof Refused ? [] : [named]));
    const booked = await bookAliases(db, asked, replace, nowMs());
    if (asked.some(({ kind }) => kind === 'location')) await directories.renewed();
    return rows.map(({ row, named }): ImportRow => {
      if (named instanceof Refused) return { row, id: null, outcome: 'rejected', code: named.code, detail: named.detail };
      const id = `${named.kind} ${named.target}`;
      const outcome = booked.get(named);
      if (outcome === undefined) throw new Error('every name that was asked for is answered');
      return outcome instanceof Refused
        ? { row, id, outcome: 'rejected', code: outcome.code, detail: outcome.detail }
        : { row, id, outcome, code: null, detail: null };
    });
  });
}

const aliasRow = z.strictObject({
  kind: z.enum(NAMED_KINDS),
  ...alias.shape,
  sku: sku.optional(),
  location: locationId.optional(),
});

/** Blank lines are none. */
function rowIn(
  { content }: FileRecord,
  row: number,
  layout: CsvLayout | null,
): readonly { readonly row: number; readonly named: NewAlias | Refused }[] {
  if (content.is === 'blank') return [];
  if (content.is === 'wrong') return [{ row, named: new Refused('invalid_request', content.detail) }];
  const fields = fieldsIn(content.text, layout);
  return [{ row, named: fields instanceof Refused ? fields : aliasIn(layout === null ? fields : plainCells(fields)) }];
}

function aliasIn(fields: Fields): NewAlias | Refused {
  const read = aliasRow.safeParse(fields);
  if (!read.success) {
    const wrong = issuesOf(read.error).map(({ path, message }) => `${path}: ${message}`);
    return new Refused('invalid_request', wrong.join('; '));
  }
  const { kind, system, external_id: externalId, sku: item, location } = read.data;
  const [target, other] = kind === 'item' ? [item, location] : [location, item];
  if (target === undefined || other !== undefined)
    return new Refused(
      'invalid_request',
      `${kind === 'item' ? 'sku' : 'location'}: name this, and this alone, of an alias of kind ${kind}`,
    );
  return { kind, system, externalId, target };
}

function plainCells(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, cell]) => [name, typeof cell === 'string' ? fromInert(cell) : cell]),
  );
}
