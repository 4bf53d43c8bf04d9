import type { LocationId, Sku } from '../../domain/ids.ts';
import type { Said } from '../buyers/ask.ts';
import type { Dice } from '../model/dice.ts';
import type { SimulatedErp } from './erp.ts';
import type { Runtime } from './runtime/runtime.ts';
import { clientPlace, ITEMS, PLACES, type Front } from './shop.ts';

/** Rounds of runs and approvals after which nothing may differ any more. */
const ROUNDS_MAX = 20;

/**
 * People in the office: one mends numbers in the ERP without a document, or deletes one of ours; one has runs begun; one decides
 * about what they found, and sends again what nobody could read.
 */
export class Office {
  readonly broken: string[] = [];
  /** Who of them is not done. */
  busy = 0;
  readonly #front: Front;
  readonly #runtime: Runtime;
  readonly #erp: SimulatedErp;
  readonly #dice: Dice;
  readonly #habits: { readonly runs: boolean; readonly meddles: boolean; readonly hasty: boolean };
  #asked = 0;
  #mended: { readonly sku: string; readonly location: string } | null = null;
  #closesAtMs = Infinity;
  /** How often somebody mended a number: a run that began before need not have seen it. */
  #made = 0;

  constructor(front: Front, runtime: Runtime, erp: SimulatedErp) {
    this.#front = front;
    this.#runtime = runtime;
    this.#erp = erp;
    this.#dice = runtime.loop.dice;
    const dice = this.#dice;
    this.#habits = { runs: !dice.oneIn(3), meddles: dice.oneIn(2), hasty: dice.oneIn(2) };
  }

  open(forMs: number): void {
    const { loop } = this.#runtime;
    const { runs, meddles } = this.#habits;
    this.#closesAtMs = loop.nowMs + forMs;
    const often = (leastMs: number, mostMs: number, what: string, happens: () => void): void => {
      for (let atMs = this.#dice.roll(0, mostMs); atMs < forMs; atMs += this.#dice.roll(leastMs, mostMs))
        loop.after(atMs, what, happens);
    };
    if (meddles) often(5_000, 60_000, 'somebody mends the ERP', () => this.#mend());
    if (this.#erp.restores)
      loop.after(this.#dice.roll(Math.round(forMs / 2), forMs), 'the ERP is restored', () => this.#restore());
    if (this.#erp.restores) often(10_000, 40_000, 'somebody looks into it', () => this.#client('keeper', () => this.#lookInto()));
    else if (this.#erp.forgets) often(10_000, 90_000, 'somebody deletes in the ERP', () => this.#delete());
    if (runs) often(5_000, 60_000, 'a run is wanted', () => this.#client('auditor', () => this.#begin()));
    if (runs) often(5_000, 40_000, 'somebody looks at cases', () => this.#client('clerk', () => this.#decideAll('drift')));
    if (this.#dice.oneIn(2))
      often(10_000, 60_000, 'somebody looks at dead letters', () =>
        this.#client('postman', () => this.#decideAll('dead_letter')),
      );
  }

  /**
   * [I23] Runs and approvals until nothing differs; a run in which nothing was ever wrong finds nothing at once. What a restored ERP
   * lost may still be told by somebody, and then only a later run hears of it: so there they begin when all was told. Elsewhere
   * somebody may still tell what was read before a number was mended, which is then the newest count: so the last begins after that.
   */
  settle(allIsTold: () => boolean): void {
    this.#closesAtMs = Infinity;
    this.#client('auditor', async () => {
      while (this.#erp.restored !== null && !allIsTold())
        await this.#runtime.loop.wait(10_000, 'the auditor waits for all to be told');
      await this.#decideAll('dead_letter');
      // What it lost may come to nothing in its numbers, and then no run can tell.
      if (this.#erp.lost.size > 0) await this.#catchUp(this.#erp.restored?.from ?? 0);
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        await this.#runtime.loop.wait(10_000, 'the auditor waits');
        const before = this.#made;
        const told = allIsTold();
        const reply = await this.#begin();
        if (reply === null) continue;
        await this.#decideAll('change_unbooked', false);
        await this.#decideAll('drift', this.#habits.meddles && round === 0);
        if (this.#erp.restored !== null && (await this.#lookInto())) continue;
        const { by_class: classes, deferred } = reply.body.totals;
        if (classes.length > 0 || deferred > 0 || this.#made !== before) continue;
        if (told) return;
        while (!allIsTold()) await this.#runtime.loop.wait(10_000, 'the auditor waits for all to be told');
      }
      this.broken.push(`I23 ${ROUNDS_MAX} runs and approvals later something still differs`);
    });
  }

  /** It is in the ERP’s number, and no feed tells of it. */
  #mend(): void {
    const quantity = this.#dice.pick([-3, -2, -1, 1, 2, 3]) ?? 1;
    // Whoever mends a number is seldom done with one try.
    if (this.#mended === null || this.#dice.oneIn(2)) {
      this.#mended = { sku: this.#dice.pick(ITEMS) ?? 'S01', location: this.#dice.pick(PLACES) ?? 'dc' };
    }
    this.#bookSilently(this.#mended.sku, this.#mended.location, quantity);
  }

  #bookSilently(sku: string, location: string, quantity: number): void {
    const line = { location: location as LocationId, status: 'sellable', onHand: quantity, committed: 0 } as const;
    const about = {
      kind: 'adjusted',
      orderRef: null,
      document: null,
      reason: null,
      occurredAtMs: this.#runtime.loop.nowMs,
    } as const;
    this.#erp.book({ key: `mended-${this.#asked++}`, sku: sku as Sku, lines: [line], ...about }, true);
    this.#made += 1;
    this.#runtime.note('drift made on purpose');
  }

  #delete(): void {
    const ours = this.#erp.documents.filter(({ key }) => key.includes('#'));
    const one = this.#dice.pick(ours.slice(-6));
    if (one === undefined || this.#erp.lost.has(one.key)) return;
    this.#erp.lose(one);
    this.#runtime.note('posting lost by the ERP');
  }

  #restore(): void {
    const { documents, readings } = this.#erp;
    // Often to before what a run has seen, or nobody would notice.
    const seen = this.#dice.oneIn(3) ? Infinity : (readings.at(-1)?.documents ?? Infinity) - this.#dice.roll(1, 8);
    this.#erp.restore(Math.max(1, Math.min(seen, documents.length - this.#dice.roll(3, 30))));
    this.#runtime.note('ERP restored');
  }

  /** Whoever finds the case sends all postings again by their keys, and then says that it was looked at. True: there was a case. */
  async #lookInto(): Promise<boolean> {
    const admin = this.#front.ask('admin');
    const said = await admin('GET', '/v1/cases?state=open&kind=erp_restored').catch(() => null);
    const found = said?.status === 200 ? said.body.items[0] : undefined;
    if (found === undefined) return false;
    if (!(await this.#postAllAgain())) return true;
    await admin('POST', `/v1/cases/${found.id}/resolve`, { reason: 'posted again' }).catch(() => null);
    return true;
  }

  /** True: the ERP was asked for each, and what it lacks is under way. */
  async #postAllAgain(): Promise<boolean> {
    const admin = this.#front.ask('admin');
    let cursor: string | null = null;
    do {
      const headers = { 'idempotency-key': `"postings-${this.#asked++}"` };
      const body: object = { state: 'posted', limit: this.#dice.roll(5, 50), ...(cursor === null ? {} : { cursor }) };
      const page: Said | null = await admin('POST', '/v1/postings/replay', body, headers).catch(() => null);
      if (page?.status !== 200 || page.body.unanswered > 0) return false;
      if (page.body.replayed > 0) this.#runtime.note('posted again after a restore');
      cursor = page.body.next_cursor;
    } while (cursor !== null);
    return true;
  }

  /**
   * Whoever restored it tells, though no run may have noticed; and business goes on there, until its numbers are beyond those that
   * were given once.
   */
  async #catchUp(documents: number): Promise<void> {
    await this.#begin();
    for (let tries = 0; tries < ROUNDS_MAX && !(await this.#postAllAgain()); tries += 1)
      await this.#runtime.loop.wait(20_000, 'the keeper tries again');
    while (this.#erp.documents.length <= documents) this.#bookSilently(this.#dice.pick(ITEMS) ?? 'S01', 'dc', 0);
  }

  /** A run of all items or of some, and what it said in the end; null: nobody heard. */
  async #begin(): Promise<Said | null> {
    const skus = this.#closesAtMs < Infinity && this.#dice.oneIn(4) ? { skus: ITEMS.slice(0, this.#dice.roll(1, 3)) } : {};
    const key = `"run-${this.#asked++}"`;
    const admin = this.#front.ask('admin');
    const { loop } = this.#runtime;
    for (let tries = 0; tries < 20; tries += 1) {
      const said = await admin('POST', '/v1/reconciliations', skus, { 'idempotency-key': key }).catch(() => null);
      if (said?.status === 202) return this.#ended(said.body.id);
      if (said !== null && said.status !== 409 && said.status < 500)
        this.broken.push(`a run: ${said.status} ${JSON.stringify(said.body)}`);
      if (loop.nowMs > this.#closesAtMs) return null;
      await loop.wait(this.#dice.roll(1_000, 10_000), 'the auditor tries again');
    }
    return null;
  }

  async #ended(id: string): Promise<Said | null> {
    const { loop } = this.#runtime;
    for (;;) {
      await loop.wait(4_000, 'the auditor looks');
      const said = await this.#front
        .ask('admin')('GET', `/v1/reconciliations/${id}`)
        .catch(() => null);
      if (said?.status === 200 && said.body.state !== 'running') return said;
      if (loop.nowMs > this.#closesAtMs) return null;
    }
  }

  /** Everything open of a kind, now and then twice at once, or once more when it is done. */
  async #decideAll(kind: 'drift' | 'dead_letter' | 'change_unbooked', goesOn = this.#closesAtMs < Infinity): Promise<void> {
    const admin = this.#front.ask('admin');
    const said = await admin('GET', `/v1/cases?state=open&kind=${kind}&limit=20`).catch(() => null);
    if (said?.status !== 200) return;
    for (const found of said.body.items) {
      if (this.#closesAtMs < Infinity && !this.#habits.hasty && this.#dice.oneIn(2)) continue;
      if (kind === 'drift' && goesOn && this.#dice.oneIn(3)) this.#bookSilently(found.sku, found.location, 1);
      const decide = (): Promise<Said | null> => (kind === 'drift' ? this.#approve(found.id) : this.#sendAgain(found.id));
      const [first, ...more] = await Promise.all(this.#dice.oneIn(3) ? [decide(), decide()] : [decide()]);
      if (first?.status === 409 && first.body.code === 'nothing_to_approve') this.#reverse(found);
      if (more.length === 0 && !this.#dice.oneIn(4)) continue;
      if (first?.status === 200) this.#runtime.note(kind === 'drift' ? 'approved twice' : `${kind.replace('_', ' ')} sent twice`);
      await this.#runtime.loop.wait(this.#dice.roll(10, 20_000), 'somebody decides once more');
      await decide();
    }
  }

  async #approve(id: string): Promise<Said | null> {
    const said = await this.#front
      .ask('admin')('POST', `/v1/cases/${id}/approve`, {})
      .catch(() => null);
    if (said?.status === 200) this.#runtime.note('drift approved');
    if (said?.body.code === 'case_changed') this.#runtime.note('approval refused as changed');
    return said;
  }

  async #sendAgain(id: string): Promise<Said | null> {
    const headers = { 'idempotency-key': `"again-${this.#asked++}"` };
    const said = await this.#front
      .ask('admin')('POST', `/v1/cases/${id}/replay`, {}, headers)
      .catch(() => null);
    if (said?.status === 200 && said.body.replayed > 0) this.#runtime.note('dead letter sent again');
    return said;
  }

  /** It looks as if one of our documents stood there twice: then the ERP has to be mended. */
  #reverse({
    sku,
    drift,
  }: {
    readonly sku: string;
    readonly drift: { readonly class: string; readonly places: readonly Place[] };
  }): void {
    if (drift.class !== 'double_post') return;
    for (const { location, variance } of drift.places) this.#bookSilently(sku, location, -variance);
  }

  #client(name: string, work: () => Promise<void> | Promise<unknown>): void {
    this.busy += 1;
    void this.#runtime.loop
      .in(clientPlace(name), work)
      .catch((error: unknown) => {
        this.broken.push(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      })
      .finally(() => {
        this.busy -= 1;
      });
  }
}

interface Place {
  readonly location: string;
  readonly variance: number;
}
