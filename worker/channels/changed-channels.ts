import type { ChannelId } from '../../domain/ids.ts';
import { EVENTS, NEWEST_CURSOR } from '../read-models/event-tables.ts';
import type { ChannelParts } from './tell-channel.ts';

/** Wakes the lanes of those channels of which a projection has just told that they are to show something else. */
export async function wakeChanged({ db, wakeChannel }: Pick<ChannelParts, 'db' | 'wakeChannel'>, sinceMs: number): Promise<void> {
  const { results } = await db.prepare(CHANGED).bind(sinceMs).all<{ channel: ChannelId }>();
  await Promise.all(results.map(({ channel }) => wakeChannel(channel, 0)));
}

// The newest only: a batch tells of fewer, and what is missed here the clock finds. From the newest back, since what was just
// told lies there; of a channel that has no news all of them are looked at.
const CHANGED = `
  SELECT channel FROM outlet WHERE enabled = 1 AND (
    SELECT cursor FROM ${EVENTS}
    WHERE cursor > ${NEWEST_CURSOR} - 1000 AND recorded_at_ms >= ? AND type = 'availability.changed'
      AND (json_extract(data, '$.channels') IS NULL
        OR EXISTS (SELECT 1 FROM json_each(data, '$.channels') WHERE value->>'channel' = outlet.channel))
    ORDER BY cursor DESC LIMIT 1) IS NOT NULL`;
