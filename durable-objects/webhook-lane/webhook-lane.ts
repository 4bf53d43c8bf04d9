import { DurableObject } from 'cloudflare:workers';
import { nextDueMs, type ReadingName, type Told, type WebhookLane as Lane } from '../../domain/webhook-lane/webhook-lane.ts';
import { Keeper } from './keeper.ts';
import { webhookLaneStore } from './lane-store.ts';
import { ASK_AGAIN_MS } from './limits.ts';
import type { NextReading, Turn, WebhookLaneStub } from './protocol.ts';

/** What the object needs of its surroundings. */
export interface WebhookLaneEnv {
  readonly WEBHOOK_DELIVERIES: { send(message: { readonly webhook: string }): Promise<unknown> };
}

/** How far one webhook was told, named by its id. It knows neither events nor HTTP: a Worker delivers, and it says what comes next. */
export class WebhookLane extends DurableObject<WebhookLaneEnv> implements WebhookLaneStub {
  readonly #keeper: Keeper;
  #armedMs: number | null = null;

  constructor(ctx: DurableObjectState, env: WebhookLaneEnv) {
    super(ctx, env);
    this.#keeper = new Keeper({
      store: webhookLaneStore(ctx.storage),
      nowMs: () => Date.now(),
      random: () => Math.random(),
      newId: () => crypto.randomUUID(),
      wakeBy: (atMs) => this.#wakeBy(atMs),
    });
    void ctx.blockConcurrencyWhile(async () => {
      this.#armedMs = await ctx.storage.getAlarm();
    });
  }

  async begin(startAfter: number): Promise<Turn> {
    return this.#keeper.begin(startAfter);
  }

  async report(lease: string, name: ReadingName, told: Told & { readonly ended: boolean }): Promise<NextReading | null> {
    return this.#keeper.report(lease, name, told);
  }

  async rest(lease: string): Promise<void> {
    this.#keeper.rest(lease);
  }

  async resume(startAfter: number, after: number | null): Promise<void> {
    this.#keeper.resume(startAfter, after);
  }

  async replay(startAfter: number, after: number, until: number): Promise<boolean> {
    return this.#keeper.replay(startAfter, after, until);
  }

  async seen(startAfter: number): Promise<Lane> {
    return this.#keeper.seen(startAfter);
  }

  /** It catches everything and is always armed again while something is to be tried again. */
  override async alarm(): Promise<void> {
    const startedAtMs = Date.now();
    this.#armedMs = null;
    // Where it rings there is a row, which says where it began.
    const dueMs = nextDueMs(this.#keeper.seen(0));
    if (dueMs === null) return;
    const isDue = dueMs <= startedAtMs;
    let error: string | null = null;
    try {
      if (isDue) await this.env.WEBHOOK_DELIVERIES.send({ webhook: this.ctx.id.name ?? '' });
    } catch (thrown) {
      error = String(thrown);
    }
    this.#wakeBy(isDue ? startedAtMs + ASK_AGAIN_MS : dueMs);
    const said = error === null ? {} : { error };
    console.log(
      JSON.stringify({
        alarm: 'webhook-lane',
        webhook: this.ctx.id.name,
        asked: isDue,
        ...said,
        durationMs: Date.now() - startedAtMs,
      }),
    );
  }

  /** Setting the alarm writes a row, so it is set only to ring sooner; never in the past, where it might not ring. */
  #wakeBy(atMs: number): void {
    if (this.#armedMs !== null && this.#armedMs <= atMs) return;
    this.#armedMs = atMs;
    void this.ctx.storage.setAlarm(atMs);
  }
}
