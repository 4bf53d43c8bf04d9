import type { LaneSummary } from '../../durable-objects/channel-lane/protocol.ts';
import type { SeenLane } from '../channels/told-levels.ts';
import type { Metric, Sample } from './prometheus-text.ts';

/** The lanes of the channels that are told their numbers, as their objects see them (R80). */
export function outletMetricsOf(seen: readonly SeenLane[]): readonly Metric[] {
  if (seen.length === 0) return [];
  const of = (type: Metric['type'], name: string, help: string, value: (lane: LaneSummary) => number): Metric => ({
    name: `holdfast_outlet_${name}`,
    help,
    type,
    samples: seen.map(({ channel, lane }) => ({ labels: { channel }, value: value(lane) })),
  });
  return [
    of('gauge', 'waiting', 'Levels that wait to be sent.', ({ waiting }) => waiting),
    of('gauge', 'sold_out_waiting', 'Of these, those that are sold out.', ({ soldOutWaiting }) => soldOutWaiting),
    of('gauge', 'under_way', 'Levels that were sent and are not confirmed.', ({ underWay }) => underWay),
    of('gauge', 'refused', 'Levels that the channel refused for good.', ({ refused }) => refused),
    of(
      'gauge',
      'oldest_waiting_seconds',
      'How long the oldest of them waits.',
      ({ oldestWaitingMs }) => (oldestWaitingMs ?? 0) / 1_000,
    ),
    of('counter', 'sent_total', 'Levels that were sent, those among them that were sent again.', ({ sentTotal }) => sentTotal),
    of('counter', 'confirmed_total', 'Levels that the channel confirmed.', ({ confirmedTotal }) => confirmedTotal),
    {
      name: 'holdfast_outlet_lag_seconds',
      help: 'From a change to its confirmation, of the newest confirmations.',
      type: 'gauge',
      samples: seen.flatMap(({ channel, lane: { lagMs } }): Sample[] =>
        lagMs === null
          ? []
          : [
              { labels: { channel, quantile: '0.5' }, value: lagMs.p50 / 1_000 },
              { labels: { channel, quantile: '0.95' }, value: lagMs.p95 / 1_000 },
            ],
      ),
    },
    {
      name: 'holdfast_outlet_way_state',
      help: '0 closed: calls go through. 1 half-open: one goes, to see. 2 open: none does.',
      type: 'gauge',
      samples: seen.flatMap(({ channel, lane }) =>
        lane.ways.map(({ name, state }) => ({ labels: { channel, way: name }, value: STATES[state] })),
      ),
    },
  ];
}

const STATES = { closed: 0, half_open: 1, open: 2 } as const satisfies Record<LaneSummary['ways'][number]['state'], number>;
