import { Hono } from 'hono';
import { TRACE_STEPS, traceQuery, type TraceReply } from '../../contracts/postings.ts';
import { EVENTS_KEPT_DAYS, PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import type { Names } from '../catalogue/names.ts';
import type { ToldLevel } from '../channels/told-levels.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import type { Delivery } from '../read-models/posting-log.ts';
import { postingPage, type PostingSources } from '../read-models/posting-pages.ts';
import { Refused } from '../refused.ts';
import { queryOf } from '../request/body.ts';
import { written } from '../replies/written.ts';

export interface TraceDeps {
  readonly allow: Allow;
  readonly names: Pick<Names, 'exists'>;
  readonly postings: PostingSources;
  /** Those of one SKU are found for longer. */
  readonly loggedOfTrace: (correlationId: string, sku: Sku | null) => Promise<readonly Delivery[]>;
  /** What the projection holds of these SKUs. */
  readonly projected: (skus: readonly Sku[]) => Promise<ReadonlyMap<Sku, Projected>>;
  /** What channels with an outlet were told of these SKUs. */
  readonly toldLevels: (skus: readonly Sku[]) => Promise<readonly ToldLevel[]>;
}

interface Projected {
  readonly sequence: number;
  readonly asOfMs: number;
}

export function traceRoutes({ allow, names, postings, loggedOfTrace, projected, toldLevels }: TraceDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/v1/trace/:correlationId', allow('admin'), async (c) => {
    const correlationId = c.req.param('correlationId');
    const query = queryOf(c, traceQuery);
    if (query instanceof Refused) return problem(c, query);
    const { sku = null } = query;
    if (sku !== null && !(await names.exists(sku))) return problem(c, new Refused('sku_unknown', `there is no item ${sku}`));
    const logged = await loggedOfTrace(correlationId, sku);
    // What met no answer yet is in no log; only then are the objects asked.
    const deliveries = logged.length > 0 ? logged : await underWay(postings, correlationId, sku);
    if (deliveries.length === 0) return problem(c, sku === null ? NOTHING_LATELY : NOTHING_KEPT);
    const skus = [...new Set(deliveries.map(({ sku }) => sku))];
    const [seen, told] = await Promise.all([projected(skus), toldLevels(skus)]);
    return c.json({ correlation_id: correlationId, events: eventsOf(deliveries, seen, told) } satisfies TraceReply);
  });
}

const NOTHING_LATELY = new Refused(
  'not_found',
  `no posting came of a request with this correlation_id within ${EVENTS_KEPT_DAYS} days: with sku= also older ones are found`,
);
const NOTHING_KEPT = new Refused(
  'not_found',
  'no posting of that SKU came of a request with this correlation_id, as far as they are kept',
);

async function underWay(postings: PostingSources, correlationId: string, sku: Sku | null): Promise<readonly Delivery[]> {
  const { items } = await postingPage(postings, { state: 'pending', sku, after: null, limit: PAGE_ITEMS_MAX });
  return items.filter((delivery) => delivery.correlationId === correlationId);
}

type TraceEvent = TraceReply['events'][number];

/** In order of time; what happened in one moment in the order in which it always happens. */
export function eventsOf(
  deliveries: readonly Delivery[],
  seen: ReadonlyMap<Sku, Projected>,
  told: readonly ToldLevel[] = [],
): TraceEvent[] {
  const events = deliveries.flatMap((delivery) => {
    const projected = seen.get(delivery.sku);
    return [...stepsOf(delivery, projected), ...channelSteps(delivery, projected, told)];
  });
  const place = ({ what }: TraceEvent): number => TRACE_STEPS.indexOf(what);
  return events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || place(a) - place(b) || a.sequence - b.sequence);
}

/** A channel's lane knows of it once it knows of all that was so when the projection held it. */
function channelSteps(
  { sku, sequence, recordedAtMs }: Delivery,
  projected: Projected | undefined,
  told: readonly ToldLevel[],
): readonly TraceEvent[] {
  if (projected === undefined || projected.sequence < sequence) return [];
  return told
    .filter((one) => one.sku === sku && one.followedAtMs !== null && one.followedAtMs >= projected.asOfMs)
    .flatMap(({ channel, listing, quantity, sentAtMs, confirmedAtMs, followedAtMs }) => {
      // What was shown before need not change by it.
      const at = (ms: number): string => written(ms >= recordedAtMs ? ms : Math.max(recordedAtMs, followedAtMs ?? 0));
      const detail = `${quantity} of ${listing} on ${channel}`;
      return [
        ...(sentAtMs === null ? [] : [{ at: at(sentAtMs), what: 'published' as const, sku, sequence, detail }]),
        ...(confirmedAtMs === null ? [] : [{ at: at(confirmedAtMs), what: 'confirmed' as const, sku, sequence, detail }]),
      ];
    });
}

function stepsOf(delivery: Delivery, projected: Projected | undefined): readonly TraceEvent[] {
  const { sku, sequence, key, kind, quantity, location, orderRef, state, attempts, error, erpReference, mark } = delivery;
  const step = (what: TraceEvent['what'], atMs: number | null, detail: string | null): readonly TraceEvent[] =>
    atMs === null ? [] : [{ at: written(atMs), what, sku, sequence, detail }];
  const published = projected !== undefined && projected.sequence >= sequence;
  return [
    // Entry and posting are of one turn.
    ...step(
      'received',
      delivery.recordedAtMs,
      `${kind} ${quantity} at ${location}${orderRef === null ? '' : ` for ${orderRef}`}`,
    ),
    ...step('generated', delivery.recordedAtMs, key),
    ...step(
      'sent',
      delivery.sentAtMs,
      state === 'pending' && error !== null ? `attempt ${attempts}: ${error}` : `attempt ${attempts}`,
    ),
    ...step('posted', delivery.postedAtMs, erpReference),
    ...(state === 'failed'
      ? step('failed', delivery.acknowledgedAtMs, error)
      : step('acknowledged', delivery.acknowledgedAtMs, mark === null ? null : `mark ${mark}`)),
    // The list of availability held it by then, at the latest.
    ...(published ? step('published', projected.asOfMs, `in a snapshot of sequence ${projected.sequence}`) : []),
  ];
}
