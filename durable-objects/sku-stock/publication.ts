import type { Entry } from '../../domain/event.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { statusByChannel } from '../../domain/label.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { GATHER_MS, LISTED_BYTES_MAX, REPORT_ANSWERED_MS, REPORT_WAITING_MS, REPUBLISH_MAX_MS, REPUBLISH_MS } from './limits.ts';
import { firstWithin } from './message-size.ts';
import type { ChangedCase, ChangeMessage, Counters } from './protocol.ts';
import { readMeta, writeMeta } from './schema.ts';
import type { StockLog } from './stock-log.ts';

interface Stored {
  readonly through: Through;
  readonly counters: Counters;
}
interface Through {
  readonly sequence: number;
  readonly asOfMs: number;
}
interface Listed {
  readonly sequence: number;
  readonly case: ChangedCase | null;
  readonly order: { readonly orderRef: string; readonly reservation: ReservationId } | null;
}
interface Sent extends Through {
  readonly listedThrough: number;
  readonly atMs: number;
  readonly attempt: number;
}

const NO_COUNTERS: Counters = { reserved: 0, refused: {}, lapsed: 0, duplicates: 0, replays: 0, posted: 0, retries: 0 };

/** What the read models are to know, sent again until they said that they have it (`published_through`). */
export class Publication {
  readonly #sql: SqlStorage;
  readonly #log: StockLog;
  #through: Through = { sequence: 0, asOfMs: 0 };
  #counters: Counters = NO_COUNTERS;
  #listed: Listed[] = [];
  /** When the oldest news came that no message carries yet. */
  #changedAtMs: number | null = null;
  #touched = false;
  /** A case opened, changed or closed since the last message. */
  #caseMoved = false;
  #sent: Sent | null = null;
  #lastSentMs = 0;
  #statuses = '';

  constructor(storage: DurableObjectStorage, log: StockLog) {
    this.#sql = storage.sql;
    this.#log = log;
  }

  /** `now` is what was true when memory was read: only what differs from it is news. */
  read(now: Pick<Snapshot, 'status' | 'terms'>, network: Network): void {
    this.#statuses = describe(now, network);
    const stored = readMeta(this.#sql, 'publication');
    const { through, counters } =
      stored === null ? { through: { sequence: 0, asOfMs: 0 }, counters: NO_COUNTERS } : (JSON.parse(stored) as Stored);
    this.#through = through;
    this.#counters = counters;
    this.#listed = [];
    this.#sent = null;
    this.#changedAtMs = null;
    for (const entry of this.#log.journal.entriesAfter(through.sequence)) this.#list(entry);
  }

  /** The read models know what was true then, or later. */
  get throughMs(): number {
    return this.#through.asOfMs;
  }

  /** What is offered changed by time alone, or because the ERP spoke again: there is no entry that says so. */
  offersChanged(nowMs: number): void {
    this.#changedAtMs ??= nowMs;
  }

  /** Takes new entries into account once they are stored. */
  note(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#list(entry);
      if (entry.event.type === 'reserved') this.add({ reserved: 1 });
      if (entry.event.type === 'expired') this.add({ lapsed: entry.event.reservations.length });
    }
  }

  #list({ sequence, atMs, event }: Entry): void {
    this.#changedAtMs ??= atMs;
    this.#caseMoved ||= event.type === 'case_opened' || event.type === 'case_changed' || event.type === 'case_closed';
    if (event.type === 'case_opened') {
      const { about, difference } = event;
      this.#listed.push({
        sequence,
        order: null,
        case: { number: sequence, about, difference, openedAtMs: atMs, closedAtMs: null },
      });
    }
    if (event.type === 'case_changed') this.#listed.push({ sequence, order: null, case: { ...event.case, closedAtMs: null } });
    if (event.type === 'case_closed') this.#listed.push({ sequence, order: null, case: { ...event.case, closedAtMs: atMs } });
    if (event.type === 'committed') {
      const { orderRef, reservation } = event;
      this.#listed.push({ sequence, case: null, order: { orderRef, reservation } });
    }
  }

  add(more: Partial<Omit<Counters, 'refused'>>): void {
    const next: Record<string, number> = {};
    for (const [name, by] of Object.entries(more)) next[name] = (this.#counters[name as keyof typeof more] ?? 0) + by;
    this.#counters = { ...this.#counters, ...next };
  }

  addRefusal(code: string): void {
    const { refused } = this.#counters;
    this.#counters = { ...this.#counters, refused: { ...refused, [code]: (refused[code] ?? 0) + 1 } };
  }

  /** Postings were answered: news for the operators, not for a buyer. */
  touch(): void {
    this.#touched = true;
  }

  /** Whether a channel's word (sold out, back, low) differs from what was sent last, or a case moved: such news waits for nobody. */
  isUrgent(snapshot: Snapshot, network: Network): boolean {
    return this.#changedAtMs !== null && (this.#caseMoved || describe(snapshot, network) !== this.#statuses);
  }

  /**
   * When the next message is due, or null. One is under way at a time: what changes meanwhile goes with the next, so
   * that a projection that lags is not sent more by those who wait for it (F33).
   */
  dueMs(waiting: number): number | null {
    if (this.#sent !== null) return this.#sent.atMs + Math.min(REPUBLISH_MS * 2 ** (this.#sent.attempt - 1), REPUBLISH_MAX_MS);
    const fresh = this.#changedAtMs === null ? Infinity : this.#changedAtMs + GATHER_MS;
    const quiet = this.#touched ? this.#lastSentMs + REPORT_ANSWERED_MS : Infinity;
    const report = waiting > 0 ? this.#lastSentMs + REPORT_WAITING_MS : Infinity;
    const due = Math.min(fresh, quiet, report);
    return due === Infinity ? null : due;
  }

  message(snapshot: Snapshot, network: Network, waiting: ChangeMessage['waiting'], nowMs: number): ChangeMessage {
    // As many as fit the message beside the snapshot; the rest goes with the next.
    const listed = firstWithin(LISTED_BYTES_MAX, this.#listed);
    const all = listed.length === this.#listed.length;
    const listedThrough = all ? snapshot.sequence : (listed.at(-1)?.sequence ?? 0);
    const attempt = (this.#sent?.attempt ?? 0) + 1;
    this.#sent = { sequence: snapshot.sequence, asOfMs: snapshot.asOfMs, listedThrough, atMs: nowMs, attempt };
    this.#lastSentMs = nowMs;
    this.#changedAtMs = all ? null : nowMs;
    this.#touched = false;
    this.#caseMoved = false;
    this.#statuses = describe(snapshot, network);
    return {
      sku: snapshot.sku,
      snapshot,
      waiting,
      counters: this.#counters,
      cases: newestOfEach(listed.flatMap((one) => one.case ?? [])),
      orders: listed.flatMap((one) => one.order ?? []),
    };
  }

  /** The read models hold the change that was true then. */
  acknowledge({ sequence, asOfMs }: Through): void {
    const sent = this.#sent;
    if (sent === null || asOfMs < sent.asOfMs || sequence < sent.sequence) return;
    this.#through = { sequence: sent.listedThrough, asOfMs: sent.asOfMs };
    this.#listed = this.#listed.filter((one) => one.sequence > sent.listedThrough);
    this.#sent = null;
  }

  /** Counters and progress are written with the alarm's work only: a crash may forget a second of counting. */
  save(): void {
    writeMeta(this.#sql, 'publication', JSON.stringify({ through: this.#through, counters: this.#counters } satisfies Stored));
  }
}

function describe(snapshot: Pick<Snapshot, 'status' | 'terms'>, network: Network): string {
  return JSON.stringify([...statusByChannel(snapshot, network)]);
}

function newestOfEach(cases: readonly ChangedCase[]): readonly ChangedCase[] {
  return [...new Map(cases.map((one) => [one.number, one])).values()];
}
