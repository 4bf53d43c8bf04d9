import { Hono } from 'hono';
import * as z from 'zod';
import { postingsQuery, type PostingReply } from '../../contracts/postings.ts';
import { sku as skuSchema } from '../../contracts/names.ts';
import type { AppEnv } from '../app-env.ts';
import { queryOf } from '../request/body.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { cursorOf } from '../request/pages.ts';
import { problem } from '../problem.ts';
import type { Delivery } from '../read-models/posting-log.ts';
import { postingPage, type PostingSources } from '../read-models/posting-pages.ts';
import { Refused } from '../refused.ts';
import { written } from '../replies/written.ts';
import { positionIn } from '../request/position-in.ts';

export interface PostingDeps {
  readonly allow: Allow;
  readonly names: Pick<Names, 'exists'>;
  readonly postings: PostingSources;
}

export function postingRoutes({ allow, names, postings }: PostingDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/v1/postings', allow('admin'), async (c) => {
    const query = queryOf(c, postingsQuery);
    if (query instanceof Refused) return problem(c, query);
    const { state = null, sku = null, limit } = query;
    if (sku !== null && !(await names.exists(sku))) return problem(c, new Refused('sku_unknown', `there is no item ${sku}`));
    const cursor = positionIn(query.cursor, position);
    if (cursor instanceof Refused) return problem(c, cursor);
    const after = cursor === null ? null : { sku: cursor[0], sequence: cursor[1] };

    const { items, next } = await postingPage(postings, { state, sku, after, limit });
    return c.json({
      items: items.map(postingReply),
      next_cursor: next === null ? null : cursorOf(JSON.stringify([next.sku, next.sequence])),
    });
  });
}

const position = z.tuple([skuSchema, z.int()]);

function postingReply(delivery: Delivery): PostingReply {
  const { sku, sequence, key, kind, location, quantity, state, attempts, mark, error } = delivery;
  return {
    sku,
    sequence,
    key,
    kind,
    location,
    quantity,
    order_ref: delivery.orderRef,
    state,
    // What was met in the ERP's own feed had been sent, though nobody here could count how often.
    attempts: state === 'posted' ? Math.max(1, attempts) : attempts,
    erp_reference: delivery.erpReference,
    mark,
    error,
    correlation_id: delivery.correlationId,
    recorded_at: written(delivery.recordedAtMs),
    posted_at: delivery.postedAtMs === null ? null : written(delivery.postedAtMs),
  };
}
