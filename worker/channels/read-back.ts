import { ChannelUnavailable } from '../../channels/port.ts';
import type { ReadBackCounts } from '../../durable-objects/channel-lane/protocol.ts';
import type { JobReport } from '../jobs/run-job.ts';
import { CHANNEL_CALL_MS_MAX, READ_BACK_RUN_MS_MAX, READ_BACK_SAMPLE } from './limits.ts';
import type { OutletRow } from './outlets.ts';
import type { ChannelParts } from './tell-channel.ts';

/**
 * Reads some of what a channel shows, and where somebody asked for all goes on with that; the lane compares. Its questions keep
 * to a pace of their own: one call in as much time as the vendor allows it.
 */
export async function readBack(outlet: OutletRow, { laneOf, portOf, nowMs, wait }: ChannelParts): Promise<JobReport> {
  const { channel, onDrift } = outlet;
  const port = await portOf(outlet);
  if (port === null) return { channel, outcome: 'no credentials' };
  const lane = laneOf(channel);
  const sum = { compared: 0, late: 0, rejected: 0, changed_by_hand: 0, unmapped: 0 };
  const untilMs = nowMs() + READ_BACK_RUN_MS_MAX;
  const sample = Math.min(READ_BACK_SAMPLE, port.shownMax);
  for (let read = 0; nowMs() < untilMs;) {
    const { listings, more } = await lane.toReadBack(sample);
    if (listings.length > 0) {
      const shown = await port.shown(listings, AbortSignal.timeout(CHANNEL_CALL_MS_MAX)).catch(unavailable);
      if (shown === null) return { channel, outcome: 'unavailable', ...sum };
      const seen = listings.map((listing) => ({ listing, shown: shown.get(listing) ?? null }));
      add(sum, await lane.readBack({ onDrift, seen }));
    }
    read += sample;
    if (!more && (read >= READ_BACK_SAMPLE || listings.length === 0)) break;
    await wait(readBackWaitMs(port.questions.callsPerSecond));
  }
  return { channel, ...sum };
}

/** Half of what is allowed is for questions about what was sent. */
export function readBackWaitMs(callsPerSecond: number): number {
  return Math.ceil(2_000 / callsPerSecond);
}

function unavailable(error: unknown): null {
  if (error instanceof ChannelUnavailable) return null;
  throw error;
}

function add(sum: { -readonly [Word in keyof ReadBackCounts]: number }, more: ReadBackCounts): void {
  for (const word of ['compared', 'late', 'rejected', 'changed_by_hand', 'unmapped'] as const) sum[word] += more[word];
}
