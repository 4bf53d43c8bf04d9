import * as z from 'zod';
import { channelId } from '../../contracts/names.ts';
import { readBack } from '../channels/read-back.ts';
import { tellChannel, type ChannelParts } from '../channels/tell-channel.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { runJob, type JobReport, type Log } from './run-job.ts';

/** Queue `channel-pushes`: which channel is to be told what changed. */
const pushMessage = z.object({ channel: channelId });
export type PushMessage = z.input<typeof pushMessage>;

export interface PushChannelsDeps {
  readonly channelParts: ChannelParts;
  readonly log: Log;
}

/** Only wakes: what a message would have said stands in the stream, so none that fails comes back. */
export async function pushChannels(batch: MessageBatch, { channelParts }: PushChannelsDeps): Promise<JobReport> {
  const channels = new Set(
    batch.messages.flatMap(({ body }) => {
      const read = pushMessage.safeParse(body);
      return read.success ? [read.data.channel] : [];
    }),
  );
  // One that is slow holds up no other.
  const reports = valuesOf(await inParallel([...channels], channels.size, (channel) => tellChannel(channel, channelParts)));
  batch.ackAll();
  return Object.assign({}, ...reports, { channels: channels.size }) as JobReport;
}

/** Once a minute every channel is told what no message told it, and some of what it shows is read back. */
export async function tendChannels({ channelParts, log }: PushChannelsDeps): Promise<number> {
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
