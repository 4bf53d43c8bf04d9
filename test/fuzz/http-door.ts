import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Explanation } from '../../contracts/availability.ts';
import { expectAddsUp } from '../adds-up.ts';
import { startHoldfast, type Holdfast } from '../scenario/holdfast.ts';
import type { Operation } from './document.ts';
import { restocking, scopesOf, type Door } from './door.ts';
import { addressOf, answerOf, type Answer, type FuzzRequest } from './request.ts';

const MAY: Readonly<Record<string, readonly string[]>> = {
  'availability:read': ['sales_web', 'admin'],
  'reservations:write': ['sales_web', 'sales_web', 'admin'],
  'stock:write': ['stock', 'admin'],
  'feeds:read': ['feeds', 'admin'],
  admin: ['admin'],
};
/** None takes so long, however busy the machine is. */
const CALL_MS_MAX = 60_000;
/** What was taken in is booked by a queue, a second or two after it was answered. */
const COMES_TO_REST_MS = 4_000;

/** `npm start` on free ports: the real runtime, its queues and its cron. What changes is seen as any client sees it. */
export class HttpDoor implements Door {
  readonly refusedAtOnce = 300;
  readonly secrets: Readonly<Record<string, string>>;
  readonly #holdfast: Holdfast;
  readonly #keys: Readonly<Record<string, string>>;
  #logRead = 0;
  #rounds = 0;
  #lastAudit = '0';

  private constructor(holdfast: Holdfast, keys: Readonly<Record<string, string>>, secrets: Readonly<Record<string, string>>) {
    this.#holdfast = holdfast;
    this.#keys = keys;
    this.secrets = { ...named('the key of', keys), ...named('the secret', secrets) };
  }

  static async open(): Promise<HttpDoor> {
    const holdfast = await startHoldfast('--seed', 'none');
    const kept = async (name: string): Promise<Readonly<Record<string, string>>> =>
      JSON.parse(await readFile(path.join(holdfast.state, name), 'utf8')) as Record<string, string>;
    return new HttpDoor(holdfast, await kept('dev-keys.json'), await kept('secrets.json'));
  }

  close(): Promise<void> {
    return this.#holdfast.stop();
  }

  nowMs = (): number => Date.now();

  callersFor(operation: Operation): readonly string[] {
    return scopesOf(operation).flatMap((scope) => MAY[scope] ?? []);
  }

  async ask(request: FuzzRequest): Promise<Answer> {
    const { operation, caller, headers, body } = request;
    return this.#call(operation.method, addressOf(request), caller, headers, body);
  }

  async rest(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, COMES_TO_REST_MS));
  }

  async digest(): Promise<string> {
    const [items, lists] = await Promise.all([
      Promise.all(['TEA-1', 'MUG-1'].map((sku) => this.#stockOf(sku))),
      Promise.all(['postings', 'cases', 'keys', 'reconciliations', 'imports'].map((list) => this.#idsOf(list))),
    ]);
    return JSON.stringify([items, lists, await this.#audited()]);
  }

  async settle(): Promise<readonly string[]> {
    const broken: string[] = [];
    for (const { method, path: at, body } of restocking(++this.#rounds, new Date().toISOString())) {
      const { status, text } = await this.#call(
        method,
        at,
        'admin',
        { 'content-type': 'application/json' },
        JSON.stringify(body),
      );
      if (status >= 500) broken.push(`${method} ${at} of the shop's own is answered ${status}: ${text}`);
    }
    return broken;
  }

  async newLog(): Promise<string> {
    const log = await readFile(path.join(this.#holdfast.state, 'log.ndjson'), 'utf8').catch(() => '');
    const more = log.slice(this.#logRead);
    this.#logRead = log.length;
    return more;
  }

  async #call(method: string, at: string, caller: string | null, headers: FuzzRequest['headers'], body: FuzzRequest['body']) {
    const authorization = caller === null ? {} : { authorization: `Bearer ${this.#keys[caller] ?? ''}` };
    const reply = await fetch(this.#holdfast.url + at, {
      method,
      headers: { ...authorization, ...headers },
      ...(body === null ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(CALL_MS_MAX),
    }).catch((cause: unknown) => {
      throw new Error(`${method} ${at} has no answer`, { cause });
    });
    return answerOf(reply);
  }

  async #admin(at: string): Promise<Fields> {
    const { body } = await this.#call('GET', at, 'admin', {}, null);
    return (body ?? {}) as Fields;
  }

  /** What the object of an item says of itself: its number, its place in its journal, and who holds what. */
  async #stockOf(sku: string): Promise<unknown> {
    const explained = await this.#admin(`/v1/availability/${sku}/explain?channel=web&limit=500`);
    expectAddsUp(explained as unknown as Explanation);
    const { sequence, available_to_sell, locations, reservations } = explained;
    const held = (reservations as Fields[] | undefined)?.map(({ id, status, lines }) => [id, status, lines]);
    return [sku, sequence, available_to_sell, locations, held];
  }

  async #idsOf(list: string): Promise<readonly unknown[]> {
    const { items } = await this.#admin(`/v1/${list}?limit=500`);
    return ((items as Fields[] | undefined) ?? []).map(({ id, key }) => id ?? key);
  }

  /** The last entry: every change of a person is one. */
  async #audited(): Promise<string> {
    for (;;) {
      const { next_cursor: next } = await this.#admin(`/v1/audit-log?limit=500&after=${this.#lastAudit}`);
      if (typeof next !== 'string' || next === this.#lastAudit) return this.#lastAudit;
      this.#lastAudit = next;
    }
  }
}

type Fields = Readonly<Record<string, unknown>>;

function named(what: string, secrets: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [`${what} ${name}`, secret]));
}
