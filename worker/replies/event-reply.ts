import type { EventReply } from '../../contracts/events.ts';
import type { EventRow, Reader } from '../read-models/event-pages.ts';
import { cursorOf } from '../request/pages.ts';
import { written } from './written.ts';

/** An event as this reader may hear of it, by call or by webhook. */
export function eventReply({ cursor, type, sku, sequence, atMs, data }: EventRow, reader: Reader): EventReply {
  return { cursor: cursorOf(String(cursor)), type, sku, sequence, at: written(atMs), data: ownPart(JSON.parse(data), reader) };
}

/** Of what is told of several channels at once, a channel hears its own. */
function ownPart(data: EventReply['data'], reader: Reader): EventReply['data'] {
  if (reader.who !== 'channel' || !('channels' in data) || data.channels === null) return data;
  return { ...data, channels: data.channels.filter(({ channel }) => channel === reader.channel) };
}
