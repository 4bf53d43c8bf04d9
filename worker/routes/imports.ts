import { Hono, type Context } from 'hono';
import {
  importRowsQuery,
  importsQuery,
  newImportQuery,
  ROW_OUTCOMES,
  type IMPORT_FORMATS,
  type ImportReply,
} from '../../contracts/imports.ts';
import { IMPORT_BYTES_MAX } from '../../contracts/limits.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import type { Names } from '../catalogue/names.ts';
import { ERP_CONNECTION } from '../erp/connection.ts';
import type { ImportFiles } from '../imports/files.ts';
import { importIdAt, tallyIn, type ImportRun, type ImportStore } from '../imports/import-store.ts';
import { ERP_LOAD_BEGINS } from '../imports/load-erp.ts';
import { receiveFile } from '../imports/receive-file.ts';
import { rowsAsFile } from '../imports/rows-as-file.ts';
import type { AliasPosition } from '../listings/import-aliases.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { mayDo, maySpeakFor } from '../middleware/principal.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { written, writtenOrNull } from '../replies/written.ts';
import { toBase64url } from '../request/base64url.ts';
import { queryOf } from '../request/body.ts';
import { afterOf, pageOf } from '../request/pages.ts';

export interface ImportDeps {
  readonly allow: Allow;
  readonly names: Pick<Names, 'source'>;
  readonly imports: ImportStore;
  readonly importFiles: ImportFiles;
  readonly sendStep: (id: string) => Promise<void>;
  readonly now: () => number;
}

export function importRoutes({ allow, names, imports, importFiles, sendStep, now }: ImportDeps): Hono<AppEnv> {
  /** Somebody else's answers like one that is not there. */
  const ownOf = async (c: Context<AppEnv>): Promise<ImportRun | Refused> => {
    const run = await imports.find(c.req.param('id') ?? '');
    return run !== null && maySpeakFor(c.var.principal, run.source) ? run : new Refused('not_found', 'no import has this id');
  };
  const newRun = (c: Context<AppEnv>): Pick<ImportRun, 'id' | NewFields> => ({
    id: importIdAt(now(), toBase64url(crypto.getRandomValues(new Uint8Array(9)))),
    state: 'queued',
    tally: '{}',
    error: null,
    actor: c.var.principal.keyId,
    correlationId: c.var.trace.traceId,
    createdAtMs: now(),
    movedAtMs: now(),
    endedAtMs: null,
  });
  const begun = async (c: Context<AppEnv>, { id }: ImportRun): Promise<Response> => {
    // Lost or not, the cron sees to it.
    await sendStep(id).catch(() => undefined);
    return c.json({ id }, 202, { location: `/v1/imports/${id}` });
  };

  return new Hono<AppEnv>()
    .post('/v1/imports', allow('stock:write'), async (c) => {
      const query = queryOf(c, newImportQuery);
      if (query instanceof Refused) return problem(c, query);
      if (query.kind === 'erp') {
        if (!mayDo(c.var.principal, 'admin'))
          return problem(c, new Refused('scope_missing', 'a load from the ERP needs the scope admin'));
        if (query.source !== undefined || query.format !== undefined)
          return problem(c, new Refused('invalid_request', 'source, format: a load from the ERP has neither'));
        const position = JSON.stringify(ERP_LOAD_BEGINS);
        const run = {
          ...newRun(c),
          kind: query.kind,
          source: ERP_CONNECTION,
          format: null,
          bytes: 0,
          atByte: 0,
          atRow: 0,
          position,
        };
        await imports.addAudited(run, byOf(c));
        return begun(c, run);
      }
      if (query.kind === 'aliases') {
        if (!mayDo(c.var.principal, 'admin'))
          return problem(c, new Refused('scope_missing', 'an import of aliases needs the scope admin'));
        if (query.source !== undefined)
          return problem(c, new Refused('invalid_request', 'source: aliases are nobody’s facts, leave it out'));
        const format = acceptedFormat(c, query.format);
        if (format instanceof Refused) return problem(c, format);
        const run = { ...newRun(c), kind: query.kind, source: NOBODY, format };
        const file = await receiveFile(c.req.raw.body, run.id, { kind: query.kind, format }, importFiles);
        if (file instanceof Refused) return problem(c, file);
        const { bytes, atByte, atRow, layout } = file;
        const position = JSON.stringify({ layout, replace: query.replace !== undefined } satisfies AliasPosition);
        const whole = { ...run, bytes, atByte, atRow, position };
        await imports.addAudited(whole, byOf(c));
        return begun(c, whole);
      }
      const { kind, source } = query;
      if (query.replace !== undefined)
        return problem(c, new Refused('invalid_request', 'replace: only aliases are replaced, facts are booked'));
      const sent = await acceptable(c, source, query.format);
      if (sent instanceof Refused) return problem(c, sent);
      const run = { ...newRun(c), kind, source: sent.source, format: sent.format };
      const file = await receiveFile(c.req.raw.body, run.id, { kind, format: sent.format }, importFiles);
      if (file instanceof Refused) return problem(c, file);
      const { bytes, atByte, atRow, layout } = file;
      const whole = { ...run, bytes, atByte, atRow, position: JSON.stringify(layout ?? {}) };
      await imports.add(whole);
      c.var.noted.source = sent.source;
      return begun(c, whole);
    })

    .get('/v1/imports', allow('stock:write'), async (c) => {
      const query = queryOf(c, importsQuery);
      if (query instanceof Refused) return problem(c, query);
      const before = afterOf(query.cursor);
      if (before instanceof Refused) return problem(c, before);
      const { sources } = c.var.principal;
      const runs = await imports.list({ before: before === '' ? null : before, sources, limit: query.limit + 1 });
      const page = pageOf(runs, ({ id }) => id, query.limit);
      return c.json({ ...page, items: page.items.map(importReply) });
    })

    .get('/v1/imports/:id', allow('stock:write'), async (c) => {
      const run = await ownOf(c);
      return run instanceof Refused ? problem(c, run) : c.json(importReply(run));
    })

    .post('/v1/imports/:id/cancel', allow('stock:write'), async (c) => {
      const run = await ownOf(c);
      if (run instanceof Refused) return problem(c, run);
      await imports.cancel(run.id);
      return c.json(importReply((await imports.find(run.id)) ?? run));
    })

    .get('/v1/imports/:id/rows', allow('stock:write'), async (c) => {
      const query = queryOf(c, importRowsQuery);
      if (query instanceof Refused) return problem(c, query);
      const run = await ownOf(c);
      if (run instanceof Refused) return problem(c, run);
      const { outcome = null, format, limit } = query;
      if (format !== 'json') {
        const file = rowsAsFile(format, (after, rowsMax) => imports.rows(run.id, { after, outcome, limit: rowsMax }));
        const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
        return c.body(file, 200, {
          'content-type': type,
          'content-disposition': `attachment; filename="import-${run.id}.${format}"`,
        });
      }
      const cursor = afterOf(query.cursor);
      if (cursor instanceof Refused) return problem(c, cursor);
      const after = Number(cursor);
      if (!Number.isSafeInteger(after) || after < 0)
        return problem(c, new Refused('invalid_request', 'cursor: take it from next_cursor of the page before'));
      const rows = await imports.rows(run.id, { after, outcome, limit: limit + 1 });
      return c.json(pageOf(rows, ({ row }) => String(row), limit));
    });

  async function acceptable(
    c: Context<AppEnv>,
    source: SourceId | undefined,
    named: Format | undefined,
  ): Promise<{ readonly source: SourceId; readonly format: Format } | Refused> {
    if (source === undefined) return new Refused('invalid_request', 'source: whose facts are they?');
    if (!maySpeakFor(c.var.principal, source))
      return new Refused('source_not_allowed', `this API key does not speak for the source ${source}`);
    const known = await names.source(source);
    if (known instanceof Refused) return known;
    const format = acceptedFormat(c, named);
    return format instanceof Refused ? format : { source, format };
  }

  function acceptedFormat(c: Context<AppEnv>, named: Format | undefined): Format | Refused {
    const format = named ?? formatOf(c.req.header('content-type'));
    if (format === null)
      return new Refused(
        'invalid_request',
        'format: name csv or ndjson, here or as Content-Type (text/csv, application/x-ndjson)',
      );
    if ((c.req.header('content-encoding') ?? 'identity') !== 'identity')
      return new Refused('invalid_request', 'Content-Encoding: send the file as it is');
    if (Number(c.req.header('content-length') ?? 0) > IMPORT_BYTES_MAX)
      return new Refused('too_large', `a file may have ${IMPORT_BYTES_MAX} bytes: send it in several`);
    return format;
  }
}

type NewFields = 'state' | 'tally' | 'error' | 'actor' | 'correlationId' | 'createdAtMs' | 'movedAtMs' | 'endedAtMs';
/** What no source is called. */
const NOBODY = '' as SourceId;

type Format = (typeof IMPORT_FORMATS)[number];

function formatOf(contentType = ''): Format | null {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/csv') return 'csv';
  return ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'].includes(type)
    ? 'ndjson'
    : null;
}

function importReply(run: ImportRun): ImportReply {
  const { id, kind, source, format, state, bytes, atByte, error, correlationId, createdAtMs, endedAtMs } = run;
  const tally = tallyIn(run);
  const counts = ROW_OUTCOMES.map((outcome) => [outcome, tally[outcome] ?? 0] as const);
  const read = counts.reduce((sum, [, count]) => sum + count, 0);
  return {
    id,
    kind,
    source: source === NOBODY ? null : source,
    format,
    state,
    bytes,
    bytes_read: atByte,
    rows: { read, ...(Object.fromEntries(counts) as Omit<ImportReply['rows'], 'read'>) },
    error,
    correlation_id: correlationId,
    created_at: written(createdAtMs),
    ended_at: writtenOrNull(endedAtMs),
  };
}
