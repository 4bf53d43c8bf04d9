import {
  COMBINED_CALLS_APART_MS,
  COMBINED_CALLS_AT_ONCE_MAX,
  COMBINED_RESERVES_MAX,
  COMBINED_WAIT_MS_MAX,
  COMBINED_WAITING_MAX,
} from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Asked, Reply } from '../../durable-objects/sku-stock/protocol.ts';
import type { KeepAlive } from '../cache/singleflight.ts';
import { Refused } from '../refused.ts';
import { CombinedCalls } from './combined-calls.ts';
import { overloaded } from './patiently.ts';
import type { StockGateway } from './stock-gateway.ts';

const LIMITS = {
  callsAtOnceMax: COMBINED_CALLS_AT_ONCE_MAX,
  callsApartMs: COMBINED_CALLS_APART_MS,
  callSizeMax: COMBINED_RESERVES_MAX,
  waitingMax: COMBINED_WAITING_MAX,
  patienceMs: COMBINED_WAIT_MS_MAX,
};

/**
 * Reservations that one channel makes of the same item at the same time go to its object together; and whoever asks for its numbers while
 * they are being asked for shares the next question, which begins after they came.
 */
export function combinedGateway(stock: StockGateway, keepAlive: KeepAlive, now: () => number): StockGateway {
  const calls = new CombinedCalls<Sku, Asked, Reply | Refused>(
    async (sku, asked, again) => {
      const replies = await stock.execute(sku, asked);
      if (!(replies instanceof Refused)) return replies;
      const refused = again && replies.code === 'overloaded' ? overloaded(sku, true) : replies;
      return asked.map(() => refused);
    },
    (sku) => overloaded(sku),
    keepAlive,
    LIMITS,
    now,
  );
  const looks = new CombinedCalls<Sku, null, Snapshot | Refused>(
    async (sku, readers) => {
      const snapshot = await stock.snapshot(sku);
      return readers.map(() => snapshot);
    },
    (sku) => overloaded(sku),
    keepAlive,
    LIMITS,
    now,
  );
  return {
    ...stock,
    snapshot: (sku) => looks.ask(sku, sku, null),
    execute: async (sku, asked) => {
      const [one] = asked;
      const channel = one === undefined || asked.length > 1 ? null : channelOfCombined(one);
      if (one === undefined || channel === null) return stock.execute(sku, asked);
      // No name has a line break in it.
      const reply = await calls.ask(`${channel}\n${sku}`, sku, one);
      return reply instanceof Refused ? reply : [reply];
    },
  };
}

/**
 * null: it goes by itself. An object that has too much to do turns calls away by the class of their channel, so a call is of
 * one channel. It is of reserves with one line, so that the answer to many is still a small message, and with a key, so that
 * any of them may be asked twice.
 */
function channelOfCombined({ command, key }: Asked): ChannelId | null {
  return command.type === 'reserve' && key !== null && command.lines.length === 1 ? command.channel : null;
}
