import { Hono } from 'hono';
import * as z from 'zod';
import { linesQuery, newReconciliation, reconciliationsQuery } from '../../contracts/reconciliations.ts';
import { locationId, sku as skuSchema } from '../../contracts/names.ts';
import type { SourceId } from '../../domain/ids.ts';
import { STOCK_STATUSES } from '../../domain/stock.ts';
import type { AppEnv } from '../app-env.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { byOf } from '../audit/by.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { idempotencyKeyOf, requestKeyOf } from '../middleware/idempotency-key.ts';
import { problem } from '../problem.ts';
import { linesAsCsv, linesAsNdjson } from '../reconciliation/lines-file.ts';
import { listLines, NO_LINES, totalsOfRun, totalsOfRuns } from '../reconciliation/lines.ts';
import { beginRun, listRuns, runOf, type Run } from '../reconciliation/runs.ts';
import { Refused } from '../refused.ts';
import { lineReply, runReply } from '../replies/reconciliation-reply.ts';
import { bodyOf, queryOf } from '../request/body.ts';
import { cursorOf } from '../request/pages.ts';
import { positionIn } from '../request/position-in.ts';

export interface ReconciliationDeps {
  readonly allow: Allow;
  readonly names: Pick<Names, 'exists' | 'source'>;
  readonly db: D1Database;
  /** The one ERP that there is. */
  readonly connection: SourceId;
  readonly wakeRun: (id: string) => Promise<void>;
  readonly audit: AuditLog;
  readonly now: () => number;
}

export function reconciliationRoutes({ allow, names, db, connection, wakeRun, audit, now }: ReconciliationDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .post('/v1/reconciliations', allow('admin'), async (c) => {
      const idempotencyKey = c.req.header('idempotency-key') === undefined ? null : idempotencyKeyOf(c);
      if (idempotencyKey instanceof Refused) return problem(c, idempotencyKey);
      const body = await bodyOf(c, newReconciliation);
      if (body instanceof Refused) return problem(c, body);
      const { skus = null, against = [connection] } = body.value;
      if ((body.value.connection ?? connection) !== connection)
        return problem(c, new Refused('source_unknown', `no ERP states its facts as ${body.value.connection}`));
      const refused = await unknownIn(skus ?? [], against, names);
      if (refused !== null) return problem(c, refused);

      const key = idempotencyKey === null ? null : await requestKeyOf(c, idempotencyKey, body.sent);
      const id = key === null ? crypto.randomUUID() : key.hash;
      const asked = { connection, skus: skus === null ? null : [...new Set(skus)], against: [...new Set(against)] };
      const earlier = key === null ? null : await runOf(db, id);
      if (earlier !== null) {
        if (!isSame(earlier, asked)) return problem(c, new Refused('key_reused', 'this Idempotency-Key began another run'));
        return c.json({ id }, 202, { 'idempotent-replayed': 'true' });
      }
      const by = { askedBy: c.var.principal.keyId, correlationId: c.var.trace.traceId };
      const other = await beginRun(db, { id, ...asked, ...by }, now(), { log: audit, by: byOf(c) });
      if (other !== null && other !== id)
        return problem(c, new Refused('reconciliation_running', `run ${other} has not ended yet`));
      await wakeRun(id);
      return c.json({ id }, 202);
    })

    .get('/v1/reconciliations', allow('admin'), async (c) => {
      const query = queryOf(c, reconciliationsQuery);
      if (query instanceof Refused) return problem(c, query);
      const cursor = positionIn(query.cursor, runPosition);
      if (cursor instanceof Refused) return problem(c, cursor);
      const before = cursor === null ? null : { createdAtMs: cursor[0], id: cursor[1] };
      const runs = await listRuns(db, { before, limit: query.limit + 1 });
      const last = runs.length > query.limit ? runs[query.limit - 1] : undefined;
      const listed = runs.slice(0, query.limit);
      const totals = await totalsOfRuns(
        db,
        listed.map(({ id }) => id),
      );
      const items = listed.map((run) => runReply(run, totals.get(run.id) ?? NO_LINES));
      return c.json({ items, next_cursor: last === undefined ? null : cursorOf(JSON.stringify([last.createdAtMs, last.id])) });
    })

    .get('/v1/reconciliations/:id', allow('admin'), async (c) => {
      const run = await runOf(db, c.req.param('id'));
      if (run === null) return problem(c, NO_RUN);
      return c.json(runReply(run, await totalsOfRun(db, run.id)));
    })

    .get('/v1/reconciliations/:id/lines', allow('admin'), async (c) => {
      const query = queryOf(c, linesQuery);
      if (query instanceof Refused) return problem(c, query);
      const run = await runOf(db, c.req.param('id'));
      if (run === null) return problem(c, NO_RUN);
      const { limit, format } = query;
      const filter = { class: query.class, outcome: query.outcome, sku: query.sku };
      if (format !== 'json') {
        const file = format === 'csv' ? linesAsCsv(db, run, filter) : linesAsNdjson(db, run, filter);
        const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
        const name = `reconciliation-${new Date(run.createdAtMs).toISOString().slice(0, 10)}.${format}`;
        return c.body(file, 200, { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` });
      }
      const cursor = positionIn(query.cursor, linePosition);
      if (cursor instanceof Refused) return problem(c, cursor);
      const after = cursor === null ? null : { sku: cursor[0], location: cursor[1], status: cursor[2] };
      const lines = await listLines(db, run.id, { ...filter, after, limit: limit + 1 });
      const last = lines.length > limit ? lines[limit - 1] : undefined;
      const next = last === undefined ? null : cursorOf(JSON.stringify([last.sku, last.location, last.status]));
      return c.json({ items: lines.slice(0, limit).map(lineReply), next_cursor: next });
    });
}

const NO_RUN = new Refused('not_found', 'no reconciliation has this id');
const runPosition = z.tuple([z.int(), z.string()]);
const linePosition = z.tuple([skuSchema, locationId, z.enum(STOCK_STATUSES)]);

async function unknownIn(
  skus: readonly Parameters<Names['exists']>[0][],
  against: readonly SourceId[],
  names: ReconciliationDeps['names'],
): Promise<Refused | null> {
  for (const source of against) {
    const books = await names.source(source);
    if (books instanceof Refused) return books;
  }
  for (const sku of skus) if (!(await names.exists(sku))) return new Refused('sku_unknown', `there is no item ${sku}`);
  return null;
}

function isSame(run: Run, asked: Pick<Run, 'skus' | 'against'>): boolean {
  return JSON.stringify([run.skus, run.against]) === JSON.stringify([asked.skus, asked.against]);
}
