import { Hono, type Context } from 'hono';
import * as z from 'zod';
import { caseReplay, type CaseReplayReply } from '../../contracts/cases.ts';
import { sku as skuSchema } from '../../contracts/names.ts';
import { nothing, postingReplay, type PostingReplayReply } from '../../contracts/postings.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import type { AuditTarget } from '../audit/schema.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { idempotencyKeyOf, requestKeyOf } from '../middleware/idempotency-key.ts';
import { problem } from '../problem.ts';
import type { CaseRow } from '../read-models/cases.ts';
import type { Delivery, Position } from '../read-models/posting-log.ts';
import { Refused } from '../refused.ts';
import type { AnswerOnce } from '../replay/answered-requests.ts';
import { CASES_REPLAYED_MAX } from '../replay/limits.ts';
import type { ReplayedPosting } from '../replay/replay-postings.ts';
import { bodyOf, type Body } from '../request/body.ts';
import { cursorOf } from '../request/pages.ts';
import { skuInPath } from '../request/path-names.ts';
import { positionIn } from '../request/position-in.ts';
import type { CaseDeps } from './cases.ts';

export interface ReplayDeps {
  readonly allow: Allow;
  readonly names: Pick<Names, 'exists'>;
  readonly connection: SourceId;
  readonly answerOnce: AnswerOnce;
  readonly logged: (asked: {
    readonly state: 'posted' | 'failed' | null;
    readonly sku: Position['sku'] | null;
    readonly after: Position | null;
    readonly limit: number;
    readonly sinceMs?: number;
  }) => Promise<readonly Delivery[]>;
  readonly replayPostings: (positions: readonly Position[]) => Promise<readonly ReplayedPosting[]>;
  readonly replayCase: (row: Pick<CaseRow, 'id' | 'kind'>) => Promise<number>;
  readonly cases: Pick<CaseDeps['cases'], 'list' | 'find'>;
}

/** What can be put right is sent, or booked, once more. Asking twice changes nothing. */
export function replayRoutes(deps: ReplayDeps): Hono<AppEnv> {
  const { allow, names } = deps;
  return new Hono<AppEnv>()
    .post('/v1/postings/replay', allow('admin'), async (c) => {
      const body = await bodyOf(c, postingReplay);
      if (body instanceof Refused) return problem(c, body);
      const { state = null, sku = null, connection = deps.connection, since, limit } = body.value;
      if (sku !== null && !(await names.exists(sku))) return problem(c, new Refused('sku_unknown', `there is no item ${sku}`));
      if (connection !== deps.connection)
        return problem(c, new Refused('source_unknown', `no ERP is connected as ${connection}`));
      const cursor = positionIn(body.value.cursor, position);
      if (cursor instanceof Refused) return problem(c, cursor);
      const after = cursor === null ? null : { sku: cursor[0], sequence: cursor[1] };

      return once(c, deps, body, `posting:${sku ?? '*'}`, async () => {
        const from = since === undefined ? {} : { sinceMs: since };
        const page = await deps.logged({ state, sku, after, limit: limit + 1, ...from });
        const last = page.length > limit ? page[limit - 1] : undefined;
        const next = last === undefined ? null : cursorOf(JSON.stringify([last.sku, last.sequence]));
        return countsOf(await deps.replayPostings(page.slice(0, limit)), next);
      });
    })

    .post('/v1/postings/:sku/:sequence/replay', allow('admin'), async (c) => {
      const body = await bodyOf(c, nothing);
      if (body instanceof Refused) return problem(c, body);
      const sku = skuInPath(c.req.param('sku'));
      if (sku instanceof Refused) return problem(c, sku);
      const sequence = sequenceInPath.safeParse(c.req.param('sequence'));
      if (!sequence.success) return problem(c, NO_POSTING);
      if (!(await names.exists(sku))) return problem(c, new Refused('sku_unknown', `there is no item ${sku}`, { inPath: true }));
      return once(c, deps, body, `posting:${sku}#${sequence.data}`, async () => {
        const replayed = await deps.replayPostings([{ sku, sequence: sequence.data }]);
        return replayed.some(({ outcome }) => outcome === 'none') ? NO_POSTING : countsOf(replayed, null);
      });
    })

    .post('/v1/cases/replay', allow('admin'), async (c) => {
      const body = await bodyOf(c, caseReplay);
      if (body instanceof Refused) return problem(c, body);
      const { kind = null, sku = null } = body.value;
      if (sku !== null && !(await names.exists(sku))) return problem(c, new Refused('sku_unknown', `there is no item ${sku}`));
      const cursor = positionIn(body.value.cursor, casePosition);
      if (cursor instanceof Refused) return problem(c, cursor);
      const before = cursor === null ? null : { openedAtMs: cursor[0], id: cursor[1] };

      return once(c, deps, body, 'case:*', async () => {
        const page = await deps.cases.list({ state: 'open', kind, sku, before, limit: CASES_REPLAYED_MAX + 1 });
        const rows = page.slice(0, CASES_REPLAYED_MAX);
        const last = page.length > CASES_REPLAYED_MAX ? rows.at(-1) : undefined;
        const done: number[] = [];
        for (const row of rows) done.push(await deps.replayCase(row));
        return caseCounts(done, last === undefined ? null : cursorOf(JSON.stringify([last.openedAtMs, last.id])));
      });
    })

    .post('/v1/cases/:id/replay', allow('admin'), async (c) => {
      const body = await bodyOf(c, nothing);
      if (body instanceof Refused) return problem(c, body);
      const id = c.req.param('id');
      const row = await deps.cases.find(id);
      if (row === null) return problem(c, new Refused('not_found', 'no case has this id'));
      return once(c, deps, body, `case:${id}`, async () => caseCounts([await deps.replayCase(row)], null));
    });
}

async function once<Answer>(
  c: Context<AppEnv>,
  { answerOnce }: Pick<ReplayDeps, 'answerOnce'>,
  { sent }: Body<unknown>,
  target: AuditTarget,
  work: () => Promise<Answer | Refused>,
): Promise<Response> {
  const written = idempotencyKeyOf(c);
  if (written instanceof Refused) return problem(c, written);
  const key = await requestKeyOf(c, written, sent);
  const said = await answerOnce(byOf(c), { operation: c.req.path, key, target, asked: sent }, work);
  if (said instanceof Refused) return problem(c, said);
  if (said.replayed) c.var.noted.replayed = true;
  return Response.json(said.answer, said.replayed ? { headers: { 'idempotent-replayed': 'true' } } : {});
}

const NO_POSTING = new Refused('not_found', 'no posting of this item has this sequence');
const position = z.tuple([skuSchema, z.int()]);
const casePosition = z.tuple([z.int(), z.string()]);
const sequenceInPath = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)
  .pipe(z.int());

function countsOf(replayed: readonly ReplayedPosting[], next: string | null): PostingReplayReply {
  const count = (outcome: ReplayedPosting['outcome']): number => replayed.filter((one) => one.outcome === outcome).length;
  return {
    replayed: count('again'),
    under_way: count('under_way'),
    posted: count('posted'),
    forgotten: count('forgotten'),
    unanswered: count('unanswered'),
    next_cursor: next,
  };
}

function caseCounts(done: readonly number[], next: string | null): CaseReplayReply {
  const replayed = done.filter((units) => units > 0).length;
  return { replayed, unchanged: done.length - replayed, next_cursor: next };
}
