import * as z from 'zod';
import { channelId } from '../../contracts/names.ts';
import { readBack } from '../channels/read-back.ts';
import { tellChannel, type ChannelParts } from '../channels/tell-channel.ts';
import type { ChannelId } from '../../domain/ids.ts';
import { runJob, type JobReport, type Log } from './run-job.ts';

/** Queue `channel-pushes`: which channel is to be told what changed. */
const pushMessage = z.object({ channel: channelId });
export type PushMessage = z.input<typeof pushMessage>;

export interface PushChannelsDeps {
  readonly channelParts: ChannelParts;
  /** Begins to tell a channel and does not wait for the end. */
  readonly beginPush: (channel: ChannelId) => Promise<void>;
  readonly log: Log;
}

/**
 * A message only wakes: what it would have said stands in the stream. Each channel is told by itself, so one that is slow holds up
 * no other, also where a runtime takes one batch after the other.
 */
export async function pushChannels(batch: MessageBatch, { beginPush }: Pick<PushChannelsDeps, 'beginPush'>): Promise<JobReport> {
  const channels = new Set(
    batch.messages.flatMap(({ body }) => {
      const read = pushMessage.safeParse(body);
      return read.success ? [read.data.channel] : [];
    }),
  );
  await Promise.all([...channels].map(beginPush));
  batch.ackAll();
  return { channels: channels.size };
}

/** Once a minute every channel is told what no message told it, and some of what it shows is read back. */
export async function tendChannels({ channelParts, log }: Omit<PushChannelsDeps, 'beginPush'>): Promise<number> {
  const outlets = await channelParts.outlets.enabled();
  const ended = await Promise.allSettled(
    outlets.map(async (outlet) => {
      await runJob('push-channel', log, () => tellChannel(outlet.channel, channelParts));
      await runJob('read-back', log, () => readBack(outlet, channelParts));
    }),
  );
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outlets.length;
}
