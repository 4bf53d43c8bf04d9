import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { ChannelReply } from '../../contracts/catalogue.ts';
import type { Answer, Call } from '../replay/ask.ts';
import { withHint } from './with-hint.ts';

/** A front with one channel, which is what was put last. */
function frontWith(channel: ChannelReply) {
  const front = {
    url: 'http://front.test',
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
const silent = (): void => undefined;

test('the channel of the sale tells at the edge that all is sold as long as the sale lasts, and is then as it was', async () => {
  const front = frontWith(WEB);
  expect(await withHint(front, ITEM, async () => front.channel, silent)).toEqual({ ...WEB, sold_out_hint: true });
  expect(front.channel).toEqual(WEB);
});

test('the channel is as it was also where the sale failed', async () => {
  const front = frontWith(WEB);
  await expect(withHint(front, ITEM, async () => Promise.reject(new Error('nobody came')), silent)).rejects.toThrow(
    'nobody came',
  );
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
  expect(await withHint(front, ITEM, sale, silent, { signals, end: () => ended.resolve(front.channel) })).toEqual(WEB);
  expect(signals.listenerCount(signal)).toBe(0);
});

test('how to put the channel back is said before the sale begins, since whoever is killed puts nothing back', async () => {
  const named = { ...WEB, name: 'Ann\'s "shop"' };
  const front = frontWith(named);
  const lines: string[] = [];
  const beforeSale = await withHint(
    front,
    ITEM,
    async () => lines.length,
    (line) => lines.push(line),
  );
  expect(beforeSale).toBe(lines.length);
  const curl = lines.at(-1) ?? '';
  expect(curl).toContain('curl -X PUT http://front.test/v1/channels/web ');
  const printed = spawnSync('sh', ['-c', curl.replace('curl', 'printf "%s\\n"')]);
  const { id: _, ...body } = named;
  expect(JSON.parse(printed.stdout.toString().trim().split('\n').at(-1) ?? '')).toEqual({ ...body, sold_out_hint: false });
});

test('where the hint is on already, it is said that it stays, and how to switch it off', async () => {
  const front = frontWith({ ...WEB, sold_out_hint: true });
  const lines: string[] = [];
  await withHint(
    front,
    ITEM,
    async () => undefined,
    (line) => lines.push(line),
  );
  expect(lines.join()).toMatch(/on already, and keeps it.*"sold_out_hint":false/s);
  expect(front.channel.sold_out_hint).toBe(true);
});
