import { Hono } from 'hono';
import * as z from 'zod';
import { caseApproval, caseChange, caseResolution, casesQuery, type CaseReply } from '../../contracts/cases.ts';
import type { Sku } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import type { By } from '../audit/audit-log.ts';
import { byOf } from '../audit/by.ts';
import { bodyOf, queryOf } from '../request/body.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { cursorOf } from '../request/pages.ts';
import { problem } from '../problem.ts';
import type { DriftProposal } from '../reconciliation/drift-cases.ts';
import { objectCaseOf } from '../read-models/case-id.ts';
import type { CaseChange, CaseFilter, CaseRow } from '../read-models/cases.ts';
import { Refused } from '../refused.ts';
import { written } from '../replies/written.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { positionIn } from '../request/position-in.ts';

export interface CaseDeps {
  readonly allow: Allow;
  readonly names: Pick<Names, 'exists'>;
  readonly stock: Pick<StockGateway, 'execute'>;
  readonly now: () => number;
  readonly cases: {
    readonly list: (filter: CaseFilter) => Promise<readonly CaseRow[]>;
    /** Asks the SKU's object, so that nobody who asks for one SKU waits for its messages. */
    readonly bringUpToDate: (sku: Sku) => Promise<void>;
    readonly find: (id: string) => Promise<CaseRow | null>;
    readonly change: (id: string, change: CaseChange, by: By) => Promise<void>;
    /** What those that are about a difference propose, as data. */
    readonly proposals: (rows: readonly CaseRow[]) => Promise<ReadonlyMap<string, DriftProposal>>;
    /** Books what the case proposes; why it may be closed now. */
    readonly approve: (id: string, correlationId: string) => Promise<string | Refused>;
    readonly close: (
      closed: { readonly id: string; readonly reason: string; readonly sequence: number | null; readonly action?: 'approve' },
      by: By,
    ) => Promise<void>;
  };
}

export function caseRoutes({ allow, names, stock, cases, now }: CaseDeps): Hono<AppEnv> {
  /** As its object has it now, for an object's case may not have been heard of here yet. */
  const caseNow = async (id: string): Promise<CaseRow | Refused> => {
    const named = objectCaseOf(id);
    if (named !== null && (await names.exists(named.sku))) await cases.bringUpToDate(named.sku);
    return (await cases.find(id)) ?? new Refused('not_found', 'no case has this id');
  };
  const replyOf = async (row: CaseRow): Promise<CaseReply> => caseReply(row, (await cases.proposals([row])).get(row.id));
  return new Hono<AppEnv>()
    .get('/v1/cases', allow('admin'), async (c) => {
      const query = queryOf(c, casesQuery);
      if (query instanceof Refused) return problem(c, query);
      const { state = null, kind = null, sku = null, limit } = query;
      if (sku !== null && !(await names.exists(sku))) return problem(c, new Refused('sku_unknown', `there is no item ${sku}`));
      if (sku !== null) await cases.bringUpToDate(sku);
      const cursor = positionIn(query.cursor, position);
      if (cursor instanceof Refused) return problem(c, cursor);
      const before = cursor === null ? null : { openedAtMs: cursor[0], id: cursor[1] };

      const whose = query.owner === undefined ? {} : { owner: query.owner };
      const due = query.overdue === undefined ? {} : { dueByMs: now() };
      const rows = await cases.list({ state, kind, sku, ...whose, ...due, before, limit: limit + 1 });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const proposals = await cases.proposals(rows);
      return c.json({
        items: rows.slice(0, limit).map((row) => caseReply(row, proposals.get(row.id))),
        next_cursor: last === undefined ? null : cursorOf(JSON.stringify([last.openedAtMs, last.id])),
      });
    })

    .patch('/v1/cases/:id', allow('admin'), async (c) => {
      const id = c.req.param('id');
      const body = await bodyOf(c, caseChange);
      if (body instanceof Refused) return problem(c, body);
      const row = await caseNow(id);
      if (row instanceof Refused) return problem(c, row);
      const { owner, due_at: dueAtMs, comment } = body.value;
      const change: CaseChange = {
        ...(owner === undefined ? {} : { owner }),
        ...(dueAtMs === undefined ? {} : { dueAtMs }),
        ...(comment === undefined ? {} : { comment }),
      };
      if (Object.keys(change).length > 0) await cases.change(id, change, byOf(c));
      return c.json(await replyOf((await cases.find(id)) ?? row));
    })

    .post('/v1/cases/:id/approve', allow('admin'), async (c) => {
      const id = c.req.param('id');
      const body = await bodyOf(c, caseApproval);
      if (body instanceof Refused) return problem(c, body);
      const row = await caseNow(id);
      if (row instanceof Refused) return problem(c, row);
      if (row.state === 'open') {
        const reason = await cases.approve(id, c.var.trace.traceId);
        if (reason instanceof Refused) return problem(c, reason);
        await cases.close({ id, reason, sequence: null, action: 'approve' }, byOf(c));
      }
      return c.json(await replyOf((await cases.find(id)) ?? row));
    })

    .post('/v1/cases/:id/resolve', allow('admin'), async (c) => {
      const id = c.req.param('id');
      const body = await bodyOf(c, caseResolution);
      if (body instanceof Refused) return problem(c, body);
      const row = await caseNow(id);
      if (row instanceof Refused) return problem(c, row);
      if (row.state === 'open') {
        const closed = await closedByObject(stock, id, c.var.trace.traceId);
        if (closed instanceof Refused) return problem(c, closed);
        await cases.close({ id, reason: body.value.reason, sequence: closed }, byOf(c));
      }
      return c.json(await replyOf((await cases.find(id)) ?? row));
    });
}

/** The sequence at which the SKU's object took its case for closed; null where no object has it. */
async function closedByObject(stock: CaseDeps['stock'], id: string, correlationId: string): Promise<number | null | Refused> {
  const named = objectCaseOf(id);
  if (named === null) return null;
  const command = { type: 'resolve_case', case: named.number } as const;
  const replies = await stock.execute(named.sku, [{ command, key: null, correlationId }]);
  if (replies instanceof Refused) return replies;
  const [reply] = replies;
  if (reply?.outcome !== 'answered') throw new Error(`the object of ${named.sku} gave no answer about its case ${named.number}`);
  if (reply.answer.accepted) return reply.sequence;
  const { code } = reply.answer.rejection;
  // It closed itself before the read models heard of it.
  if (code === 'case_not_found') return reply.sequence;
  return new Refused(code, 'it closes by itself when that ends');
}

const position = z.tuple([z.int(), z.string()]);

function caseReply(row: CaseRow, drift: DriftProposal | undefined): CaseReply {
  const { id, kind, state, sku, location, difference, proposal, owner, comment, reason } = row;
  return {
    id,
    kind,
    state,
    sku,
    location,
    difference,
    proposal,
    owner,
    due_at: row.dueAtMs === null ? null : written(row.dueAtMs),
    comment,
    opened_at: written(row.openedAtMs),
    closed_at: row.closedAtMs === null ? null : written(row.closedAtMs),
    reason,
    drift: drift === undefined ? null : driftReply(drift),
  };
}

/** The case's own row says the rest: its item, its run, its connection. */
function driftReply({ class: found, meaning, places, keys, factor }: DriftProposal): CaseReply['drift'] {
  return { class: found, meaning, places: [...places], keys: [...keys], factor };
}
