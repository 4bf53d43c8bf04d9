// A cart read from docs/spec.md by somebody who never saw the core (R17, R18, R22, R23, R24 and the table of section 1): one
// list of lines, whole kits in one class each, and no objects that could disagree. Only types are shared, and naiveGrant.
import type { OnCart } from '../../domain/cart/cart.ts';
import type { LineQuantity } from '../../domain/command.ts';
import { naiveGrant, type NaiveLine } from '../model/naive-cart.ts';
import { WHY_NOT_CHANGED } from '../model/naive-stock.ts';

const CLASSES = ['open', 'owed', 'fulfilled', 'cancelled', 'released', 'expired'] as const;
type UnitClass = (typeof CLASSES)[number];

interface Line extends NaiveLine {
  readonly line: number;
  readonly sku: string;
  asked: number;
  readonly units: Record<UnitClass, number>;
}

export interface Said {
  /** The code of the refusal, or the status. */
  readonly said: string;
  /** Of a refusal for lack of units, every short line; else all lines by class. */
  readonly lines: readonly unknown[];
}

const DAY_MS = 86_400_000;

export class NaiveBasket {
  #lines: Line[] = [];
  #endsAtMs = 0;
  #beganAtMs = 0;
  #pinned = false;
  reference: string | null = null;
  /** What others left of each item. */
  readonly #stock: Record<string, number>;

  constructor(stock: Readonly<Record<string, number>>) {
    this.#stock = { ...stock };
  }

  get begun(): boolean {
    return this.#lines.length > 0;
  }

  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  /** Somebody else reserves, if there is enough. */
  othersTake(sku: string, units: number): boolean {
    if ((this.#left()[sku] ?? 0) < units) return false;
    this.#stock[sku] = (this.#stock[sku] ?? 0) - units;
    return true;
  }

  passTime(nowMs: number): void {
    if (this.#pinned || nowMs < this.#endsAtMs) return;
    for (const line of this.#lines) shift(line, 'open', 'expired', line.units.open);
  }

  reserve(wishes: readonly (NaiveLine & { readonly sku: string })[], partial: boolean, ttlMs: number, nowMs: number): Said {
    const granted = naiveGrant(wishes, this.#left());
    const whole = wishes.every(({ quantity }, index) => granted[index] === quantity);
    if (partial ? granted.every((units) => units === 0) : !whole)
      return short(
        wishes.map(({ sku, quantity }, index) => ({ line: index + 1, sku, wanted: quantity, had: granted[index] ?? 0 })),
      );
    this.#beganAtMs = nowMs;
    this.#endsAtMs = nowMs + ttlMs;
    this.#lines = wishes.map((wish, index) => ({
      ...wish,
      line: index + 1,
      asked: wish.quantity,
      units: { open: granted[index] ?? 0, owed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0 },
    }));
    return this.#now();
  }

  do(command: OnCart, nowMs: number): Said {
    const status = this.#status();
    switch (command.type) {
      case 'extend':
        if (status !== 'active') return refused(WHY_NOT_CHANGED[status]);
        this.#endsAtMs = Math.max(this.#endsAtMs, Math.min(nowMs + command.ttlMs, this.#beganAtMs + DAY_MS));
        return this.#now();
      case 'resize':
        return status === 'active' ? this.#resize(command.lines) : refused(WHY_NOT_CHANGED[status]);
      case 'pin':
        if (status === 'expired') return this.#retake(null) ?? this.#now();
        if (status !== 'active' && status !== 'pinned') return refused(WHY_NOT_CHANGED[status]);
        this.#pinned = true;
        return this.#now();
      case 'commit': {
        if (status === 'expired' && command.reacquire) {
          if (this.#exceeds(command.lines, 'expired')) return refused('exceeds_reservation');
          const refusal = this.#retake(command.lines);
          if (refusal !== null) return refusal;
          this.#pinned = false;
          for (const line of this.#lines) shift(line, 'open', 'owed', line.units.open);
          return this.#now();
        }
        if (status !== 'active' && status !== 'pinned') return refused(WHY_NOT_CHANGED[status]);
        if (this.#exceeds(command.lines, 'open')) return refused('exceeds_reservation');
        this.#each(command.lines, 'open', 'owed');
        if (!command.keepRest) this.#each(null, 'open', 'released');
        return this.#now();
      }
      case 'release':
        if (status === 'released' || status === 'expired') return this.#now();
        if (status !== 'active' && status !== 'pinned') return refused(WHY_NOT_CHANGED[status]);
        if (this.#exceeds(command.lines, 'open')) return refused('exceeds_reservation');
        this.#each(command.lines, 'open', 'released');
        return this.#now();
      case 'fulfill':
      case 'cancel': {
        if (status === 'cancelled') return command.type === 'cancel' ? this.#now() : refused('reservation_cancelled');
        if (status === 'fulfilled') return refused('already_fulfilled');
        if (this.#lines.every(({ units }) => units.owed === 0)) return refused('not_committed');
        if (this.#exceeds(command.lines, 'owed')) return refused('exceeds_reservation');
        this.#each(command.lines, 'owed', command.type === 'cancel' ? 'cancelled' : 'fulfilled');
        return this.#now();
      }
      case 'hand_over':
        if (status === 'fulfilled') return refused('already_fulfilled');
        if (status !== 'active' && status !== 'pinned' && status !== 'committed') return refused(WHY_NOT_CHANGED[status]);
        this.reference = command.reference ?? this.reference;
        return this.#now();
    }
  }

  /** R15, R22: what nothing was ever granted of cannot be resized, and nothing grows of which the cart has nothing open. */
  #resize(asked: readonly LineQuantity[]): Said {
    const left = this.#left();
    for (const { line: number, quantity } of asked) {
      const line = this.#lines.find((one) => one.line === number);
      if (line === undefined) return refused('exceeds_reservation');
      const nothing = (one: Line): boolean => sumOf(one.units) === 0;
      if (line.parts.length > 1 && nothing(line)) return refused('exceeds_reservation');
      const grows = quantity > line.units.open;
      for (const { sku } of line.parts) {
        const others = this.#lines.filter(({ parts }) => parts.some((part) => part.sku === sku));
        if (others.every(nothing)) return refused('exceeds_reservation');
        if (grows && others.every(({ units }) => units.open === 0)) return refused('exceeds_reservation');
      }
    }
    const change = asked.flatMap(({ line: number, quantity }) => {
      const line = this.#lines.find((one) => one.line === number);
      return line === undefined || line.units.open === quantity ? [] : [{ line, by: quantity - line.units.open }];
    });
    for (const { line, by } of change)
      for (const { sku, units } of line.parts) if (by < 0) left[sku] = (left[sku] ?? 0) - by * units;
    const growing = change
      .filter(({ by }) => by > 0)
      .toSorted(
        (a, b) => asked.findIndex(({ line }) => line === a.line.line) - asked.findIndex(({ line }) => line === b.line.line),
      );
    const granted = naiveGrant(
      growing.map(({ line, by }) => ({ quantity: by, parts: line.parts })),
      left,
    );
    if (growing.some(({ by }, index) => granted[index] !== by))
      return short(
        growing.map(({ line, by }, index) => ({
          line: line.line,
          sku: line.sku,
          wanted: line.units.open + by,
          had: line.units.open + (granted[index] ?? 0),
        })),
      );
    for (const { line, by } of change) {
      if (by < 0) shift(line, 'open', 'released', -by);
      else {
        line.units.open += by;
        line.asked += by;
      }
    }
    return this.#now();
  }

  /** null: they are there again, and pinned. */
  #retake(lines: readonly LineQuantity[] | null): Said | null {
    const asked = this.#lines
      .map((line) => ({
        line,
        quantity: lines === null ? line.units.expired : (lines.find((one) => one.line === line.line)?.quantity ?? 0),
      }))
      .filter(({ quantity }) => quantity > 0);
    const granted = naiveGrant(
      asked.map(({ line, quantity }) => ({ quantity, parts: line.parts })),
      this.#left(),
    );
    if (asked.some(({ quantity }, index) => granted[index] !== quantity))
      return short(
        asked.map(({ line, quantity }, index) => ({
          line: line.line,
          sku: line.sku,
          wanted: quantity,
          had: granted[index] ?? 0,
        })),
      );
    for (const { line, quantity } of asked) shift(line, 'expired', 'open', quantity);
    this.#pinned = true;
    return null;
  }

  #left(): Record<string, number> {
    const left = { ...this.#stock };
    for (const { parts, units } of this.#lines)
      for (const part of parts) left[part.sku] = (left[part.sku] ?? 0) - part.units * (units.open + units.owed + units.fulfilled);
    return left;
  }

  #each(lines: readonly LineQuantity[] | null, from: UnitClass, to: UnitClass): void {
    for (const line of this.#lines)
      shift(line, from, to, lines === null ? line.units[from] : (lines.find((one) => one.line === line.line)?.quantity ?? 0));
  }

  #exceeds(lines: readonly LineQuantity[] | null, of: UnitClass): boolean {
    return (lines ?? []).some(({ line, quantity }) => quantity > (this.#lines.find((one) => one.line === line)?.units[of] ?? 0));
  }

  #status(): keyof typeof WHY_NOT_CHANGED {
    const first = CLASSES.find((one) => this.#lines.some(({ units }) => units[one] > 0)) ?? 'expired';
    if (first === 'open') return this.#pinned ? 'pinned' : 'active';
    return first === 'owed' ? 'committed' : first;
  }

  #now(): Said {
    // Nothing is pinned any more where nothing is open.
    if (this.#lines.every(({ units }) => units.open === 0)) this.#pinned = false;
    return {
      said: this.#status(),
      lines: this.#lines.map(({ line, sku, asked, units }) => ({ line, sku, asked, ...units })),
    };
  }
}

function refused(said: string): Said {
  return { said, lines: [] };
}

function short(
  lines: readonly { readonly line: number; readonly sku: string; readonly wanted: number; readonly had: number }[],
): Said {
  return {
    said: 'insufficient_stock',
    lines: lines
      .filter(({ wanted, had }) => had < wanted)
      .map(({ line, sku, wanted, had }) => ({ line, sku, requested: wanted, available: had })),
  };
}

function shift({ units }: Line, from: UnitClass, to: UnitClass, quantity: number): void {
  units[from] -= quantity;
  units[to] += quantity;
}

function sumOf(units: Readonly<Record<UnitClass, number>>): number {
  return CLASSES.reduce((total, one) => total + units[one], 0);
}
