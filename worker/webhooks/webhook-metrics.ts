import { OBJECTS_AT_ONCE_MAX, WEBHOOKS_MAX } from '../../contracts/limits.ts';
import type { WebhookLane } from '../../domain/webhook-lane/webhook-lane.ts';
import type { WebhookLaneStub } from '../../durable-objects/webhook-lane/protocol.ts';
import { inParallel } from '../in-parallel.ts';
import { recordedBehind } from '../read-models/event-tables.ts';
import type { Metric, Sample } from '../replies/prometheus-text.ts';

interface SeenLane {
  readonly id: string;
  readonly lane: WebhookLane;
}

/** How each webhook that is on is told. A lane that cannot be asked is left out, and takes nothing else away. */
export async function webhookMetrics(
  db: D1Database,
  laneOf: (id: string) => WebhookLaneStub,
  nowMs: number,
): Promise<readonly Metric[]> {
  const { results: rows } = await db
    .prepare("SELECT id, state, start_after AS startAfter FROM webhook ORDER BY state = 'on' DESC, id LIMIT ?")
    .bind(ROWS_MAX)
    .all<{ readonly id: string; readonly state: 'on' | 'off'; readonly startAfter: number }>();
  const on = rows.filter(({ state }) => state === 'on');
  const asked = await inParallel(on, OBJECTS_AT_ONCE_MAX, async ({ id, startAfter }): Promise<SeenLane> => {
    return { id, lane: await laneOf(id).seen(startAfter) };
  });
  const seen = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const untold = await untoldSince(db, seen);
  const of = (type: Metric['type'], name: string, help: string, value: (one: SeenLane) => number): Metric => {
    const samples = seen.map((one): Sample => ({ labels: { webhook: one.id }, value: value(one) }));
    return { name: `holdfast_webhook_${name}`, help, type, samples };
  };
  const lagMs = ({ id }: SeenLane): number => Math.max(0, nowMs - (untold.get(id) ?? nowMs));
  return [
    {
      name: 'holdfast_webhooks',
      help: 'Webhooks, by whether they are told of anything.',
      type: 'gauge',
      samples: [
        { labels: { state: 'on' }, value: on.length },
        { labels: { state: 'off' }, value: rows.length - on.length },
      ],
    },
    of('counter', 'deliveries_total', 'Events that it took.', ({ lane }) => lane.deliveredTotal),
    of('counter', 'failures_total', 'Tries that it did not take.', ({ lane }) => lane.failedTotal),
    of('gauge', 'attempts', 'Tries of the event that it is at; 0 while all is well.', ({ lane }) => lane.live.attempts),
    of(
      'gauge',
      'lag_seconds',
      'How long ago the oldest event was recorded that was not looked at for it.',
      (one) => lagMs(one) / 1_000,
    ),
  ];
}

/** All that are on, and so many of the others that they can be counted. */
const ROWS_MAX = WEBHOOKS_MAX + 1_000;

/** When the first event was recorded that lies behind what each was told; it is absent where none does. */
async function untoldSince(db: D1Database, seen: readonly SeenLane[]): Promise<ReadonlyMap<string, number>> {
  if (seen.length === 0) return new Map();
  const places = seen.map(({ id, lane }) => ({ id, after: lane.live.after }));
  const { results } = await db
    .prepare(
      `SELECT value->>'id' AS id,
         ${recordedBehind("value->>'after'")} AS atMs
       FROM json_each(?)`,
    )
    .bind(JSON.stringify(places))
    .all<{ readonly id: string; readonly atMs: number | null }>();
  return new Map(results.flatMap(({ id, atMs }) => (atMs === null ? [] : [[id, atMs] as const])));
}
