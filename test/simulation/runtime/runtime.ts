import type { ErpPort } from '../../../erp/port.ts';
import { CartReservation } from '../../../durable-objects/cart-reservation/cart-reservation.ts';
import { ErpLane } from '../../../durable-objects/erp-lane/erp-lane.ts';
import { PERIOD_MS } from '../../../durable-objects/sku-stock/limits.ts';
import { SkuStock } from '../../../durable-objects/sku-stock/sku-stock.ts';
import * as office from '../../../worker/wire-office.ts';
import { wire } from '../../../worker/wire.ts';
import { SimulatedBucket } from './bucket.ts';
import { ColoCache } from './colo-cache.ts';
import type { SimulatedD1 } from './d1.ts';
import { Faults } from './faults.ts';
import { takeOver } from './globals.ts';
import { Loop } from './loop.ts';
import { Objects, SimulatedObject, type Onlooker } from './objects.ts';
import { SimulatedQueue, type QueueSettings } from './queues.ts';
import { Workers } from './workers.ts';

/** As wrangler.toml has them. */
const QUEUES: Readonly<Record<string, QueueSettings>> = {
  'erp-movements': { batchMax: 100, waitMs: 1_000, retriesMax: 5, retryMs: 5_000, deadLetters: 'erp-movements-dlq' },
  'stock-changes': { batchMax: 100, waitMs: 1_000, retriesMax: 10, retryMs: 2_000, deadLetters: 'stock-changes-dlq' },
  'inbound-facts': { batchMax: 10, waitMs: 1_000, retriesMax: 10, retryMs: 5_000, deadLetters: 'inbound-facts-dlq' },
  'erp-movements-dlq': { batchMax: 100, waitMs: 1_000, retriesMax: 5, retryMs: 60_000, deadLetters: null },
  'stock-changes-dlq': { batchMax: 100, waitMs: 1_000, retriesMax: 5, retryMs: 60_000, deadLetters: null },
  'inbound-facts-dlq': { batchMax: 100, waitMs: 1_000, retriesMax: 5, retryMs: 60_000, deadLetters: null },
  'import-steps': { batchMax: 1, waitMs: 0, retriesMax: 5, retryMs: 5_000, deadLetters: null },
  reconciliations: { batchMax: 1, waitMs: 0, retriesMax: 3, retryMs: 30_000, deadLetters: null },
};

type Looks = Partial<Omit<Onlooker, 'met'>>;

const START_MS = Date.UTC(2026, 10, 20, 12);

/** Now and then a week of the journals ends while the shop is open, and what is looked for is in the one before. */
function startOf(seed: number): number {
  return seed % 3 === 0 ? Math.ceil(START_MS / PERIOD_MS) * PERIOD_MS - 20_000 - ((seed * 7_919) % 40_000) : START_MS;
}

/** All of Holdfast in one thread: the classes and the Worker are the real ones, everything below them is simulated. */
export class Runtime {
  readonly loop: Loop;
  readonly faults: Faults;
  readonly met = new Map<string, number>();
  readonly skus: Objects;
  readonly carts: Objects;
  readonly workers: Workers;
  readonly database: D1Database;
  readonly queues: ReadonlyMap<string, SimulatedQueue>;
  readonly bucket: SimulatedBucket;
  /** Jobs, and what they said, for whoever looks for what went wrong. */
  log: (line: string) => void = () => undefined;

  constructor(
    seed: number,
    d1: SimulatedD1,
    connect: (runtime: Runtime) => { readonly erp: ErpPort; readonly ofSkus: Looks; readonly ofCarts: Looks },
  ) {
    const loop = new Loop(seed, startOf(seed));
    this.loop = loop;
    this.faults = new Faults(loop.dice);
    takeOver(loop);
    const { faults } = this;
    this.database = d1.begin(loop, faults);
    this.bucket = new SimulatedBucket(loop);
    const met = (what: string): void => this.note(what);
    const consume = (batch: MessageBatch): Promise<void> => this.workers.run((handlers) => handlers.queue(batch));
    this.queues = new Map(
      Object.entries(QUEUES).map(([name, settings]) => {
        const giveUp = (body: unknown): void => this.queues.get(settings.deadLetters ?? '')?.put(body);
        return [name, new SimulatedQueue(name, settings, { loop, faults, consume, giveUp, met })];
      }),
    );
    const env: Record<string, unknown> = {
      ERP_ADAPTER: 'http',
      ERP_OPTIONS: '{}',
      ERP_URL: 'http://erp.test',
      ERP_ISSUE_AT: 'commit',
      ERP_LANE: '{}',
      ERP_TOKEN: 'token',
      BUYER_HASH_SECRET: 'pepper',
      SECRETS_KEY: 'salt',
      FRESH_FOR_MS_MAX: '1000',
      PIN_OUTCOME_SECONDS: '120',
      LOG_READS_ONE_IN: '1',
      RATE_LIMIT_KEY: 'null',
      RATE_LIMIT_CLASSES: '{}',
      OUTBOUND_ALLOWED: '[]',
      RECONCILIATION: JSON.stringify(this.#runSettings()),
      DB: this.database,
      ARCHIVE: this.bucket,
      IMPORTS: this.bucket,
      ERP_MOVEMENTS: this.queues.get('erp-movements'),
      STOCK_CHANGES: this.queues.get('stock-changes'),
      INBOUND_FACTS: this.queues.get('inbound-facts'),
      IMPORT_STEPS: this.queues.get('import-steps'),
      RECONCILIATIONS: this.queues.get('reconciliations'),
    };
    const { erp, ofSkus, ofCarts } = connect(this);
    // Whoever asks an ERP that does not know its keys, and then posts, must do both alone.
    const movements = this.queues.get('erp-movements');
    if (movements !== undefined && !erp.enforcesKeys) movements.atOnceMax = 1;
    const quiet: Onlooker = {
      turnEnded: () => undefined,
      rolledBack: () => undefined,
      deadlines: () => [],
      answered: () => undefined,
      met,
    };
    this.skus = new Objects((name) => new SimulatedObject(name, SkuStock, env, loop, faults, { ...quiet, ...ofSkus }));
    this.carts = new Objects((name) => new SimulatedObject(name, CartReservation, env, loop, faults, { ...quiet, ...ofCarts }));
    const lanes = new Objects((name) => new SimulatedObject(name, ErpLane, env, loop, faults, quiet));
    Object.assign(env, { SKU_STOCK: this.skus, CART_RESERVATION: this.carts, ERP_LANES: lanes });
    const keepAlive = (work: Promise<unknown>): void => void work.catch(() => undefined);
    const start = () =>
      wire(env as unknown as Env, keepAlive, {
        connect: () => ({ port: erp, tidy: null }),
        bringOffice: async () => office,
        sharesCalls: true,
      });
    this.workers = new Workers(loop, faults, start, met);
    this.#beTheOnlyOne();
  }

  readonly note = (what: string): void => {
    this.met.set(what, (this.met.get(what) ?? 0) + 1);
  };

  /** Every minute, and one of them need not end before the next begins. */
  tick(): void {
    this.loop.after(60_000, 'the clock strikes', () => {
      this.tick();
      void this.workers.run((handlers) => handlers.scheduled()).catch(() => undefined);
    });
  }

  heal(): void {
    this.faults.healed = true;
    for (const object of [...this.skus.all.values(), ...this.carts.all.values()]) object.heal();
  }

  /** Some shops have a run begun by the clock, some let it book what it finds. */
  #runSettings(): object {
    const { dice } = this.loop;
    const trusting = {
      unknown: { action: 'correct' },
      wrong_location: { action: 'correct' },
      unit_mix_up: { action: 'correct' },
    };
    return {
      daily_at: dice.oneIn(3) ? '12:00' : null,
      recheck_seconds: dice.roll(1, 5),
      classes: dice.oneIn(3) ? trusting : {},
    };
  }

  #beTheOnlyOne(): void {
    const colos = [new ColoCache(this.loop), new ColoCache(this.loop)];
    const here = (): ColoCache | undefined => colos[(this.loop.here?.name.length ?? 0) % colos.length];
    Object.assign(globalThis, { caches: { open: async () => here() } });
    const line = (text: unknown): void => this.log(String(text));
    Object.assign(console, { log: line, error: line });
  }
}
