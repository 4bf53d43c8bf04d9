import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { Command } from '../../domain/command.ts';
import type { ChannelId, LocationId, ReservationId, SourceId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { offer } from '../../domain/offer.ts';
import { DEFAULT_POLICY, type ItemPolicy } from '../../domain/stock.ts';
import type { Reply, SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { expectOfferAddsUp } from '../adds-up.ts';
import { moved } from '../story/orders.ts';

export const DC = 'dc' as LocationId;
export const STORE = 'store' as LocationId;
export const WEB = 'web' as ChannelId;
export const ERP = 'erp' as SourceId;
export const WMS = 'wms' as SourceId;

export const NETWORK: Network = {
  version: 1,
  locations: [
    { id: DC, priority: 1, stopSell: false },
    { id: STORE, priority: 2, stopSell: false },
  ],
  channels: [{ id: WEB, locations: null, buffer: 0, class: 100, stopSell: false }],
};

/** One SKU's object, spoken to as the Worker does. */
export class SkuUnderTest {
  readonly sku: string;
  #keys = 0;

  constructor(sku: string) {
    this.sku = sku;
  }

  get object(): DurableObjectStub & SkuStockStub {
    return env.SKU_STOCK.getByName(this.sku) as unknown as DurableObjectStub & SkuStockStub;
  }

  /** An item with this policy and so many sellable units in the dc. */
  async stocked(units: number, policy: Partial<ItemPolicy> = {}): Promise<this> {
    await this.ask({ type: 'set_item', status: 'active', policy: { ...DEFAULT_POLICY, ...policy } });
    if (units > 0) await this.ask(received(`opening-${units}`, units));
    return this;
  }

  async ask(command: Command, key?: { readonly hash: string; readonly fingerprint: string }): Promise<Reply> {
    const [reply] = await this.askAll([command], key);
    if (reply === undefined) throw new Error('no reply');
    return reply;
  }

  async askAll(
    commands: readonly Command[],
    key?: { readonly hash: string; readonly fingerprint: string },
  ): Promise<readonly Reply[]> {
    const asked = commands.map((command) => ({
      command,
      key: 'reservation' in command ? (key ?? this.newKey()) : null,
      correlationId: 'c0ffee',
    }));
    const result = await this.object.execute({ networkVersion: NETWORK.version, network: NETWORK, asked });
    if (result.outcome !== 'done') throw new Error(result.outcome);
    return result.replies;
  }

  newKey(): { readonly hash: string; readonly fingerprint: string } {
    this.#keys += 1;
    return { hash: `key-${this.#keys}`, fingerprint: 'same' };
  }
}

/** [R27] What the web may sell, as a reader is told; its terms add up to it. */
export async function availableIn({ object }: SkuUnderTest, network = NETWORK): Promise<number> {
  const snapshot = await object.snapshot();
  if (snapshot === null) throw new Error('no snapshot');
  const offered = offer(snapshot.terms, network, WEB);
  expectOfferAddsUp(offered, snapshot.terms.stopSell);
  return offered.availableToSell;
}

export function received(id: string, quantity: number): Command {
  return moved('received', quantity, { id });
}

/** Somebody counted what lies in the dc now. */
export function counted(quantity: number): Command {
  return {
    type: 'count',
    id: `count-${Date.now()}`,
    source: WMS,
    books: 'front',
    location: DC,
    status: 'sellable',
    quantity,
    meaning: 'on_hand',
    asOfMs: Date.now(),
    mark: null,
  };
}

export function reserve(id: string, quantity: number, ttlMs = 900_000): Command {
  return {
    type: 'reserve',
    reservation: id as ReservationId,
    channel: WEB,
    buyer: null,
    ttlMs,
    lines: [{ line: 1, quantity, at: null }],
    mode: 'all_or_nothing',
    split: 'allowed',
  };
}

export function commit(id: string, orderRef = `order-${id}`): Command {
  return {
    type: 'commit',
    reservation: id as ReservationId,
    caller: WEB,
    orderRef,
    lines: null,
    keepRest: false,
    reacquire: false,
  };
}

export function pin(id: string): Command {
  return { type: 'pin', reservation: id as ReservationId, caller: WEB };
}

export function release(id: string): Command {
  return { type: 'release', reservation: id as ReservationId, caller: WEB, lines: null };
}

export function fulfill(id: string): Command {
  return { type: 'fulfill', reservation: id as ReservationId, caller: WEB, lines: null };
}

/** What a reply comes to: the code of a refusal, or how it went well. */
export function gist(reply: Reply): string {
  if (reply.outcome !== 'answered') return reply.outcome;
  if (!reply.answer.accepted) return reply.answer.rejection.code;
  return reply.answer.fact?.outcome ?? 'accepted';
}

/** Counts from now on the rows that the object writes, every alarm that it sets among them. */
export async function countRows(sku: SkuUnderTest): Promise<() => number> {
  let rows = 0;
  await runInDurableObject(sku.object, (_, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    storage.sql.exec = ((query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings);
      rows += cursor.rowsWritten;
      return cursor;
    }) as typeof storage.sql.exec;
    const setAlarm = storage.setAlarm.bind(storage);
    storage.setAlarm = ((at: number) => {
      rows += 1;
      return setAlarm(at);
    }) as typeof storage.setAlarm;
  });
  return () => rows;
}
