import type { ChannelPort } from '../../channels/port.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { ChannelLaneStub, LaneVendor } from '../../durable-objects/channel-lane/protocol.ts';
import type { JobReport } from '../jobs/run-job.ts';
import { connectOutlet, type Wire } from './connect.ts';
import { fillLane, type Filled, type FillLaneDeps } from './fill-lane.ts';
import { tellCases } from './lane-cases.ts';
import { PUSH_AGAIN_MS_MAX, PUSH_RUN_MS_MAX } from './limits.ts';
import type { OutletRow, Outlets } from './outlets.ts';
import { pushLane, type Pushed } from './push-lane.ts';

export interface ChannelParts extends FillLaneDeps {
  readonly outlets: Outlets;
  readonly laneOf: (channel: ChannelId) => ChannelLaneStub;
  /** The adapter of an outlet; null: it lacks what it signs in with. */
  readonly portOf: (outlet: OutletRow) => Promise<ChannelPort | null>;
  /** Sends the message that goes on with a channel, so much later. */
  readonly wakeChannel: (channel: ChannelId, delayMs: number) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
}

/** Everything that a channel is to hear now, for as long as one run may take; the next message goes on. */
export async function tellChannel(channel: ChannelId, parts: ChannelParts): Promise<JobReport> {
  const { db, outlets, laneOf, portOf, nowMs, wait, wakeChannel } = parts;
  const outlet = await outlets.find(channel);
  if (outlet === null || !outlet.enabled) return { channel, outcome: 'off' };
  const untilMs = nowMs() + PUSH_RUN_MS_MAX;
  const lane = laneOf(channel);
  const filled = await fillLane(lane, outlet, parts, untilMs);
  const port = await portOf(outlet);
  if (port === null) return { channel, outcome: 'no credentials', items: filled.items };

  const pushed = await pushLane(
    {
      lane,
      port,
      slower: slowerOf(outlet),
      tell: (news) => tellCases(db, channel, news, nowMs()),
      keyOf: ({ listing, version }) => `${channel}/${listing}/${version}`,
      nowMs,
      wait,
      newId: () => crypto.randomUUID(),
      signal: (ms) => AbortSignal.timeout(ms),
    },
    untilMs,
  );
  // Whoever is at it now looks again before it goes; a second message for the same would only come back for ever.
  const againMs = nextRunMs(filled, pushed);
  if (!pushed.taken && againMs !== null && againMs <= PUSH_AGAIN_MS_MAX) await wakeChannel(channel, againMs);
  const { sent, calls, taken } = pushed;
  return { channel, items: filled.items, sent, calls, taken, againMs };
}

/** What has to wait for room comes when the channel takes more, be it in an hour: whoever asked at once would ask all that time. */
function nextRunMs({ ended, full }: Filled, { againMs }: Pushed): number | null {
  if (ended) return againMs;
  return full ? (againMs ?? 0) : 0;
}

function slowerOf({ limits }: OutletRow): LaneVendor['slower'] {
  return Object.fromEntries(
    Object.entries(limits).map(([way, { calls_per_second: callsPerSecond, burst }]) => [
      way,
      { ...(callsPerSecond === undefined ? {} : { callsPerSecond }), ...(burst === undefined ? {} : { burst }) },
    ]),
  );
}

/** Adapters keep tokens for a while, so each is connected once, until its outlet or its credentials are others. */
export function connectedPorts(outlets: Outlets, wire: Wire): ChannelParts['portOf'] {
  const known = new Map<ChannelId, { readonly as: string; readonly port: ChannelPort }>();
  return async (outlet) => {
    const { channel } = outlet;
    const as = JSON.stringify([outlet.version, await outlets.credentialsSetAtMs(channel)]);
    const kept = known.get(channel);
    if (kept?.as === as) return kept.port;
    const port = connectOutlet(outlet, await outlets.credentials(outlet), wire);
    if (port !== null) known.set(channel, { as, port });
    return port;
  };
}
