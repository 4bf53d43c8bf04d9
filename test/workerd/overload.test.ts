import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { Command } from '../../domain/command.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { WAITING_COMMANDS_MAX } from '../../durable-objects/sku-stock/limits.ts';
import type { CallResult } from '../../durable-objects/sku-stock/protocol.ts';
import { commit, NETWORK, pin, received, reserve, SkuUnderTest } from './sku.ts';

const CLASSES: Network = {
  ...NETWORK,
  version: 2,
  channels: [
    { id: 'shop' as ChannelId, locations: null, buffer: 0, class: 100, stopSell: false },
    { id: 'market' as ChannelId, locations: null, buffer: 0, class: 200, stopSell: false },
    { id: 'agent' as ChannelId, locations: null, buffer: 0, class: 300, stopSell: false },
  ],
};

/** A fact that is known already costs next to nothing, and counts as one command all the same. */
const KNOWN = received('known', 1);

function reserveFor(channel: string): Command {
  return { ...reserve(`for-${channel}`, 1), channel: channel as ChannelId } as Command;
}

test('[R47] an object with too much to do turns away the least important channels first, and last what is promised', async () => {
  const sku = await new SkuUnderTest('BUSY').stocked(10);
  await sku.ask(KNOWN);
  await sku.ask(reserve('held', 1));

  const { order, answers } = await runInDurableObject(env.SKU_STOCK.getByName(sku.sku), (instance) => {
    const waiting: Promise<CallResult>[] = [];
    const call = (commands: readonly Command[]): boolean => {
      const asked = commands.map((command, at) => ({
        command,
        key: 'reservation' in command ? { hash: `k-${waiting.length}-${at}`, fingerprint: 'f' } : null,
        correlationId: 'c0ffee',
      }));
      const result = instance.execute({ networkVersion: 2, network: CLASSES, asked });
      if (!(result instanceof Promise)) return false;
      waiting.push(result);
      return true;
    };
    const taken = (): string => {
      const plans = { shop: reserveFor('shop'), market: reserveFor('market'), agent: reserveFor('agent'), pin: pin('held') };
      const names = Object.entries({ ...plans, commit: commit('held'), fact: KNOWN }).filter(([, command]) => call([command]));
      return names.map(([name]) => name).join(' ');
    };
    const wait = (commands: number): void => {
      for (let left = commands; left > 0; left -= 500) call(Array.from({ length: Math.min(500, left) }, () => KNOWN));
    };

    // All of this is one turn: the first call is being committed, and nothing that comes after can be.
    call([KNOWN]);
    const order: string[] = [taken()];
    wait(1_334 - 6);
    order.push(taken());
    wait(2_667 - 1_334 - 5);
    order.push(taken());
    wait(WAITING_COMMANDS_MAX - 2_667 - 4);
    order.push(taken());
    return { order, answers: Promise.all(waiting) };
  });

  expect(order).toEqual(['shop market agent pin commit fact', 'shop market pin commit fact', 'shop pin commit fact', '']);
  const outcomes = new Set((await answers).map(({ outcome }) => outcome));
  expect(outcomes).toEqual(new Set(['done']));
});
