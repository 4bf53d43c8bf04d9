import type { Faults } from './faults.ts';
import type { Loop } from './loop.ts';

export interface QueueSettings {
  readonly batchMax: number;
  readonly waitMs: number;
  readonly retriesMax: number;
  readonly retryMs: number;
  /** null: what is given up is gone. */
  readonly deadLetters: string | null;
}

interface Message {
  readonly id: string;
  readonly body: unknown;
  attempts: number;
}

export type Consume = (batch: MessageBatch) => Promise<void>;

/** A queue that delivers at least once, mostly, and in no order that anybody may count on. */
export class SimulatedQueue {
  readonly name: string;
  readonly #settings: QueueSettings;
  readonly #loop: Loop;
  readonly #faults: Faults;
  readonly #consume: Consume;
  readonly #giveUp: (body: unknown) => void;
  readonly #met: (what: string) => void;
  #ready: Message[] = [];
  #pumps = false;
  #inHand = 0;
  /** Batches that are consumed beside each other. */
  atOnceMax = Infinity;
  /** Messages that wait, are under way, or come back later. */
  held = 0;

  constructor(
    name: string,
    settings: QueueSettings,
    around: {
      readonly loop: Loop;
      readonly faults: Faults;
      readonly consume: Consume;
      readonly giveUp: (body: unknown) => void;
      readonly met: (what: string) => void;
    },
  ) {
    this.name = name;
    this.#settings = settings;
    this.#loop = around.loop;
    this.#faults = around.faults;
    this.#consume = around.consume;
    this.#giveUp = around.giveUp;
    this.#met = around.met;
  }

  /** As a binding. */
  async send(body: unknown, { delaySeconds = 0 }: { readonly delaySeconds?: number } = {}): Promise<void> {
    const sent = structuredClone(body);
    const from = this.#loop.here;
    await from?.output?.();
    if (from?.alive === false) return;
    if (this.#faults.strikes('requestLost')) throw new Error('the queue did not answer');
    this.put(sent, delaySeconds * 1_000);
  }

  put(body: unknown, delayMs = 0): void {
    if (this.#faults.strikes('messageLost')) return this.#met('event lost');
    const message = { id: `m${this.#loop.dice.roll(1, 999_999_999)}`, body, attempts: 1 };
    this.#comes(message, delayMs);
    if (!this.#faults.strikes('messageTwice')) return;
    this.#met('event duplicated');
    this.#comes({ ...message, body: structuredClone(body) }, delayMs);
  }

  #comes(message: Message, delayMs: number): void {
    const { dice } = this.#loop;
    const late = this.#faults.strikes('messageLate');
    if (late) this.#met('event late');
    this.held += 1;
    this.#loop.after(delayMs + (late ? dice.roll(1_000, 90_000) : dice.roll(1, 50)), `${this.name} has a message`, () => {
      this.#ready.splice(dice.roll(0, this.#ready.length), 0, message);
      if (this.#pumps) return;
      this.#pumps = true;
      this.#loop.after(dice.roll(0, this.#settings.waitMs), `${this.name} delivers`, () => this.#deliver());
    });
  }

  #deliver(): void {
    this.#pumps = false;
    if (this.#inHand >= this.atOnceMax) return;
    const messages = this.#ready.splice(0, this.#settings.batchMax);
    if (messages.length === 0) return;
    this.#inHand += 1;
    const fates = new Map<Message, number | 'acked'>();
    const batch = {
      queue: this.name,
      messages: messages.map((message) => ({
        id: message.id,
        timestamp: new Date(this.#loop.nowMs),
        attempts: message.attempts,
        body: message.body,
        ack: () => void fates.set(message, 'acked'),
        retry: (options?: { readonly delaySeconds?: number }) =>
          void fates.set(message, (options?.delaySeconds ?? this.#settings.retryMs / 1_000) * 1_000),
      })),
    };
    const settle = (failed: boolean): void => {
      this.#inHand -= 1;
      this.#loop.note(`${this.name} ${failed ? 'failed' : 'consumed'} ${messages.length}`);
      for (const message of messages) this.#settle(message, fates.get(message) ?? (failed ? this.#settings.retryMs : 'acked'));
      if (this.#ready.length > 0 && !this.#pumps) {
        this.#pumps = true;
        this.#loop.after(1, `${this.name} delivers`, () => this.#deliver());
      }
    };
    this.#consume(batch as unknown as MessageBatch).then(
      () => settle(false),
      () => settle(true),
    );
  }

  #settle(message: Message, fate: number | 'acked'): void {
    this.held -= 1;
    if (fate === 'acked') return;
    if (message.attempts <= this.#settings.retriesMax) return this.#comes({ ...message, attempts: message.attempts + 1 }, fate);
    if (this.#settings.deadLetters === null) return;
    this.#met('dead letter');
    this.#giveUp(message.body);
  }
}
