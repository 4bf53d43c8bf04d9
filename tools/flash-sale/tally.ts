import { willAbandon, type Visit } from './buyer.ts';
import type { SaleOptions } from './options.ts';

/** What happened, a few numbers for each buyer. */
export class Tally {
  /** From the first call to the answered commit. */
  readonly boughtMs: number[] = [];
  /** Of whoever got a unit, whether or not they paid: until the reserve was answered. */
  readonly reservedMs: number[] = [];
  /** From the first call to the refusal. */
  readonly refusedMs: number[] = [];
  readonly refusals = new Map<string, number>();
  visits = 0;
  released = 0;
  lapsed = 0;
  /** Second units that were asked for beyond the cap, by the code of their refusal. */
  readonly seconds = new Map<string, number>();
  /** When the first buyer was refused, since the sale began. */
  firstRefusedAtMs: number | null = null;

  get sold(): number {
    return this.boughtMs.length;
  }

  /** A visit that ended so long after the sale began. */
  add(visit: Visit, atMs: number): void {
    this.visits += 1;
    switch (visit.end) {
      case 'bought':
        this.boughtMs.push(visit.tookMs);
        this.reservedMs.push(visit.reservedMs);
        if (visit.secondCode !== null) count(this.seconds, visit.secondCode);
        return;
      case 'abandoned':
        this.reservedMs.push(visit.reservedMs);
        if (visit.by === 'release') this.released += 1;
        else this.lapsed += 1;
        return;
      case 'refused':
        this.refusedMs.push(visit.tookMs);
        this.firstRefusedAtMs ??= atMs;
        count(this.refusals, visit.at === 'reserve' ? visit.code : `${visit.code} at ${visit.at}`);
        return;
    }
  }
}

/** How many units are sold if everything is right: all there are, or one to each who pays. */
export function expectedSales({
  buyers,
  units,
  abandonPercent,
}: Pick<SaleOptions, 'buyers' | 'units' | 'abandonPercent'>): number {
  let paying = 0;
  for (let buyer = 1; buyer <= buyers && paying < units; buyer += 1) {
    if (willAbandon(buyer, abandonPercent) === null) paying += 1;
  }
  return paying;
}

function count(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
