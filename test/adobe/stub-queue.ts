import type { SentItem } from './stub-adobe.ts';

export interface Message {
  readonly sourceItems: readonly SentItem[];
}

interface Operation {
  readonly message: Message;
  /** 4: open. */
  status: number;
  said: string;
}

interface Bulk {
  readonly operations: readonly Operation[];
  readonly takenAtMs: number;
}

/** The shop's queue: messages are dealt with one by one when their time has come, and what became of them is kept. */
export class StubQueue {
  readonly #bulks = new Map<string, Bulk>();
  readonly #queueMs: number | null;
  readonly #consume: (message: Message) => readonly [status: number, said: string];

  constructor(queueMs: number | null, consume: (message: Message) => readonly [status: number, said: string]) {
    this.#queueMs = queueMs;
    this.#consume = consume;
  }

  take(messages: readonly Message[], nowMs: number): string {
    const uuid = `b0000000-0000-4000-8000-${String(this.#bulks.size).padStart(12, '0')}`;
    this.#bulks.set(uuid, { operations: messages.map((message) => ({ message, status: 4, said: '' })), takenAtMs: nowMs });
    return uuid;
  }

  run(nowMs: number): void {
    if (this.#queueMs === null) return;
    for (const bulk of this.#bulks.values()) if (bulk.takenAtMs + this.#queueMs <= nowMs) this.#finish(bulk);
  }

  settle(): void {
    for (const bulk of this.#bulks.values()) this.#finish(bulk);
  }

  told(uuid: string, detailed: boolean): unknown {
    const bulk = this.#bulks.get(uuid);
    if (bulk === undefined) return null;
    return {
      operations_list: bulk.operations.map((operation, id) => ({
        id,
        status: operation.status,
        result_message: operation.said,
        error_code: 0,
        ...(detailed ? detailsOf(uuid, operation) : {}),
      })),
      user_type: 1,
      bulk_id: uuid,
      description: 'Topic async.magento.inventoryapi.api.sourceitemssaveinterface.execute.post',
      start_time: '2026-11-21 08:00:00',
      user_id: 1,
      operation_count: bulk.operations.length,
    };
  }

  #finish({ operations }: Bulk): void {
    for (const operation of operations)
      if (operation.status === 4) [operation.status, operation.said] = this.#consume(operation.message);
  }
}

/** The message as it was queued, as text in a text. */
function detailsOf(uuid: string, { message, status }: Operation) {
  const meta_information = JSON.stringify(message);
  return {
    bulk_uuid: uuid,
    topic_name: 'async.magento.inventoryapi.api.sourceitemssaveinterface.execute.post',
    serialized_data: JSON.stringify({ entity_id: null, entity_link: '', meta_information }),
    result_serialized_data: status === 1 ? '[]' : '',
  };
}
