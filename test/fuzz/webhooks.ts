import { BODY_BYTES_MAX } from '../../contracts/limits.ts';
import { Dice } from '../model/dice.ts';
import { MUG, Shop, TEA, type Said } from '../shop.ts';
import { bodyMutations } from './body-mutations.ts';
import { delivered, type Delivery, type SigningSecrets } from './deliveries.ts';
import { DOCUMENT, type Schema } from './document.ts';
import { isWrong } from './expected.ts';
import { jsonText } from './json-text.ts';
import { Secrets } from './secrets.ts';
import { ShopDoor } from './shop-door.ts';

export interface WebhooksReport {
  readonly deliveries: number;
  /** How often each way of signing wrongly was refused. */
  readonly refused: Readonly<Record<string, number>>;
  readonly repeated: number;
  readonly mutated: number;
  readonly booked: number;
  readonly complaints: readonly string[];
}

/** [F40] Webhooks signed rightly and wrongly, repeated, and with bodies that nobody can read, sent to one source. */
export async function fuzzWebhooks({
  deliveries,
  seed,
}: {
  readonly deliveries: number;
  readonly seed: number;
}): Promise<WebhooksReport> {
  const run = await Webhooks.open(seed);
  for (let n = 0; n < deliveries && run.complaints.length < COMPLAINTS_MAX; n += 1) await run.one();
  return run.report(deliveries);
}

const COMPLAINTS_MAX = 20;
const FORMS = ['own', 'event', 'batch', 'binary'] as const;
type Form = (typeof FORMS)[number];

/** Facts about tea are right and counted; those about mugs have something wrong. */
class Webhooks {
  readonly complaints: string[] = [];
  readonly #shop: Shop;
  readonly #door: ShopDoor;
  readonly #dice: Dice;
  readonly #secrets: SigningSecrets;
  readonly #neverTold: Secrets;
  readonly #accepted: Delivery[] = [];
  /** What each fact that was accepted says, by its identity: the first counts (R30). */
  readonly #teaById = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  #times = 0;
  #repeated = 0;
  #mutated = 0;

  private constructor(shop: Shop, secrets: SigningSecrets, seed: number) {
    this.#shop = shop;
    this.#door = new ShopDoor(shop);
    this.#dice = new Dice(seed);
    this.#secrets = secrets;
    this.#neverTold = new Secrets({ ...this.#door.secrets, ...(secrets as unknown as Record<string, string>) });
  }

  static async open(seed: number): Promise<Webhooks> {
    const shop = await Shop.open();
    await shop.put('/v1/sources/pos', { books: 'front' });
    const secretOf = async (source: string, body: object = {}): Promise<string> =>
      (await shop.ask('admin', 'POST', `/v1/sources/${source}/webhook-secret`, body)).body.secret;
    const expired = await secretOf('wms');
    const older = await secretOf('wms', { overlap_seconds: 60 });
    shop.nowMs += 60_000;
    const current = await secretOf('wms', { overlap_seconds: 604_800 });
    const revoked = await secretOf('pos');
    await shop.ask('admin', 'POST', '/v1/sources/pos/webhook-secret/revoke', {});
    const unknown = `whsec_${'A'.repeat(32)}`;
    return new Webhooks(shop, { current, older, expired, revoked, ofAnotherSource: await secretOf('erp'), unknown }, seed);
  }

  async one(): Promise<void> {
    this.#times += 1;
    this.#shop.nowMs += this.#dice.roll(0, 2_000);
    const draw = this.#dice.roll(1, 10);
    if (draw <= 4) return this.#wrong();
    if (draw === 5 && this.#accepted.length > 0) return this.#again();
    return draw <= 7 ? this.#plain() : this.#spoilt();
  }

  /** Refused before anybody reads it, whatever it says. */
  async #wrong(): Promise<void> {
    const { body, type } = this.#dice.oneIn(2) ? this.#facts(TEA) : this.#spoiltFacts();
    const delivery = delivered({ id: this.#id(), body, type }, false, this.#secrets, this.#shop.nowMs, this.#dice);
    const said = await this.#withoutEffect(delivery);
    // A body that is too large is not read to its end, so nobody knows who signed it.
    const code = delivery.body.length > BODY_BYTES_MAX ? 'too_large' : 'signature_invalid';
    if (said.body.code !== code) this.#complain('it lets in', delivery, said);
    this.#refused.set(delivery.what, (this.#refused.get(delivery.what) ?? 0) + 1);
  }

  async #plain(): Promise<void> {
    const facts = this.#facts(TEA);
    const delivery = delivered({ id: this.#id(), ...facts }, true, this.#secrets, this.#shop.nowMs, this.#dice);
    const said = await this.#send(delivery);
    if (said.status !== 202 || said.body.accepted !== facts.told.length || said.body.duplicate !== false)
      return this.#complain('it does not take', delivery, said);
    this.#accepted.push(delivery);
    for (const { id, quantity } of facts.told) if (!this.#teaById.has(id)) this.#teaById.set(id, quantity);
    if (this.#dice.oneIn(3)) await this.#book(delivery);
  }

  /** The same again, or other facts under its id: nothing is done, however rightly it is signed. */
  async #again(): Promise<void> {
    const before = this.#dice.pick(this.#accepted);
    if (before === undefined) return;
    const other = this.#dice.oneIn(2) ? this.#facts(TEA) : { body: before.body, type: contentOf(before) };
    const id = before.headers['webhook-id'] ?? '';
    const again = delivered({ id, ...other }, true, this.#secrets, this.#shop.nowMs, this.#dice);
    const said = await this.#withoutEffect(again);
    this.#repeated += 1;
    if (said.status !== 202 || said.body.duplicate !== true || said.body.accepted !== 0)
      this.#complain('it takes what it took before', again, said);
  }

  /** What is signed rightly and has something wrong in it is refused as a whole, or in those facts that are wrong. */
  async #spoilt(): Promise<void> {
    const { name, body, type, ownFacts } = this.#spoiltFacts();
    const right = delivered({ id: this.#id(), body, type }, true, this.#secrets, this.#shop.nowMs, this.#dice);
    const delivery = { ...right, what: `${right.what}, ${name}` };
    this.#mutated += 1;
    await this.#book(delivery);
    const digest = await this.#door.digest();
    const said = await this.#send(delivery);
    if (said.status === 202) return this.#book(delivery, ownFacts(said.body.accepted));
    if (said.status < 400 || said.status >= 500 || said.status === 401) this.#complain('it answers wrongly', delivery, said);
    if ((await this.#door.digest()) !== digest) this.#complain('it refuses and has an effect', delivery, said);
  }

  /** The queue hands over what waits; `takenMax`: so many facts may be booked. */
  async #book(delivery: Delivery, takenMax = Infinity): Promise<void> {
    for (const { trouble, applied, duplicate } of await this.#shop.bookInbound()) {
      if (trouble !== null) this.#complain(`its booking breaks: ${String(trouble)}`, delivery);
      if (Number(applied) + Number(duplicate) > takenMax)
        this.#complain(`${String(applied)} of its facts are booked, of which ${takenMax} may be`, delivery);
    }
    const { body } = await this.#shop.get('web', `/v1/availability/${TEA}?consistency=strong`);
    const expected = [...this.#teaById.values()].reduce((sum, quantity) => sum + quantity, 0);
    if (this.#shop.inbound.length === 0 && body.available_to_sell !== expected)
      this.#complain(`there are ${body.available_to_sell}, and ${expected} came in`, delivery);
  }

  async #withoutEffect(delivery: Delivery): Promise<Said> {
    const before = await this.#door.digest();
    const said = await this.#send(delivery);
    if ((await this.#door.digest()) !== before) this.#complain('it must do nothing, and has an effect', delivery, said);
    return said;
  }

  async #send(delivery: Delivery): Promise<Said> {
    const { source, body, headers } = delivery;
    const said = await this.#shop.ask(null, 'POST', `/v1/inbound/${source}`, body, headers);
    if (said.status >= 500) this.#complain('it breaks', delivery, said);
    const leaked = this.#neverTold.inText(`${JSON.stringify(said.body)}\n${await this.#door.newLog()}`);
    if (leaked !== null) this.#complain(`its answer or its line of the log: ${leaked}`, delivery, said);
    return said;
  }

  /** Some receipts, told in one of the forms; ids come again now and then. */
  #facts(sku: string) {
    const form = this.#dice.pick(FORMS) ?? 'own';
    const count = form === 'event' || form === 'binary' ? 1 : this.#dice.roll(0, 4);
    const facts = Array.from({ length: count }, () => ({
      id: `fact-${this.#dice.roll(1, this.#times * 3)}`,
      data: { kind: 'received', sku, location: 'dc', quantity: this.#dice.roll(1, 20), occurred_at: this.#shop.today() },
    }));
    const told = facts.map(({ id, data }) => ({ id, quantity: data.quantity }));
    return { form, told, ...written(form, facts) };
  }

  #spoiltFacts() {
    const { form, value, schema, type } = this.#facts(MUG);
    const mutations = bodyMutations(value, schema);
    const { name, body: make } = this.#dice.pick(mutations) ?? { name: 'nothing', body: () => '' };
    const text = make();
    const body = bytesOf(text);
    const ownFacts = (accepted: number): number => (form === 'own' ? notWrong(text) : accepted);
    return { name, body, type, ownFacts };
  }

  #id(): string {
    return `msg-${this.#times}`;
  }

  #complain(what: string, { source, what: how, headers, body }: Delivery, said?: Said): void {
    const { 'webhook-signature': _secret, ...shown } = headers;
    const sent = new TextDecoder().decode(body.slice(0, 500));
    const answer = said === undefined ? '' : `\n    answered ${said.status} ${JSON.stringify(said.body).slice(0, 500)}`;
    this.complaints.push(`${what} (delivery ${this.#times} to ${source}: ${how})\n    ${JSON.stringify(shown)} ${sent}${answer}`);
  }

  report(deliveries: number): WebhooksReport {
    return {
      deliveries,
      refused: Object.fromEntries([...this.#refused].sort(([a], [b]) => (a < b ? -1 : 1))),
      repeated: this.#repeated,
      mutated: this.#mutated,
      booked: this.#teaById.size,
      complaints: this.complaints,
    };
  }
}

interface Fact {
  readonly id: string;
  readonly data: object;
}

function written(form: Form, facts: readonly Fact[]) {
  const events = facts.map(({ id, data }) => ({ specversion: '1.0', id, source: 'wms', type: 'com.example.movement', data }));
  const as = (value: unknown, schema: Schema, type: Readonly<Record<string, string>>) => ({
    value,
    schema,
    type,
    body: bytesOf(jsonText(value)),
  });
  const [event, fact] = [events[0], facts[0]];
  switch (form) {
    case 'own':
      return as({ movements: facts.map(({ id, data }) => ({ id, ...data })) }, ref('InboundFacts'), JSON_TYPE);
    case 'event':
      return as(event, ref('CloudEvent'), { 'content-type': 'application/cloudevents+json' });
    case 'batch': {
      const type = { 'content-type': 'application/cloudevents-batch+json' };
      return as(events, { type: 'array', items: ref('CloudEvent'), maxItems: 500 }, type);
    }
    case 'binary': {
      const attributes = { 'ce-specversion': '1.0', 'ce-id': fact?.id ?? '', 'ce-source': 'wms', 'ce-type': 'order.movement' };
      return as(fact?.data, {}, { ...JSON_TYPE, ...attributes });
    }
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** Movements of which the document does not say that they are wrong; others of the body are wrong or none. */
function notWrong(body: string | Uint8Array): number {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const { movements } = JSON.parse(text) as { readonly movements?: readonly unknown[] };
  const schema = DOCUMENT.components.schemas['Movement'];
  if (schema === undefined) throw new Error('the document knows no movement');
  return (movements ?? []).filter((one) => !isWrong(sourced(one), schema)).length;
}

function sourced(fact: unknown): unknown {
  return typeof fact === 'object' && fact !== null && !Array.isArray(fact) ? { source: 'wms', ...fact } : fact;
}

function bytesOf(body: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? new Uint8Array(Buffer.from(body)) : body;
}

function contentOf({ headers }: Delivery): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('webhook-')));
}
