// A second opinion: docs/spec.md read by somebody who never saw the core. Lists, added up for every question.
// Only types are shared. Where a unit lies is not foretold here: the model takes that over and checks it (`adopt`).
import type { Command, Count, LineQuantity, Move, Reconcile, Reserve, ShortLine, TakeOrder } from '../../domain/command.ts';
import type { ChannelId, LocationId, ReservationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { Terms } from '../../domain/offer.ts';
import type { ItemPolicy, Line, QuotaPolicy, Receipt, Reservation, StockStatus } from '../../domain/stock.ts';
import { naiveAts, naiveAvailable, servedBy } from './naive-offer.ts';

export type Expected =
  | { readonly kind: 'accepted' | 'stale' }
  | { readonly kind: 'applied'; readonly variance: number | null }
  | { readonly kind: 'changed'; readonly variance: number }
  | { readonly kind: 'refused'; readonly rejection: unknown }
  /** The rules leave it open, because it depends on where units lie. */
  | { readonly kind: 'open' };

const UNIT_CLASSES = ['open', 'owed', 'fulfilled', 'cancelled', 'released', 'expired'] as const;
type UnitClass = (typeof UNIT_CLASSES)[number];

export interface NaiveLine {
  readonly line: number;
  readonly at: LocationId | null;
  asked: number;
  readonly units: Record<UnitClass, number>;
  /** Units still promised, by class and location, as the core placed them. */
  places: readonly { readonly of: 'open' | 'owed'; readonly location: LocationId; readonly quantity: number }[];
}

export interface NaiveReservation {
  readonly id: ReservationId;
  readonly channel: ChannelId;
  buyer: string | null;
  reference: string | null;
  readonly createdAtMs: number;
  readonly lines: readonly NaiveLine[];
  readonly split: Reserve['split'];
  readonly orders: string[];
  expiresAtMs: number;
  pinnedUntilMs: number | null;
}

const DAY_MS = 86_400_000;
const NO_POLICY: ItemPolicy = {
  backorderLimit: 0,
  lowStockAt: 5,
  safetyStock: [],
  buffers: [],
  quotas: [],
  buyerCap: null,
  stopSell: false,
  overReservation: ['reallocate', 'list'],
};

export class NaiveStock {
  readonly reservations: NaiveReservation[] = [];
  readonly #movements: {
    readonly location: LocationId;
    readonly status: StockStatus;
    readonly units: number;
    readonly occurredAtMs: number;
  }[] = [];
  readonly #counts: { readonly location: LocationId; readonly status: StockStatus; readonly asOfMs: number }[] = [];
  readonly #reconciled: {
    readonly location: LocationId;
    readonly status: StockStatus;
    readonly units: number;
    readonly mark: number;
  }[] = [];
  readonly #pinOutcomeMs: number;
  /** Goods that left, through whom and when. */
  readonly #gone: { readonly channel: ChannelId; readonly units: number; readonly atMs: number }[] = [];
  /** Since how many of those each quota counts, by channel and window. */
  #countedFrom = new Map<string, number>();
  #nowMs = 0;
  #waitingSinceMs: number | null = null;
  /** Units of each posting that the ERP refused and nobody dealt with. */
  readonly refusedPostings = new Map<number, number>();
  /** By the number that the core gave it, what a case is about: a posting, a pin or a shortage. */
  cases: ReadonlyMap<number, number | 'pin' | 'shortage'> = new Map();
  network: Network;
  policy: ItemPolicy = NO_POLICY;
  receipts: readonly Receipt[] = [];

  constructor(network: Network, pinOutcomeMs: number) {
    this.network = network;
    this.#pinOutcomeMs = pinOutcomeMs;
  }

  // What anybody can read.

  onHand(location: LocationId, status: StockStatus = 'sellable'): number {
    let units = 0;
    for (const one of this.#movements) if (one.location === location && one.status === status) units += one.units;
    return units;
  }

  promised(of: 'open' | 'owed', location: LocationId): number {
    let units = 0;
    for (const { lines } of this.reservations)
      for (const { places } of lines)
        for (const one of places) if (one.of === of && one.location === location) units += one.quantity;
    return units;
  }

  net(location: LocationId): number {
    return this.onHand(location) - this.promised('open', location) - this.promised('owed', location);
  }

  get backordered(): number {
    let units = 0;
    for (const { lines } of this.reservations) for (const line of lines) units += backorderedOf(line);
    return units;
  }

  get shortage(): number {
    const debts = this.network.locations.map(({ id }) => Math.max(0, -this.net(id)));
    return sum(debts) + Math.max(0, this.backordered - this.policy.backorderLimit);
  }

  get terms(): Terms {
    const safety = (at: LocationId): number => this.policy.safetyStock.find((one) => one.location === at)?.quantity ?? 0;
    return {
      places: this.network.locations.map(({ id }) => ({
        location: id,
        sellable: this.onHand(id),
        reserved: this.promised('open', id),
        committed: this.promised('owed', id),
        safetyStock: safety(id),
      })),
      backordered: this.backordered,
      backorderLimit: this.policy.backorderLimit,
      lowStockAt: this.policy.lowStockAt,
      buffers: this.policy.buffers,
      quotas: this.policy.quotas
        .filter((quota) => holds(quota, this.#nowMs))
        .map((quota) => ({ channel: quota.channel, protected: quota.protected, cap: quota.cap, consumed: this.consumed(quota) })),
      stopSell: this.policy.stopSell,
      evidence: {
        asOfMs: this.#nowMs,
        countedAtMs: this.#counts.length === 0 ? null : Math.max(...this.#counts.map(({ asOfMs }) => asOfMs)),
        waitingSinceMs: this.#waitingSinceMs,
      },
    };
  }

  /** Promised now, or gone while the quota held; a policy that has the same window again counts on. */
  consumed(quota: QuotaPolicy): number {
    const lines = this.reservations.filter(({ channel }) => channel === quota.channel).flatMap((one) => one.lines);
    const gone = this.#gone
      .slice(this.#countedFrom.get(nameOf(quota)) ?? this.#gone.length)
      .filter(({ channel, atMs }) => channel === quota.channel && holds(quota, atMs));
    return sum(lines.map(({ units }) => units.open + units.owed)) + sum(gone.map(({ units }) => units));
  }

  #setPolicy(policy: ItemPolicy): void {
    const before = this.#countedFrom;
    this.#countedFrom = new Map(
      policy.quotas.map((quota) => [nameOf(quota), before.get(nameOf(quota)) ?? this.#gone.length] as const),
    );
    this.policy = policy;
  }

  /** The rule for planned policies: only what grows or changes can be wrong. */
  #refusedPolicy(next: ItemPolicy): unknown {
    const before = this.policy;
    const counted = this.#countedFrom;
    const unusedNow = unusedOf(this.terms);
    this.#setPolicy(next);
    const terms = this.terms;
    this.policy = before;
    this.#countedFrom = counted;
    const capBefore = (of: ChannelId): number | null => before.quotas.find(({ channel }) => channel === of)?.cap ?? null;
    for (const { channel, cap, consumed } of terms.quotas)
      if (cap !== null && cap !== capBefore(channel) && cap < consumed)
        return { code: 'cap_below_consumption', channel, cap, consumed };
    const stock = sum(terms.places.map((one) => Math.max(0, this.net(one.location) - one.safetyStock)));
    const unused = unusedOf(terms);
    return unused > unusedNow && unused > stock ? { code: 'protected_above_stock', unused, stock } : null;
  }

  /** Unit by unit: by when each reservation that waits has everything. */
  promises(): ReadonlyMap<ReservationId, number> {
    const lacks = new Map(this.terms.places.map((one) => [one.location, one.safetyStock - this.net(one.location)]));
    const units: { readonly location: LocationId; readonly atMs: number }[] = [];
    const ordered = this.receipts.toSorted((a, b) => a.expectedAtMs - b.expectedAtMs || (a.location < b.location ? -1 : 1));
    for (const { location, quantity, expectedAtMs } of ordered) {
      for (let unit = 0; unit < quantity && expectedAtMs > this.#nowMs; unit += 1) {
        const lacking = lacks.get(location) ?? 0;
        if (lacking > 0) lacks.set(location, lacking - 1);
        else units.push({ location, atMs: expectedAtMs });
      }
    }
    const dates = new Map<ReservationId, number>();
    for (const { id, channel, lines } of this.reservations.toSorted((a, b) => a.createdAtMs - b.createdAtMs)) {
      const places = servedBy(this.network, channel);
      for (let missing = sum(lines.map(backorderedOf)); missing > 0; missing -= 1) {
        const first = units.findIndex(({ location }) => places.includes(location));
        const [unit] = first < 0 ? [] : units.splice(first, 1);
        if (unit === undefined) break;
        if (missing === 1) dates.set(id, unit.atMs);
      }
    }
    return dates;
  }

  /** Pins that had no outcome in time. */
  overduePins(nowMs: number): readonly ReservationId[] {
    const overdue = this.reservations.filter(
      (one) => statusOf(one) === 'pinned' && one.pinnedUntilMs !== null && one.pinnedUntilMs <= nowMs,
    );
    return overdue.map(({ id }) => id).toSorted();
  }

  deadlines(): readonly number[] {
    return this.reservations.flatMap((one) => {
      const status = statusOf(one);
      return status === 'active'
        ? [one.expiresAtMs]
        : status === 'pinned' && one.pinnedUntilMs !== null && one.pinnedUntilMs !== Infinity
          ? [one.pinnedUntilMs]
          : [];
    });
  }

  // What happens.

  passTime(nowMs: number, waitingSinceMs: number | null): void {
    this.#nowMs = nowMs;
    this.#waitingSinceMs = waitingSinceMs;
    for (const one of this.reservations) {
      if (statusOf(one) !== 'active' || one.expiresAtMs > nowMs) continue;
      for (const line of one.lines) {
        shift(line, 'open', 'expired', line.units.open);
        line.places = line.places.filter((placed) => placed.of !== 'open');
      }
    }
  }

  do(command: Command, nowMs: number): Expected {
    const before = this.reservations.map(fulfilledOf);
    const expected = this.#do(command, nowMs);
    for (const [index, one] of this.reservations.entries()) {
      const units = fulfilledOf(one) - (before[index] ?? 0);
      if (units > 0) this.#gone.push({ channel: one.channel, units, atMs: nowMs });
    }
    return expected;
  }

  #do(command: Command, nowMs: number): Expected {
    switch (command.type) {
      case 'reserve':
        return this.#reserve(command, nowMs);
      case 'move':
        return this.#move(command, nowMs);
      case 'count':
        return this.#count(command, nowMs);
      case 'reconcile':
        return this.#reconcile(command, nowMs);
      case 'take_order':
        return this.#takeOrder(command, nowMs);
      case 'set_item': {
        const rejection = command.plan === true && command.policy !== null ? this.#refusedPolicy(command.policy) : null;
        if (rejection !== null) return { kind: 'refused', rejection };
        this.#setPolicy(command.policy ?? this.policy);
        this.receipts = command.receipts ?? this.receipts;
        return { kind: 'accepted' };
      }
      case 'open_case':
        this.refusedPostings.set(command.posting, this.refusedPostings.get(command.posting) ?? command.units);
        return { kind: 'accepted' };
      case 'resolve_case':
        return this.#resolveCase(command.case);
      case 'extend':
      case 'resize':
      case 'pin':
      case 'commit':
      case 'release':
      case 'fulfill':
      case 'cancel':
      case 'hand_over':
        return this.#change(command, nowMs);
    }
  }

  /** Only what the ERP refused is for a person to close; the rest closes itself. */
  #resolveCase(number: number): Expected {
    const about = this.cases.get(number);
    if (about === undefined || (about === 'shortage' && this.shortage === 0)) return refused('case_not_found');
    if (typeof about === 'string') return refused('case_still_true');
    this.refusedPostings.delete(about);
    return { kind: 'accepted' };
  }

  /** Takes over where the core put the units of a reservation. */
  adopt({ id, lines }: Reservation): void {
    for (const real of lines) {
      const line = this.reservations.find((one) => one.id === id)?.lines.find((one) => one.line === real.line);
      if (line !== undefined) line.places = placesOf(real);
    }
  }

  #reserve(command: Reserve, nowMs: number): Expected {
    const { cart } = command;
    if (cart !== undefined && cart.endsAtMs <= nowMs) return refused('reservation_expired');
    const left = this.#leftFor(command.buyer, null);
    const [code, granted] = this.#grantWithin(left, command.channel, command.lines, command.split, cart?.only ?? null);
    const short = shortOf(command.lines, granted);
    if (short.length > 0 && (command.mode === 'all_or_nothing' || sum(granted) === 0)) return insufficient(short, code);
    this.reservations.push({
      id: command.reservation,
      channel: command.channel,
      buyer: command.buyer,
      reference: null,
      createdAtMs: nowMs,
      expiresAtMs: cart?.endsAtMs ?? nowMs + command.ttlMs,
      pinnedUntilMs: null,
      split: command.split,
      orders: [],
      lines: command.lines.map(({ line, quantity, at }, index) => ({
        line,
        at,
        asked: quantity,
        units: { open: granted[index] ?? 0, owed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0 },
        places: [],
      })),
    });
    return { kind: 'accepted' };
  }

  /** Owed from the first moment on, whatever there is. */
  #takeOrder({ reservation: id, channel, orderRef, lines }: TakeOrder, nowMs: number): Expected {
    this.reservations.push({
      id,
      channel,
      buyer: null,
      reference: null,
      createdAtMs: nowMs,
      expiresAtMs: nowMs,
      pinnedUntilMs: null,
      split: 'allowed',
      orders: [orderRef],
      lines: lines.map(({ line, quantity, at }) => ({
        line,
        at,
        asked: quantity,
        units: { open: 0, owed: quantity, fulfilled: 0, cancelled: 0, released: 0, expired: 0 },
        places: [],
      })),
    });
    return BOOKED;
  }

  /** Who says nothing is a new buyer with every reservation. */
  #leftFor(buyer: string | null, one: NaiveReservation | null): number {
    const cap = this.policy.buyerCap;
    if (cap === null) return Number.MAX_SAFE_INTEGER;
    const sinceMs = this.#nowMs - cap.periodSeconds * 1_000;
    const theirs = this.reservations.filter((other) => (buyer === null ? other === one : other.buyer === buyer));
    const lines = theirs.filter(({ createdAtMs }) => createdAtMs > sinceMs).flatMap((other) => other.lines);
    return cap.quantity - sum(lines.map(({ units }) => units.open + units.owed + units.fulfilled));
  }

  /** What stock gives, cut off from the last line on where a buyer may not have all of it. */
  #grantWithin(
    left: number,
    channel: ChannelId,
    wishes: readonly (LineQuantity & { readonly at: LocationId | null })[],
    split: Reserve['split'],
    only: LocationId | null = null,
  ): readonly [code: string, granted: readonly number[]] {
    const granted = this.#grant(this.terms, channel, wishes, split, only);
    if (sum(granted) <= left) return ['insufficient_stock', granted];
    const kept = granted.map((units, index) => Math.max(0, Math.min(units, left - sum(granted.slice(0, index)))));
    return ['buyer_cap_exceeded', kept];
  }

  /** Lines that name a place first, then the others, out of one purse. */
  #grant(
    terms: Terms,
    channel: ChannelId,
    wishes: readonly (Omit<LineQuantity, 'line'> & { readonly at: LocationId | null })[],
    split: Reserve['split'],
    only: LocationId | null,
  ): readonly number[] {
    const places = new Map(servedBy(this.network, channel).map((at) => [at, naiveAvailable(terms, this.network, channel, at)]));
    let all = naiveAts(terms, this.network, channel);
    let firm = naiveAts({ ...terms, backorderLimit: 0 }, this.network, channel);
    if (split === 'never' || only !== null) {
      const named = only ?? wishes.find(({ at }) => at !== null)?.at ?? null;
      const largest = named === null ? Math.max(0, ...places.values()) : (places.get(named) ?? 0);
      let left = Math.min(largest, firm);
      return wishes.map(({ at, quantity }) => {
        const units = at === null || at === named ? Math.min(quantity, left) : 0;
        left -= units;
        return units;
      });
    }
    const granted = wishes.map(({ at, quantity }) => {
      if (at === null) return 0;
      const units = Math.min(quantity, firm, places.get(at) ?? 0);
      places.set(at, (places.get(at) ?? 0) - units);
      firm -= units;
      all -= units;
      return units;
    });
    return wishes.map(({ at, quantity }, index) => {
      if (at !== null) return granted[index] ?? 0;
      const units = Math.min(quantity, all);
      all -= units;
      return units;
    });
  }

  #change(command: Extract<Command, { readonly caller: ChannelId | null }>, nowMs: number): Expected {
    const one = this.reservations.find(({ id }) => id === command.reservation);
    // Its reserve may still be on the way (R20).
    if (one === undefined && command.type === 'release' && command.tombstone === true) return { kind: 'accepted' };
    if (one === undefined || (command.caller !== null && command.caller !== one.channel)) return refused('reservation_not_found');
    const status = statusOf(one);
    const owes = sum(one.lines.map((line) => line.units.owed)) > 0;
    switch (command.type) {
      case 'extend': {
        if (status === 'pinned' && command.cart?.unpin === true) one.pinnedUntilMs = null;
        else if (status !== 'active') return refused(WHY_NOT_CHANGED[status]);
        if (command.cart !== undefined) {
          one.expiresAtMs = command.cart.untilMs;
          this.passTime(nowMs, this.#waitingSinceMs);
          return { kind: 'accepted' };
        }
        one.expiresAtMs = Math.max(one.expiresAtMs, Math.min(nowMs + command.ttlMs, one.createdAtMs + DAY_MS));
        return { kind: 'accepted' };
      }
      case 'resize':
        return status === 'active' ? this.#resize(one, command.lines) : refused(WHY_NOT_CHANGED[status]);
      case 'pin': {
        const { cart } = command;
        const outcomeMs = cart?.watched === false ? Infinity : nowMs + this.#pinOutcomeMs;
        // One item of a cart begins to watch for all; what is watched already has its time.
        if (status === 'pinned' && cart?.watched === true && one.pinnedUntilMs === Infinity) one.pinnedUntilMs = outcomeMs;
        if (status === 'pinned') return { kind: 'accepted' };
        // Some went back at once that a kit had no use for, and the rest lapsed: that is for the cart to say.
        const some = one.lines.some((line) => line.units.expired > 0);
        const lapsedPart = status === 'released' && cart?.anew === true && (cart.lines ?? []).length > 0 && some;
        const lapsed = status === 'expired' || lapsedPart;
        if (lapsed && cart?.anew === false) return refused('reservation_expired');
        if (lapsed) return this.#retake(one, cart?.lines ?? null, outcomeMs, cart?.only ?? null);
        if (status !== 'active') return refused(WHY_NOT_CHANGED[status]);
        one.pinnedUntilMs = outcomeMs;
        return { kind: 'accepted' };
      }
      case 'commit': {
        if (status === 'expired' && command.reacquire) {
          const taken = this.#retake(one, command.lines, nowMs + this.#pinOutcomeMs, null);
          if (taken.kind !== 'accepted') return taken;
          if (sum(one.lines.map((line) => line.units.open)) > 0) this.#commit(one, null, true, command.orderRef);
          return taken;
        }
        if (status !== 'active' && status !== 'pinned') return refused(WHY_NOT_CHANGED[status]);
        if (exceeds(one, command.lines, 'open')) return refused('exceeds_reservation');
        this.#commit(one, command.lines, command.keepRest, command.orderRef);
        return { kind: 'accepted' };
      }
      case 'release':
        if (status === 'released' || status === 'expired') return { kind: 'accepted' };
        if (status !== 'active' && status !== 'pinned') return refused(WHY_NOT_CHANGED[status]);
        if (exceeds(one, command.lines, 'open')) return refused('exceeds_reservation');
        each(one, command.lines, 'open', (line, quantity) => shift(line, 'open', 'released', quantity));
        return { kind: 'accepted' };
      case 'cancel':
        if (status === 'cancelled') return { kind: 'accepted' };
        if (!owes) return refused(status === 'fulfilled' ? 'already_fulfilled' : 'not_committed');
        if (exceeds(one, command.lines, 'owed')) return refused('exceeds_reservation');
        each(one, command.lines, 'owed', (line, quantity) => shift(line, 'owed', 'cancelled', quantity));
        return { kind: 'accepted' };
      case 'fulfill':
        if (status === 'cancelled') return refused('reservation_cancelled');
        if (!owes) return refused(status === 'fulfilled' ? 'already_fulfilled' : 'not_committed');
        if (exceeds(one, command.lines, 'owed')) return refused('exceeds_reservation');
        return this.#fulfill(one, command.lines);
      case 'hand_over':
        // Back to whom it was, whatever became of it.
        if (command.back === true) {
          one.buyer = command.buyer === undefined ? one.buyer : command.buyer;
          one.reference = command.reference === undefined ? one.reference : command.reference;
          return { kind: 'accepted' };
        }
        if (status === 'fulfilled') return refused('already_fulfilled');
        return status === 'active' || status === 'pinned' || status === 'committed'
          ? this.#handOver(one, command.buyer ?? one.buyer, command.reference ?? one.reference)
          : refused(WHY_NOT_CHANGED[status]);
    }
  }

  /** The new buyer must be allowed all of it, of what began within the cap's period. */
  #handOver(one: NaiveReservation, buyer: string | null, reference: string | null): Expected {
    const units = one.lines.map((line) => line.units.open + line.units.owed + line.units.fulfilled);
    const cap = this.policy.buyerCap;
    const counts = cap !== null && one.createdAtMs > this.#nowMs - cap.periodSeconds * 1_000;
    let left = buyer === one.buyer || !counts ? Number.MAX_SAFE_INTEGER : Math.max(0, this.#leftFor(buyer, null));
    const granted = units.map((wanted) => {
      const some = Math.min(wanted, left);
      left -= some;
      return some;
    });
    const wishes = one.lines.map(({ line }, index) => ({ line, quantity: units[index] ?? 0 }));
    const short = shortOf(wishes, granted);
    if (short.length > 0) return insufficient(short, 'buyer_cap_exceeded');
    one.buyer = buyer;
    one.reference = reference;
    return { kind: 'accepted' };
  }

  #resize(one: NaiveReservation, lines: readonly LineQuantity[]): Expected {
    if (lines.some(({ line }) => one.lines.every((known) => known.line !== line))) return refused('exceeds_reservation');
    const wanted = (line: NaiveLine): number => lines.find((asked) => asked.line === line.line)?.quantity ?? line.units.open;
    const shrinking = one.lines.filter((line) => wanted(line) < line.units.open);
    const growing = one.lines.filter((line) => wanted(line) > line.units.open);
    // What is given up makes room, so it has to be known where it lies.
    if (growing.length > 0 && shrinking.some((line) => line.places.filter(({ of }) => of === 'open').length > 1))
      return { kind: 'open' };
    const saved = structuredClone(one.lines);
    const freed = sum(shrinking.map((line) => line.units.open - wanted(line)));
    // What is given up makes room also where the reservation began too long ago to count itself.
    const room = this.#leftFor(one.buyer, one) + freed;
    for (const line of shrinking) {
      const less = line.units.open - wanted(line);
      const placedLess = Math.max(0, less - (line.units.open - placedOf(line, 'open')));
      shift(line, 'open', 'released', less);
      line.places = line.places.map((placed) =>
        placed.of === 'open' ? { ...placed, quantity: placed.quantity - placedLess } : placed,
      );
    }
    // Units that were to come from one place grow where they are.
    const home =
      one.split === 'never'
        ? (one.lines.flatMap(({ places }) => places).find(({ of }) => of === 'open')?.location ?? null)
        : null;
    const wishes = growing.map((line) => ({ line: line.line, at: line.at ?? home, quantity: wanted(line) - line.units.open }));
    const grows = sum(growing.map((line) => wanted(line) - line.units.open)) > freed;
    const [code, granted] = this.#grantWithin(grows ? room : Number.MAX_SAFE_INTEGER, one.channel, wishes, one.split);
    const short = shortOf(wishes, granted);
    if (short.length > 0) {
      one.lines.forEach((line, index) => Object.assign(line, saved[index]));
      const open = (number: number): number => one.lines.find(({ line }) => line === number)?.units.open ?? 0;
      return insufficient(
        short.map(({ line, requested, available }) => ({
          line,
          requested: requested + open(line),
          available: available + open(line),
        })),
        code,
      );
    }
    for (const line of growing) {
      line.asked += wanted(line) - line.units.open;
      line.units.open = wanted(line);
    }
    return { kind: 'accepted' };
  }

  #retake(one: NaiveReservation, lines: readonly LineQuantity[] | null, outcomeMs: number, only: LocationId | null): Expected {
    if (exceeds(one, lines, 'expired')) return refused('exceeds_reservation');
    const asked = lines ?? one.lines.map((line) => ({ line: line.line, quantity: line.units.expired }));
    const wishes = asked
      .filter(({ quantity }) => quantity > 0)
      .map((wish) => ({ ...wish, at: one.lines.find(({ line }) => line === wish.line)?.at ?? null }));
    const [code, granted] = this.#grantWithin(this.#leftFor(one.buyer, one), one.channel, wishes, one.split, only);
    const short = shortOf(wishes, granted);
    if (short.length > 0) return insufficient(short, code);
    if (wishes.length === 0) return { kind: 'accepted' };
    each(one, wishes, 'expired', (line, quantity) => shift(line, 'expired', 'open', quantity));
    one.pinnedUntilMs = outcomeMs;
    return { kind: 'accepted' };
  }

  #commit(one: NaiveReservation, lines: readonly LineQuantity[] | null, keepRest: boolean, orderRef: string): void {
    const before = sum(one.lines.map((line) => line.units.owed));
    each(one, lines, 'open', (line, quantity) => shift(line, 'open', 'owed', quantity));
    if (!keepRest) for (const line of one.lines) shift(line, 'open', 'released', line.units.open);
    if (sum(one.lines.map((line) => line.units.owed)) > before && !one.orders.includes(orderRef)) one.orders.push(orderRef);
  }

  #fulfill(one: NaiveReservation, lines: readonly LineQuantity[] | null): Expected {
    const asked = (lines ?? one.lines.map((line) => ({ line: line.line, quantity: line.units.owed }))).filter(
      ({ quantity }) => quantity > 0,
    );
    const named = one.lines.filter((line) => asked.some((wish) => wish.line === line.line));
    const scarce = this.network.locations.some(({ id }) => this.onHand(id) < sum(named.flatMap((line) => owedAt(line, id))));
    if (scarce && asked.length > 1) return { kind: 'open' };
    const there = (line: NaiveLine): number =>
      sum(this.network.locations.map(({ id }) => Math.min(Math.max(0, this.onHand(id)), sum(owedAt(line, id)))));
    const short = shortOf(
      asked,
      asked.map((wish) => Math.min(wish.quantity, sum(named.filter(({ line }) => line === wish.line).map(there)))),
    );
    if (short.length > 0) return insufficient(short);
    each(one, asked, 'owed', (line, quantity) => shift(line, 'owed', 'fulfilled', quantity));
    return { kind: 'accepted' };
  }

  /** Its open units were needed elsewhere (R28b); only who has not pinned may be asked for that. */
  end(id: ReservationId): boolean {
    const one = this.reservations.find((known) => known.id === id);
    if (one === undefined || statusOf(one) !== 'active') return false;
    for (const line of one.lines) shift(line, 'open', 'released', line.units.open);
    return true;
  }

  /** Goods that a fulfil took from where the core had them promised. */
  left(location: LocationId, units: number): void {
    this.#movements.push({ location, status: 'sellable', units: -units, occurredAtMs: this.#nowMs });
  }

  #move(move: Move, nowMs: number): Expected {
    const { location, status, quantity, kind, to } = move;
    const leaves = kind === 'sold' || kind === 'shipped';
    const occurredAtMs = Math.min(move.occurredAtMs ?? nowMs, nowMs);
    const late = (at: LocationId, of: StockStatus): boolean =>
      this.#counts.some((count) => count.location === at && count.status === of && occurredAtMs <= count.asOfMs);
    const book = (at: LocationId, of: StockStatus, units: number): void => {
      this.#movements.push({ location: at, status: of, units: late(at, of) ? 0 : units, occurredAtMs });
    };
    book(location, status, leaves || to !== null ? -quantity : quantity);
    if (to !== null) book(to.location, to.status, quantity);
    if (!leaves || status !== 'sellable') return BOOKED;
    let left = quantity;
    const named = this.reservations.filter((one) =>
      move.reservation !== null ? one.id === move.reservation : one.orders.includes(move.orderRef ?? ''),
    );
    for (const line of named.toSorted((a, b) => a.createdAtMs - b.createdAtMs).flatMap((one) => one.lines)) {
      const units = Math.min(left, line.units.owed);
      shift(line, 'owed', 'fulfilled', units);
      left -= units;
    }
    return BOOKED;
  }

  /**
   * The ERP has heard of nothing here yet, so all that happened is missing in its number, but for what was reconciled
   * before. Places where units are promised are the ledger's to judge.
   */
  #reconcile({ location, status, quantity, variance, holds, asOfMs }: Reconcile, nowMs: number): Expected {
    if (status === 'sellable' || !('mark' in holds)) return { kind: 'open' };
    const before = this.#reconciled.filter((one) => one.location === location && one.status === status);
    if (before.some(({ mark }) => holds.mark < mark)) return { kind: 'stale' };
    const units = quantity - before.reduce((total, one) => total + one.units, 0);
    if (units !== variance) return { kind: 'changed', variance: units };
    this.#reconciled.push({ location, status, units, mark: holds.mark });
    this.#movements.push({ location, status, units, occurredAtMs: Math.min(asOfMs, nowMs) });
    return { kind: 'applied', variance };
  }

  /** What was counted, and all that happened there after it was. */
  #count({ location, status, quantity, asOfMs: asOf }: Count, nowMs: number): Expected {
    const asOfMs = Math.min(asOf, nowMs);
    const here = <One extends { readonly location: LocationId; readonly status: StockStatus }>(one: One): boolean =>
      one.location === location && one.status === status;
    if (this.#counts.some((one) => here(one) && asOfMs <= one.asOfMs)) return { kind: 'stale' };
    const since = sum(this.#movements.filter((one) => here(one) && one.occurredAtMs > asOfMs).map(({ units }) => units));
    const variance = quantity + since - this.onHand(location, status);
    this.#counts.push({ location, status, asOfMs });
    this.#movements.push({ location, status, units: variance, occurredAtMs: asOfMs });
    return { kind: 'applied', variance };
  }
}

/** The codes of the table for those who ask for open units and find none. */
export const WHY_NOT_CHANGED = {
  active: 'never',
  pinned: 'reservation_pinned',
  committed: 'already_committed',
  fulfilled: 'already_committed',
  cancelled: 'reservation_cancelled',
  released: 'reservation_released',
  expired: 'reservation_expired',
} as const;

export function statusOf({ lines, pinnedUntilMs }: NaiveReservation): keyof typeof WHY_NOT_CHANGED {
  const first = UNIT_CLASSES.find((one) => lines.some((line) => line.units[one] > 0)) ?? 'expired';
  if (first === 'open') return pinnedUntilMs === null ? 'active' : 'pinned';
  return first === 'owed' ? 'committed' : first;
}

function holds({ startsAtMs, endsAtMs }: QuotaPolicy, atMs: number): boolean {
  return atMs >= (startsAtMs ?? 0) && atMs < (endsAtMs ?? Number.MAX_SAFE_INTEGER);
}

function nameOf({ channel, startsAtMs, endsAtMs }: QuotaPolicy): string {
  return `${channel} ${startsAtMs} ${endsAtMs}`;
}

function unusedOf({ quotas }: Terms): number {
  return sum(quotas.map((quota) => Math.max(0, quota.protected - quota.consumed)));
}

function fulfilledOf({ lines }: NaiveReservation): number {
  return sum(lines.map(({ units }) => units.fulfilled));
}

export function backorderedOf(line: NaiveLine): number {
  return line.units.open - placedOf(line, 'open') + line.units.owed - placedOf(line, 'owed');
}

export function placesOf({ openAt, owedAt: owed }: Line): NaiveLine['places'] {
  return [...openAt.map((one) => ({ of: 'open' as const, ...one })), ...owed.map((one) => ({ of: 'owed' as const, ...one }))];
}

function placedOf(line: NaiveLine, of: 'open' | 'owed'): number {
  let units = 0;
  for (const one of line.places) if (one.of === of) units += one.quantity;
  return units;
}

function owedAt(line: NaiveLine, location: LocationId): readonly number[] {
  return line.places.filter((one) => one.of === 'owed' && one.location === location).map((one) => one.quantity);
}

function shift(line: NaiveLine, from: UnitClass, to: UnitClass, quantity: number): void {
  line.units[from] -= quantity;
  line.units[to] += quantity;
}

function each(
  one: NaiveReservation,
  lines: readonly LineQuantity[] | null,
  of: UnitClass,
  then: (line: NaiveLine, quantity: number) => void,
): void {
  for (const line of one.lines) {
    const quantity = lines === null ? line.units[of] : (lines.find((asked) => asked.line === line.line)?.quantity ?? 0);
    if (quantity > 0) then(line, quantity);
  }
}

function exceeds(one: NaiveReservation, lines: readonly LineQuantity[] | null, of: UnitClass): boolean {
  return (lines ?? []).some(({ line, quantity }) => quantity > (one.lines.find((known) => known.line === line)?.units[of] ?? 0));
}

function shortOf(wishes: readonly LineQuantity[], granted: readonly number[]): readonly ShortLine[] {
  return wishes
    .map(({ line, quantity }, index) => ({ line, requested: quantity, available: granted[index] ?? 0 }))
    .filter(({ requested, available }) => available < requested);
}

const BOOKED: Expected = { kind: 'applied', variance: null };

function refused(code: string): Expected {
  return { kind: 'refused', rejection: { code } };
}

function insufficient(lines: readonly ShortLine[], code = 'insufficient_stock'): Expected {
  return { kind: 'refused', rejection: { code, lines } };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
