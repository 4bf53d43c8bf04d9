import type { LevelReply, OutletReply } from '../../contracts/outlets.ts';
import type { LaneSummary, LevelSeen } from '../../durable-objects/channel-lane/protocol.ts';
import type { OutletRow } from '../channels/outlets.ts';
import { written, writtenOrNull } from './written.ts';

export function outletReply(row: OutletRow, credentialsSetAtMs: number | null, lane: LaneSummary): OutletReply {
  const { channel, adapter, options, enabled, limits, onDrift } = row;
  return {
    channel,
    adapter,
    options,
    enabled,
    limits: limits as OutletReply['limits'],
    on_drift: onDrift,
    credentials_set_at: writtenOrNull(credentialsSetAtMs),
    lane: {
      listings: lane.listings,
      waiting: lane.waiting,
      sold_out_waiting: lane.soldOutWaiting,
      under_way: lane.underWay,
      refused: lane.refused,
      oldest_waiting_ms: lane.oldestWaitingMs,
      lag_ms: lane.lagMs,
      complete: lane.swept,
      followed_at: writtenOrNull(lane.followedAtMs),
      ways: lane.ways.map(({ name, state, throttledForMs }) => ({ name, state, throttled_for_ms: throttledForMs })),
    },
  };
}

export function levelReply({ entry, state }: LevelSeen): LevelReply {
  const { sku, listing, wanted, shown, onTheWay, refused, drift, attempts } = entry;
  return {
    sku,
    listing,
    state,
    wanted: { quantity: wanted.quantity, places: [...wanted.places], since: written(wanted.sinceMs) },
    shown:
      shown === null
        ? null
        : { quantity: shown.quantity, places: [...shown.places], at: written(shown.atMs), ours: shown.version > 0 },
    under_way: onTheWay.map(({ way, receipt, quantity, sentAtMs }) => ({ way, receipt, quantity, sent_at: written(sentAtMs) })),
    refused: refused === null ? null : { code: refused.code, detail: refused.detail, at: written(refused.atMs) },
    drift:
      drift === null
        ? null
        : {
            class: drift.class,
            since: written(drift.sinceMs),
            shown: drift.shown === null ? null : { quantity: drift.shown.quantity, places: [...drift.shown.places] },
          },
    attempts,
  };
}
