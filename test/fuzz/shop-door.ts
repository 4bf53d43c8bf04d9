import { keyOf, type Role, type Shop } from '../shop.ts';
import type { Operation } from './document.ts';
import { restocking, scopesOf, type Door } from './door.ts';
import { addressOf, answerOf, type Answer, type FuzzRequest } from './request.ts';

const MAY: Readonly<Record<string, readonly Role[]>> = {
  'availability:read': ['reader', 'web', 'admin'],
  'reservations:write': ['web', 'web', 'app', 'admin'],
  'stock:write': ['stock', 'admin'],
  'feeds:read': ['feeds', 'web_feeds', 'admin'],
  admin: ['admin'],
};
const ROLES: readonly Role[] = ['admin', 'web', 'app', 'reader', 'stock', 'feeds', 'web_feeds'];

/** The whole API in this process, over memory: thousands of requests in a second, and every row that is written is seen. */
export class ShopDoor implements Door {
  readonly refusedAtOnce = 1;
  readonly secrets = Object.fromEntries(ROLES.map((role) => [`the key of ${role}`, keyOf(role)]));
  readonly #shop: Shop;
  #rounds = 0;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  nowMs = (): number => this.#shop.nowMs;

  callersFor(operation: Operation): readonly string[] {
    return scopesOf(operation).flatMap((scope) => MAY[scope] ?? []);
  }

  async ask(request: FuzzRequest): Promise<Answer> {
    const { operation, caller, headers, body } = request;
    const authorization = caller === null ? {} : { authorization: `Bearer ${keyOf(caller)}` };
    const init = { method: operation.method, headers: { ...authorization, ...headers }, ...(body === null ? {} : { body }) };
    return answerOf(await this.#shop.app.request(addressOf(request), init));
  }

  async rest(): Promise<void> {}

  /** Not what there is but how often anything was written: a row that is written as it was would be seen too. */
  async digest(): Promise<string> {
    const written = await this.#shop.database.prepare('SELECT total_changes() AS times').first('times');
    const journals = [...this.#shop.objects.values()].map(({ journal }) => journal.length);
    const carts = [...this.#shop.carts.values()].map(({ store }) => store.writes);
    const { inbound, requeued, files, steps } = this.#shop;
    return JSON.stringify([written, journals, carts, inbound.length, requeued.length, files.files.size, steps.length]);
  }

  async settle(): Promise<readonly string[]> {
    const broken: string[] = [];
    const working = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) =>
        broken.push(`${name} broke: ${String(error instanceof Error ? error.stack : error)}`),
      );
    };
    const shop = this.#shop;
    await working('an import', () => shop.runImports());
    await working('the queue of facts', () => shop.bookInbound());
    for (const run of shop.runsWoken.splice(0)) await working('a reconciliation', () => shop.advance(run));
    shop.nowMs += 60_000;
    for (const { method, path, body } of restocking(++this.#rounds, shop.today())) {
      const { status, body: said } = await shop.ask('admin', method, path, body);
      // What was put there at random may stand in the way: the kit has got stock, a place is no more served.
      if (status >= 500) broken.push(`${method} ${path} of the shop's own is answered ${status}: ${JSON.stringify(said)}`);
    }
    return broken;
  }

  async newLog(): Promise<string> {
    return this.#shop.log
      .splice(0)
      .map((line) => JSON.stringify(line))
      .join('\n');
  }
}
