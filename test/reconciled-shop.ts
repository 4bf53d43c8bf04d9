import { expect } from 'vitest';
import type { LocationId, Sku } from '../domain/ids.ts';
import type { ReconciliationLineReply } from '../contracts/reconciliations.ts';
import { MUG, Shop, TEA, type Said } from './shop.ts';

/** A shop whose ERP has booked what it has: ten teas in the dc, five mugs in the store. */
export class ReconciledShop extends Shop {
  static override async open(): Promise<ReconciledShop> {
    const shop = new ReconciledShop();
    await shop.furnish();
    await shop.receive(TEA, 10);
    await shop.receive(MUG, 5, 'store');
    await shop.postAll();
    return shop;
  }

  async postAll(): Promise<void> {
    await this.object(TEA).postTo(this.erp);
    await this.object(MUG).postTo(this.erp);
  }

  /** Somebody books in the ERP itself, and its feed tells. */
  bookInErp(key: string, onHand: number, { sku = TEA, location = 'dc' }: { sku?: string; location?: string } = {}): void {
    this.erp.book({
      key,
      kind: onHand > 0 ? 'received' : 'sold',
      sku: sku as Sku,
      lines: [{ location: location as LocationId, status: 'sellable', onHand, committed: 0 }],
      orderRef: null,
      document: null,
      reason: null,
      occurredAtMs: this.nowMs,
    });
  }

  async sell(quantity: number): Promise<void> {
    const { body } = await this.reserve(quantity);
    await this.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: `order-${quantity}` });
  }

  /** The key under which the ERP knows a sale of so many. */
  keyOfSale(quantity: number): string {
    const sold = this.object(TEA).journal.find(
      ({ event }) => event.type === 'committed' && event.orderRef === `order-${quantity}`,
    );
    return `${TEA}#${sold?.sequence}`;
  }

  async available(sku = TEA): Promise<number> {
    return (await this.get('web', `/v1/availability/${sku}?consistency=strong`)).body.available_to_sell;
  }

  async cases(query = '?state=open'): Promise<readonly Said['body'][]> {
    return (await this.get('admin', `/v1/cases${query}`)).body.items;
  }

  async approve(id: string): Promise<Said> {
    return this.post('admin', `/v1/cases/${encodeURIComponent(id)}/approve`, {});
  }

  /** What a whole run finds. */
  async differences(asked: object = {}): Promise<readonly ReconciliationLineReply[]> {
    const { body } = await this.reconcile(asked);
    expect(body).toMatchObject({ state: 'done' });
    return this.lines(body.id);
  }
}
