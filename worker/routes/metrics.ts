import { Hono } from 'hono';
import { CASE_KINDS } from '../../contracts/cases.ts';
import { LINE_CLASSES } from '../../contracts/reconciliations.ts';
import type { LaneSeen } from '../../durable-objects/erp-lane/protocol.ts';
import type { AppEnv } from '../app-env.ts';
import type { ConnectionWatch } from '../connection/watches.ts';
import { ERP_CONNECTION } from '../erp/connection.ts';
import type { SeenLane } from '../channels/told-levels.ts';
import type { Allow } from '../middleware/authenticate.ts';
import type { AuditRound } from '../proof/rounds.ts';
import type { LastRun } from '../reconciliation/last-run.ts';
import { outletMetricsOf } from '../replies/outlet-metrics.ts';
import { PROMETHEUS_CONTENT_TYPE, prometheusText, type Metric, type Sample } from '../replies/prometheus-text.ts';
import type { Counted, Totals } from '../read-models/metrics.ts';

export interface MetricsDeps {
  readonly allow: Allow;
  readonly totals: () => Promise<Totals>;
  readonly watched: () => Promise<ConnectionWatch | null>;
  /** What the newest run over all items found; null: none has ended yet. */
  readonly reconciled: () => Promise<LastRun | null>;
  /** The newest audit of all items that ended. */
  readonly auditedLast: () => Promise<AuditRound | null>;
  readonly erpLane: () => Promise<LaneSeen>;
  readonly outletLanes: () => Promise<readonly SeenLane[]>;
  readonly webhookMetrics: () => Promise<readonly Metric[]>;
  readonly now: () => number;
}

export function metricsRoutes(deps: MetricsDeps): Hono<AppEnv> {
  const { allow, totals, watched, reconciled, auditedLast, erpLane, webhookMetrics, outletLanes, now } = deps;
  return new Hono<AppEnv>().get('/metrics', allow('admin'), async (c) => {
    // A lane that cannot be asked takes none of the other numbers away.
    const [sums, lane, watch, last, audited, ofWebhooks, lanes] = await Promise.all([
      totals(),
      erpLane().catch(() => null),
      watched(),
      reconciled(),
      auditedLast(),
      webhookMetrics(),
      outletLanes(),
    ]);
    const metrics = [
      ...metricsOf(sums, now()),
      ...(lane === null ? [] : laneMetricsOf(lane, ERP_CONNECTION)),
      ...connectionMetricsOf(watch, ERP_CONNECTION, now()),
      ...reconciliationMetricsOf(last, ERP_CONNECTION, now()),
      ...auditMetricsOf(audited, now()),
      ...ofWebhooks,
      ...outletMetricsOf(lanes),
    ];
    return c.body(prometheusText(metrics), 200, { 'content-type': PROMETHEUS_CONTENT_TYPE });
  });
}

/** A number that may be asked for is always there, with 0 while there is nothing to count. */
function metricsOf(totals: Totals, nowMs: number): readonly Metric[] {
  const ageSeconds = totals.oldestAtMs === null ? 0 : Math.max(0, nowMs - totals.oldestAtMs) / 1_000;
  return [
    gauge('holdfast_postings_waiting', 'Postings that the ERP has not confirmed.', totals.waiting),
    gauge('holdfast_posting_oldest_age_seconds', 'How long the oldest of them waits.', ageSeconds),
    counter('holdfast_postings_posted_total', 'Postings that the ERP confirmed.', totals.posted),
    gauge('holdfast_postings_failed', 'Postings that the ERP refused for good.', totals.failed),
    counter('holdfast_posting_retries_total', 'Flushes that had to be tried again.', totals.retries),
    {
      name: 'holdfast_cases_open',
      help: 'Cases that wait for a person.',
      type: 'gauge',
      samples: samplesOf('kind', totals.openCases, CASE_KINDS),
    },
    {
      name: 'holdfast_dead_letters',
      help: 'Messages that could not be delivered.',
      type: 'gauge',
      samples: samplesOf('queue', totals.deadLetters, DEAD_LETTER_QUEUES),
    },
    gauge('holdfast_drift_units', 'Units that are promised and not there.', totals.drift),
    counter('holdfast_reservations_made_total', 'Reservations that were made.', totals.reserved),
    {
      name: 'holdfast_refused_total',
      help: 'Requests that were refused.',
      type: 'counter',
      samples: samplesOf('code', totals.refused, ['insufficient_stock']),
    },
    gauge('holdfast_changes_kept', 'Changes of the ERP that wait until their case is mended.', totals.changesKept),
    {
      name: 'holdfast_count_age_seconds',
      help: 'How long ago the newest count of an item knew all: of the item counted last, and of that not counted longest.',
      type: 'gauge',
      samples: [
        { labels: { of: 'newest' }, value: ageOf(totals.countedNewestMs, nowMs) },
        { labels: { of: 'oldest' }, value: ageOf(totals.countedOldestMs, nowMs) },
      ],
    },
    gauge('holdfast_items_uncounted', 'Items that nobody ever counted.', totals.uncounted),
    counter('holdfast_reservations_lapsed_total', 'Reservations whose deadline passed.', totals.lapsed),
    counter('holdfast_duplicates_total', 'Facts that were stated again.', totals.duplicates),
    counter('holdfast_replays_total', 'Requests that were answered from their key.', totals.replays),
  ];
}

/** The lane of one ERP connection, as its object sees it at this moment (R33). */
function laneMetricsOf(lane: LaneSeen, connection: string): readonly Metric[] {
  const of = (type: Metric['type'], name: string, help: string, value: number): Metric => ({
    name: `holdfast_erp_lane_${name}`,
    help,
    type,
    samples: [{ labels: { connection }, value }],
  });
  return [
    of(
      'gauge',
      'state',
      '0 closed: calls go through. 1 half-open: one goes, to see. 2 open: none does.',
      LANE_STATES[lane.state],
    ),
    of('gauge', 'window', 'Calls that may be under way at a time just now.', lane.window),
    of('gauge', 'in_flight', 'Calls that are under way.', lane.inFlight),
    of('gauge', 'throttled_seconds', 'For how long the ERP still wants to be left alone.', (lane.throttledForMs ?? 0) / 1_000),
    of('counter', 'opened_total', 'How often the lane opened.', lane.openedTotal),
  ];
}

/** How far behind the ERP we are, and what the network was told of that (R52). */
function connectionMetricsOf(watch: ConnectionWatch | null, connection: string, nowMs: number): readonly Metric[] {
  const of = (name: string, help: string, value: number): Metric => ({
    name: `holdfast_erp_${name}`,
    help,
    type: 'gauge',
    samples: [{ labels: { connection }, value }],
  });
  const trouble = [
    { labels: { connection, kind: 'feed' }, value: isKnown(watch?.feedSinceMs) },
    { labels: { connection, kind: 'lane' }, value: isKnown(watch?.laneSinceMs) },
  ];
  return [
    // Until it was read at all there is no age to tell, and 0 would be a lie.
    ...(typeof watch?.feedReadAtMs !== 'number'
      ? []
      : [of('feed_age_seconds', 'How long ago its feed of changes was read to the end.', ageOf(watch.feedReadAtMs, nowMs))]),
    of(
      'feed_unread_age_seconds',
      'While its feed holds more than was read: how old is what was read last.',
      ageOf(watch?.unreadFromMs ?? null, nowMs),
    ),
    {
      name: 'holdfast_erp_trouble',
      help: 'Whether channels hear that something is amiss with it.',
      type: 'gauge',
      samples: trouble,
    },
  ];
}

function isKnown(sinceMs: number | null | undefined): 0 | 1 {
  return typeof sinceMs === 'number' ? 1 : 0;
}

/** 0 where there is nothing that could have an age. */
function ageOf(fromMs: number | null, nowMs: number): number {
  return fromMs === null ? 0 : Math.max(0, nowMs - fromMs) / 1_000;
}

const LANE_STATES = { closed: 0, half_open: 1, open: 2 } as const satisfies Record<LaneSeen['state'], number>;

/** Before the first run has ended there is no age to tell. */
function reconciliationMetricsOf(last: LastRun | null, connection: string, nowMs: number): readonly Metric[] {
  if (last === null) return [];
  return [
    {
      name: 'holdfast_reconciliation_age_seconds',
      help: 'How long ago the newest run over all items ended.',
      type: 'gauge',
      samples: [{ labels: { connection }, value: Math.max(0, nowMs - last.endedAtMs) / 1_000 }],
    },
    {
      name: 'holdfast_reconciliation_difference_units',
      help: 'Units by which our books and the ERP were apart in it.',
      type: 'gauge',
      samples: samplesOf('class', last.units, LINE_CLASSES),
    },
  ];
}

function auditMetricsOf(last: AuditRound | null, nowMs: number): readonly Metric[] {
  if (last === null) return [];
  return [
    gauge('holdfast_audit_age_seconds', 'How long ago the newest audit of all items ended.', ageOf(last.endedAtMs, nowMs)),
    gauge('holdfast_audit_items', 'Items that it proved or found wanting.', last.items),
    gauge('holdfast_audit_failed', 'Items that did not add up in it.', last.failed),
    gauge('holdfast_audit_unanswered', 'Items that gave it no answer.', last.unanswered),
  ];
}

const DEAD_LETTER_QUEUES = ['erp-movements-dlq', 'stock-changes-dlq', 'inbound-facts-dlq'];

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', samples: [{ value }] };
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: 'counter', samples: [{ value }] };
}

function samplesOf(label: string, counted: readonly Counted[], always: readonly string[]): readonly Sample[] {
  const counts = new Map([
    ...always.map((name) => [name, 0] as const),
    ...counted.map(({ name, count }) => [name, count] as const),
  ]);
  return [...counts].map(([name, value]) => ({ labels: { [label]: name }, value }));
}
