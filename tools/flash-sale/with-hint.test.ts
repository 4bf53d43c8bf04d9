import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { ChannelReply } from '../../contracts/catalogue.ts';
import type { Answer, Call } from '../replay/ask.ts';
import { withHint } from './with-hint.ts';

/** A front with one channel, which is what was put last. */
function frontWith(channel: ChannelReply) {
  const front = {
    keys: { admin: 'admin', sales: 'sales' },
    channel,
    ask: async ({ method, path, body }: Call): Promise<Answer> => {
      // Whatever is asked of the item says whose channel the key is of.
      if (path !== '/v1/channels/web') return { status: 200, body: { channel: front.channel.id }, replayed: false };
      if (method === 'PUT') front.channel = { id: 'web', ...Object(body) };
      return { status: 200, body: front.channel, replayed: false };
    },
  };
  return front;
}

const WEB: ChannelReply = {
  id: 'web',
  name: 'Web',
  locations: ['dc'],
  buffer: 3,
  class: 1,
  stop_sell: false,
  sold_out_hint: false,
  confidence: null,
  shows: null,
  listings: null,
};
const ITEM = { sku: 'FLASH', run: 'now' };

test('the channel of the sale tells at the edge that all is sold as long as the sale lasts, and is then as it was', async () => {
  const front = frontWith(WEB);
  expect(await withHint(front, ITEM, async () => front.channel)).toEqual({ ...WEB, sold_out_hint: true });
  expect(front.channel).toEqual(WEB);
});

test('the channel is as it was also where the sale failed', async () => {
  const front = frontWith(WEB);
  await expect(withHint(front, ITEM, async () => Promise.reject(new Error('nobody came')))).rejects.toThrow('nobody came');
  expect(front.channel).toEqual(WEB);
});

test.each(['SIGINT', 'SIGTERM'])('the channel is as it was before %s ends the sale', async (signal) => {
  const front = frontWith(WEB);
  const signals = new EventEmitter();
  const ended = Promise.withResolvers<ChannelReply>();
  const sale = async (): Promise<ChannelReply> => {
    signals.emit(signal);
    return ended.promise;
  };
  expect(await withHint(front, ITEM, sale, { signals, end: () => ended.resolve(front.channel) })).toEqual(WEB);
  expect(signals.listenerCount(signal)).toBe(0);
});
