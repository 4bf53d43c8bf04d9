import { Hono } from 'hono';
import { TRACE_STEPS, type TraceReply } from '../../contracts/postings.ts';
import { PAGE_ITEMS_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import type { Delivery } from '../read-models/posting-log.ts';
import { postingPage, type PostingSources } from '../read-models/posting-pages.ts';
import { Refused } from '../refused.ts';
import { written } from '../replies/written.ts';

export interface TraceDeps {
  readonly allow: Allow;
  readonly postings: PostingSources;
  readonly loggedOfTrace: (correlationId: string) => Promise<readonly Delivery[]>;
  /** What the projection holds of these SKUs. */
  readonly projected: (skus: readonly Sku[]) => Promise<ReadonlyMap<Sku, Projected>>;
}

interface Projected {
  readonly sequence: number;
  readonly asOfMs: number;
}

export function traceRoutes({ allow, postings, loggedOfTrace, projected }: TraceDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/v1/trace/:correlationId', allow('admin'), async (c) => {
    const correlationId = c.req.param('correlationId');
    const logged = await loggedOfTrace(correlationId);
    // What met no answer yet is in no log; only then are the objects asked.
    const deliveries = logged.length > 0 ? logged : await underWay(postings, correlationId);
    if (deliveries.length === 0)
      return problem(c, new Refused('not_found', 'no posting came of a request with this correlation_id'));
    const seen = await projected([...new Set(deliveries.map(({ sku }) => sku))]);
    return c.json({ correlation_id: correlationId, events: eventsOf(deliveries, seen) } satisfies TraceReply);
  });
}

async function underWay(postings: PostingSources, correlationId: string): Promise<readonly Delivery[]> {
  const { items } = await postingPage(postings, { state: 'pending', sku: null, after: null, limit: PAGE_ITEMS_MAX });
  return items.filter((delivery) => delivery.correlationId === correlationId);
}

type TraceEvent = TraceReply['events'][number];

/** In order of time; what happened in one moment in the order in which it always happens. */
export function eventsOf(deliveries: readonly Delivery[], seen: ReadonlyMap<Sku, Projected>): TraceEvent[] {
  const events = deliveries.flatMap((delivery) => stepsOf(delivery, seen.get(delivery.sku)));
  const place = ({ what }: TraceEvent): number => TRACE_STEPS.indexOf(what);
  return events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || place(a) - place(b) || a.sequence - b.sequence);
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
