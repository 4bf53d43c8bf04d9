import type { LineClass, LineOutcome } from '../../contracts/reconciliations.ts';
import { PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { csvRow } from '../replies/csv-row.ts';
import { lineReply } from '../replies/reconciliation-reply.ts';
import { listLines, type Line, type LinePosition } from './lines.ts';
import type { Run } from './runs.ts';

interface LineFilter {
  readonly class: LineClass | undefined;
  readonly outcome: LineOutcome | undefined;
  readonly sku: Sku | undefined;
}

const COLUMNS = [
  'sku',
  'location',
  'status',
  'class',
  'outcome',
  'ours',
  'erp',
  'variance',
  'mark',
  'read_at',
  'keys',
  'unit_factor',
  'views',
  'case_id',
] as const;

/** All lines as one file, page by page, so that a run of any size fits. */
export function linesAsCsv(db: D1Database, run: Run, filter: LineFilter): ReadableStream<Uint8Array> {
  return fileOf(db, run, filter, csvRow(COLUMNS), (line) => csvRow(cellsOf(line)));
}

export function linesAsNdjson(db: D1Database, run: Run, filter: LineFilter): ReadableStream<Uint8Array> {
  return fileOf(db, run, filter, '', (line) => `${JSON.stringify(lineReply(line))}\n`);
}

function fileOf(
  db: D1Database,
  run: Run,
  filter: LineFilter,
  head: string,
  textOf: (line: Line) => string,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let after: LinePosition | null = null;
  let begun = false;
  return new ReadableStream({
    async pull(controller) {
      const lines = await listLines(db, run.id, { ...filter, after, limit: PAGE_ITEMS_MAX });
      controller.enqueue(encoder.encode(`${begun ? '' : head}${lines.map(textOf).join('')}`));
      begun = true;
      after = lines.at(-1) ?? null;
      if (lines.length < PAGE_ITEMS_MAX) controller.close();
    },
  });
}

function cellsOf(line: Line): readonly (string | number | null)[] {
  const row = lineReply(line);
  return COLUMNS.map((column) => {
    if (column === 'keys') return row.keys.join(' ');
    if (column === 'views') return row.views.map(({ source, quantity }) => `${source}: ${quantity}`).join('; ');
    return row[column];
  });
}
