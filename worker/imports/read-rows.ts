import type { InboundFact } from '../../contracts/inbound-messages.ts';
import type { FactFileKind, FileKind, ImportRow } from '../../contracts/imports.ts';
import { FACTS_MAX, IMPORT_ROUND_BYTES_MAX, IMPORT_ROWS_MAX } from '../../contracts/limits.ts';
import type { Names } from '../catalogue/names.ts';
import { bookAll, type Answer } from '../inbound/book-all.ts';
import { refusalToState } from '../inbound/may-state.ts';
import { sendLater, type SendInbound } from '../inbound/messages.ts';
import type { StateAny } from '../inbound/state-any.ts';
import type { Principal } from '../middleware/principal.ts';
import { Refused } from '../refused.ts';
import { cellsOf, csvLayout, type CsvLayout } from './csv-columns.ts';
import { factOfRow, KIND_OF } from './fact-of-row.ts';
import type { ImportFiles } from './files.ts';
import type { ImportRun, Round } from './import-store.ts';
import { RecordReader, type FileRecord } from './record-reader.ts';

export interface ReadRowsDeps {
  readonly files: ImportFiles;
  readonly names: Pick<Names, 'locations'>;
  readonly stateAny: StateAny;
  readonly sendInbound: SendInbound;
  readonly nowMs: () => number;
}

export type FileRun = ImportRun & { readonly kind: FileKind };
export type FactFileRun = ImportRun & { readonly kind: FactFileKind };
export type NextRound = (run: ImportRun) => Promise<Round>;

/** Reads a file on from where its import is, and books its facts as their route would. */
export function rowsOf(run: FactFileRun, speaker: Principal, deps: ReadRowsDeps): NextRound {
  const layout = run.format === 'csv' ? csvLayout.parse(JSON.parse(run.position)) : null;
  return roundsOfFile(run, layout, deps.files, (records, rowsBefore) => booked(records, rowsBefore, run, layout, speaker, deps));
}

/** Some hundred rows a round, whatever becomes of them. */
export function roundsOfFile(
  run: FileRun,
  layout: CsvLayout | null,
  files: Pick<ImportFiles, 'read'>,
  outcomesOf: (records: readonly FileRecord[], rowsBefore: number) => Promise<readonly ImportRow[]>,
): NextRound {
  const reader = new RecordReader({
    read: (offset, length) => files.read(run.id, offset, length),
    bytes: run.bytes,
    atByte: run.atByte,
    delimiter: layout?.delimiter ?? null,
    isWhole: (text) => layout !== null && cellsOf(text, layout.delimiter)?.length === layout.columns.length,
  });
  const rowsMax = IMPORT_ROWS_MAX + (layout === null ? 0 : 1);
  return async ({ atByte, atRow }) => {
    const records = await reader.take(FACTS_MAX, IMPORT_ROUND_BYTES_MAX);
    const at = { atByte: records.at(-1)?.endByte ?? atByte, atRow: atRow + records.length };
    const common = { ...at, position: JSON.parse(run.position) as unknown };
    if (at.atRow > rowsMax)
      return {
        ...common,
        atByte,
        atRow,
        rows: [],
        state: 'failed',
        error: `a file may have ${IMPORT_ROWS_MAX} rows; those before row ${atRow + 1} are dealt with`,
      };
    const rows = await outcomesOf(records, atRow);
    return { ...common, rows, state: at.atByte < run.bytes ? 'running' : 'done', error: null };
  };
}

interface Row {
  readonly row: number;
  readonly id: string | null;
  readonly fact: object | Refused;
}

async function booked(
  records: readonly FileRecord[],
  rowsBefore: number,
  run: FactFileRun,
  layout: CsvLayout | null,
  speaker: Principal,
  { names, stateAny, sendInbound, nowMs }: ReadRowsDeps,
): Promise<readonly ImportRow[]> {
  const { kind, source, correlationId } = run;
  const factKind = KIND_OF[kind];
  const rows: Row[] = [];
  for (const [index, { content }] of records.entries()) {
    const row = rowsBefore + index + 1;
    if (content.is === 'blank') continue;
    const fact =
      content.is === 'wrong' ? new Refused('invalid_request', content.detail) : factOfRow(content.text, { kind, layout, source });
    const refused = fact instanceof Refused ? fact : await refusalToState([{ kind: factKind, fact }], source, speaker, names);
    rows.push({ row, id: 'id' in fact && typeof fact.id === 'string' ? fact.id : null, fact: refused ?? fact });
  }

  const facts = rows.flatMap(({ fact }) => (fact instanceof Refused ? [] : [fact]));
  const answers = await bookAll(factKind, facts, { source, correlationId }, stateAny);
  const answerOf = new Map(facts.map((fact, index) => [fact, answers[index]]));
  const late: InboundFact[] = [];
  const outcomes = rows.map(({ row, id, fact }): ImportRow => {
    if (fact instanceof Refused) return { row, id, outcome: 'rejected', code: fact.code, detail: fact.detail };
    const answer = answerOf.get(fact);
    if (answer === undefined) throw new Error('every fact that was stated is answered');
    if (answer.outcome === 'deferred') late.push({ kind: factKind, fact });
    return outcomeOf(row, answer);
  });
  // They wait for postings under way, and this import for nothing.
  await sendLater(late, { source, correlationId, receivedAtMs: nowMs() }, sendInbound);
  return outcomes;
}

function outcomeOf(row: number, { id, outcome, code, detail }: Answer): ImportRow {
  const waits = outcome === 'deferred' ? 'a posting of its item is under way: it is tried again by itself' : null;
  return { row, id, outcome, code: code ?? null, detail: detail ?? waits };
}
