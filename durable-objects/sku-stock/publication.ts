import type { Entry } from '../../domain/event.ts';
import type { Network } from '../../domain/network.ts';
import { shownByChannel } from '../../domain/label.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import {
  GATHER_MS,
  LISTED_BYTES_MAX,
  LOOKED_AT_MIN,
  NEWS_CHANNELS_MAX,
  REPORT_ANSWERED_MS,
  REPORT_WAITING_MS,
  REPUBLISH_MAX_MS,
  REPUBLISH_MS,
} from './limits.ts';
import { firstWithin } from './message-size.ts';
import { newsOf, type News } from './news.ts';
import { behind, entryThrough } from './positions.ts';
import type { ChangedCase, ChangeMessage, Counters, StockEvent } from './protocol.ts';
import { readMeta, writeMeta } from './schema.ts';
import type { StockLog } from './stock-log.ts';
import { Thresholds } from './thresholds.ts';

interface Stored {
  readonly through: Through;
  readonly counters: Counters;
  /** Entries up to here have nothing to list; absent where it was stored before that was noted. */
  readonly nothingThrough?: number;
}
interface Through {
  readonly sequence: number;
  readonly asOfMs: number;
  /** Absent where it was stored before there were parts of an entry. */
  readonly position?: number;
}
interface Sent extends Omit<Through, 'position'> {
  readonly through: number;
  readonly atMs: number;
  readonly attempt: number;
}

const NOTHING_YET: Through = { sequence: 0, asOfMs: 0 };
const NO_COUNTERS: Counters = { reserved: 0, refused: {}, lapsed: 0, duplicates: 0, replays: 0, posted: 0, retries: 0 };

/** What the read models are to know, sent again until they said that they have it (`published_through`). */
export class Publication {
  readonly #sql: SqlStorage;
  readonly #log: StockLog;
  readonly #thresholds: Thresholds;
  #through: Through = NOTHING_YET;
  #counters: Counters = NO_COUNTERS;
  #nothingThrough = 0;
  #listed: News[] = [];
  /** When the oldest news came that no message carries yet. */
  #changedAtMs: number | null = null;
  #touched = false;
  /** Something happened since the last message that waits for nobody. */
  #urgent = false;
  #sent: Sent | null = null;
  #lastSentMs = 0;

  constructor(storage: DurableObjectStorage, log: StockLog) {
    this.#sql = storage.sql;
    this.#log = log;
    this.#thresholds = new Thresholds(storage.sql);
  }

  /** What the read models were not told, or did not acknowledge, is told again. */
  read(): void {
    const stored = readMeta(this.#sql, 'publication');
    const {
      through,
      counters,
      nothingThrough = 0,
    }: Stored = stored === null ? { through: NOTHING_YET, counters: NO_COUNTERS } : (JSON.parse(stored) as Stored);
    this.#through = through;
    this.#counters = counters;
    this.#nothingThrough = nothingThrough;
    this.#listed = [];
    this.#sent = null;
    const position = positionOfThrough(through);
    const heard = entryThrough(position);
    // What has nothing to list changed the numbers all the same.
    this.#changedAtMs = nothingThrough > heard ? this.#log.found().lastNowMs : null;
    for (const entry of this.#log.journal.entriesAfter(Math.max(heard, nothingThrough))) this.#list(entry);
    const crossed = this.#thresholds.read(position).map((event) => newsOfOne(event));
    this.#listed = [...this.#listed.filter((one) => one.position > position), ...crossed].sort((a, b) => a.position - b.position);
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

  #list(entry: Entry): void {
    this.#changedAtMs ??= entry.atMs;
    const stock = this.#log.stock();
    const news = newsOf(entry, (id) => (stock === null ? null : (this.#log.reservation(stock, id)?.channel ?? null)));
    this.#listed.push(...news);
    // Who waits for an operator or for a lapsed reservation can wait a second; a buyer whose units were moved is told at once.
    this.#urgent ||= news.some(({ events }) => events.some(({ type }) => type !== 'reservation.expired'));
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

  /**
   * Looks at what channels are shown now. Whether there is news that waits for nobody: a channel's word (sold out, back,
   * low) changed, a case moved, or promises were moved.
   */
  isUrgent(snapshot: Snapshot, network: Network): boolean {
    if (this.#changedAtMs === null) return false;
    const { sequence, asOfMs: atMs } = snapshot;
    const heard = positionOfThrough(this.#through);
    const through = Math.max(heard, this.#sent?.through ?? 0);
    const crossed = this.#thresholds.look(shownByChannel(snapshot, network), { sequence, atMs, through, heard });
    if (crossed !== null) {
      this.#listed.push(newsOfOne(crossed));
      this.#urgent = true;
    }
    return this.#urgent;
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
    const last = listed.at(-1)?.position ?? 0;
    const through = all ? Math.max(behind(snapshot.sequence), last, positionOfThrough(this.#through)) : last;
    const attempt = (this.#sent?.attempt ?? 0) + 1;
    this.#sent = { sequence: snapshot.sequence, asOfMs: snapshot.asOfMs, through, atMs: nowMs, attempt };
    this.#lastSentMs = nowMs;
    this.#changedAtMs = all ? null : nowMs;
    this.#touched = false;
    this.#urgent = false;
    return {
      sku: snapshot.sku,
      snapshot,
      waiting,
      counters: this.#counters,
      cases: newestOfEach(listed.flatMap((one) => one.case ?? [])),
      orders: listed.flatMap((one) => one.order ?? []),
      events: listed.flatMap(({ events }) => events),
      through,
      offers: offersOf(snapshot, network),
    };
  }

  /** The read models hold the change that was true then. */
  acknowledge({ sequence, asOfMs }: Omit<Through, 'position'>): void {
    const sent = this.#sent;
    if (sent === null || asOfMs < sent.asOfMs || sequence < sent.sequence) return;
    this.#through = { sequence: entryThrough(sent.through), asOfMs: sent.asOfMs, position: sent.through };
    this.#listed = this.#listed.filter((one) => one.position > sent.through);
    this.#sent = null;
    // An object that is put to sleep would not know of it, and tell the same again whenever its alarm rings.
    this.#save();
  }

  /** A message that was sent again may have been heard by nobody for long: what was counted meanwhile is kept by us. */
  saveIfUnheard(): void {
    if (this.#sent !== null && this.#sent.attempt > 1) this.#save();
  }

  /** Remembers that a long stretch of entries has nothing to list, so that start-up stays short where nobody hears of them for a while. */
  saveProgress(head: number): void {
    const known = Math.max(this.#nothingThrough, entryThrough(positionOfThrough(this.#through)));
    if (head - known < LOOKED_AT_MIN || !this.#listed.every(isCrossing)) return;
    this.#nothingThrough = head;
    this.#save();
  }

  /** One row per message that is heard; a crash may forget what was counted since the last. */
  #save(): void {
    const stored: Stored = { through: this.#through, counters: this.#counters, nothingThrough: this.#nothingThrough };
    writeMeta(this.#sql, 'publication', JSON.stringify(stored));
  }
}

function positionOfThrough({ sequence, position }: Through): number {
  return position ?? behind(sequence);
}

/** It is kept in a row of its own. */
function isCrossing({ events }: News): boolean {
  return events[0]?.type === 'availability.threshold';
}

function newsOfOne(event: StockEvent): News {
  return { position: event.position, case: null, order: null, events: [event] };
}

function offersOf(snapshot: Snapshot, network: Network): ChangeMessage['offers'] {
  const shown = shownByChannel(snapshot, network);
  return shown.size > NEWS_CHANNELS_MAX ? null : [...shown].map(([channel, now]) => ({ channel, ...now }));
}

function newestOfEach(cases: readonly ChangedCase[]): readonly ChangedCase[] {
  return [...new Map(cases.map((one) => [one.number, one])).values()];
}
