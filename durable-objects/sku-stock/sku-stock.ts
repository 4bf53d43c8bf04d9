import { DurableObject } from 'cloudflare:workers';
import type { Comparison } from '../../domain/comparison.ts';
import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import { demandSince, noteReader, type Demand } from '../../domain/demand.ts';
import { earliest, nextEdgeMs } from '../../domain/edges.ts';
import { freshForMs } from '../../domain/freshness.ts';
import { nextDeadline } from '../../domain/lapse.ts';
import { EMPTY_NETWORK } from '../../domain/network.ts';
import type { Surroundings } from '../../domain/placement.ts';
import { withOwed } from '../../domain/owed.ts';
import { ISSUE_AT, type IssueAt } from '../../domain/posting.ts';
import { promisedAtMs } from '../../domain/promise.ts';
import { consumedUnder } from '../../domain/quotas.ts';
import { isShed } from '../../domain/shed.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { saysSoldOut } from '../../domain/sold-out.ts';
import { DEFAULT_POLICY, type Reservation, type Stock } from '../../domain/stock.ts';
import { termsOf } from '../../domain/terms.ts';
import type { Standing } from '../../domain/variance.ts';
import { Archive } from './archive.ts';
import { Audit } from './audit.ts';
import { readCheckpoint } from './checkpoint.ts';
import { compare, type CompareAsked } from './compare.ts';
import { Commands } from './commands.ts';
import { explain } from './explain.ts';
import { GroupCommit } from './group-commit.ts';
import { AUDIT_ENTRIES_AT_ONCE, OVERLOADED_RETRY_MS, WAITING_COMMANDS_MAX } from './limits.ts';
import { openOrdersDue } from './open-orders.ts';
import { Outbox } from './outbox.ts';
import type {
  Call,
  CallResult,
  ChangeMessage,
  Consumption,
  Explained,
  MovementsMessage,
  OrderTaking,
  PostingOutcome,
  Proof,
  Replayed,
  Reply,
  Seen,
  SkuStockServed,
  WaitingPosting,
  WantedAgain,
} from './protocol.ts';
import { Publication } from './publication.ts';
import { Reminder } from './reminder.ts';
import { StockLog } from './stock-log.ts';

/** What the object needs of its surroundings. */
export interface SkuStockEnv {
  readonly ERP_MOVEMENTS: Queue<MovementsMessage>;
  readonly STOCK_CHANGES: Queue<ChangeMessage>;
  readonly ARCHIVE: R2Bucket;
  readonly ERP_ISSUE_AT: string;
  readonly FRESH_FOR_MS_MAX: string;
  readonly PIN_OUTCOME_SECONDS: string;
}

/** One SKU: everything that is promised of it is promised here, one command after the other. */
export class SkuStock extends DurableObject<SkuStockEnv> implements SkuStockServed {
  readonly #log: StockLog;
  readonly #outbox: Outbox;
  readonly #publication: Publication;
  readonly #commands: Commands;
  readonly #commits: GroupCommit<Call, CallResult>;
  readonly #archive: Archive;
  readonly #reminder: Reminder;
  readonly #freshForMsMax: number;
  readonly #demand: Demand;

  constructor(ctx: DurableObjectState, env: SkuStockEnv) {
    super(ctx, env);
    const sku = (ctx.id.name ?? '') as Sku;
    this.#log = new StockLog(ctx.storage, sku);
    this.#outbox = new Outbox(ctx.storage, this.#log, sku, issueAtOf(env));
    this.#publication = new Publication(ctx.storage, this.#log);
    this.#demand = demandSince(Date.now());
    this.#commands = new Commands(
      ctx.storage.sql,
      this.#log,
      this.#outbox,
      this.#publication,
      this.#demand,
      Number(env.PIN_OUTCOME_SECONDS) * 1_000,
    );
    this.#commits = new GroupCommit(
      ctx.storage,
      (call) => this.#withLesson(call, this.#commands.run(call)),
      () => this.#afterwards(),
    );
    this.#archive = new Archive(ctx.storage, this.#log, env.ARCHIVE, sku, (nowMs) => this.#outbox.unsettled(nowMs));
    this.#reminder = new Reminder(ctx.storage);
    this.#freshForMsMax = Number(env.FRESH_FOR_MS_MAX);
    void ctx.blockConcurrencyWhile(() => this.#reminder.read());
  }

  /** Answers after the commit that carries it; callers that arrive meanwhile share the next one. */
  execute(call: Call): Promise<CallResult> | CallResult {
    if (this.#isTooMuch(call)) return { outcome: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS };
    return this.#commits.submit(call, call.asked.length);
  }

  /** While nothing waits, nothing is turned away; and then this costs nothing. */
  #isTooMuch({ network, asked }: Call): boolean {
    const { waiting } = this.#commits;
    if (waiting === 0) return false;
    const known = network ?? (this.#commands.stock() === null ? EMPTY_NETWORK : this.#log.network());
    const commands = asked.map(({ command }) => command);
    return isShed(commands, waiting, WAITING_COMMANDS_MAX, known);
  }

  /** Who was refused because nothing is left may tell so to those behind (R91). */
  #withLesson({ asked }: Call, result: CallResult): CallResult {
    if (result.outcome !== 'done' || !asked.some(({ learns }) => learns === true)) return result;
    const stock = this.#commands.stock();
    if (stock === null || !result.replies.some(isSoldOut)) return result;
    const snapshot = this.#freshSnapshotOf(stock);
    const replies = result.replies.map((reply, index) =>
      asked[index]?.learns === true && isSoldOut(reply) ? { ...reply, snapshot } : reply,
    );
    return { ...result, replies };
  }

  snapshot(): Snapshot | null {
    const stock = this.#current();
    return stock === null ? null : this.#freshSnapshotOf(stock);
  }

  reservation(id: ReservationId): Seen<Reservation> | null {
    const stock = this.#current();
    const value = stock === null ? null : this.#log.reservation(stock, id);
    if (stock === null || value === null) return null;
    const promised = promisedAtMs(stock, value, this.#surroundings(stock));
    return { value, sequence: stock.sequence, asOfMs: stock.lastNowMs, promisedAtMs: promised };
  }

  snapshotWith(id: ReservationId): { readonly snapshot: Snapshot; readonly reservation: Reservation | null } | null {
    const stock = this.#current();
    return stock === null ? null : { snapshot: this.#snapshotOf(stock), reservation: this.#log.reservation(stock, id) };
  }

  explain(page: {
    readonly channel: ChannelId | null;
    readonly after: ReservationId | null;
    readonly limit: number;
  }): Explained | null {
    const stock = this.#current();
    return stock === null
      ? null
      : explain(stock, this.#snapshotOf(stock), this.#log, this.#outbox, this.#surroundings(stock), page);
  }

  waiting({ after, limit }: { readonly after: number; readonly limit: number }): readonly WaitingPosting[] {
    return this.#current() === null ? [] : this.#outbox.waiting(after, limit);
  }

  consumption(): readonly Consumption[] | null {
    const stock = this.#current();
    if (stock === null) return null;
    const { quotas } = stock.item?.policy ?? DEFAULT_POLICY;
    return quotas.map((quota) => ({ channel: quota.channel, consumed: consumedUnder(stock, quota) }));
  }

  /** Whoever wants something meanwhile has a turn between the steps. */
  async proof(): Promise<Proof | null> {
    for (let audit = this.#beginAudit(); audit !== null;) {
      const checks = audit.next(AUDIT_ENTRIES_AT_ONCE);
      const { segmentHash: head, throughMs } = readCheckpoint(this.ctx.storage.sql);
      if (checks !== null)
        return { sequence: audit.sequence, checks, archive: { head, throughMs }, openOrders: this.#openOrders() };
      await this.ctx.storage.sync();
      if (audit.isOvertaken) audit = this.#beginAudit();
    }
    return null;
  }

  #openOrders(): readonly OrderTaking[] {
    const stock = this.#current();
    return stock === null ? [] : openOrdersDue(stock, Date.now());
  }

  #beginAudit(): Audit | null {
    const stock = this.#current();
    return stock === null ? null : new Audit(this.ctx.storage.sql, stock, this.#log, this.#outbox);
  }

  acknowledge(outcomes: readonly PostingOutcome[]): void {
    if (this.#current() === null) return;
    this.#commands.acknowledge(outcomes);
    this.#afterwards();
    // What piled up behind the answered flush need not wait for the alarm.
    const stock = this.#commands.stock();
    const flush = stock === null ? null : this.#takeFlush(stock);
    if (flush !== null) this.#sendSoon(this.env.ERP_MOVEMENTS.send(flush));
  }

  replay(wanted: readonly WantedAgain[]): readonly Replayed[] {
    const stock = this.#current();
    if (stock === null) return wanted.map(({ sequence }) => ({ sequence, outcome: 'none' }));
    const replayed = this.#commands.replay(wanted);
    this.#afterwards();
    return replayed;
  }

  wake(): boolean {
    const stock = this.#current();
    if (stock === null || !this.#outbox.hurry(this.#commands.nowMs(stock))) return false;
    const flush = this.#takeFlush(stock);
    if (flush !== null) this.#sendSoon(this.env.ERP_MOVEMENTS.send(flush));
    this.#arm(stock);
    return flush !== null;
  }

  published(change: { readonly sequence: number; readonly asOfMs: number }): void {
    const stock = this.#current();
    if (stock === null) return;
    this.#publication.acknowledge(change);
    // What changed while that message was under way waited for this answer, and not for the alarm that would repeat it.
    this.#arm(stock);
  }

  standing(): Standing | null {
    const stock = this.#current();
    return stock === null ? null : { ...this.#outbox.standing(), sequence: stock.sequence };
  }

  compare(asked: CompareAsked): Comparison | null {
    const stock = this.#current();
    if (stock === null) return null;
    const { books } = this.#commands;
    return compare(stock, asked, { books, log: this.#log, outbox: this.#outbox, nowMs: this.#commands.nowMs(stock) });
  }

  /** One alarm for everything that time brings: it catches all and is always armed again. */
  override async alarm(): Promise<void> {
    const startedAtMs = Date.now();
    this.#reminder.rang(startedAtMs);
    try {
      const stock = this.#current();
      if (stock === null) return;
      // All that is written stands in one commit, before anything leaves.
      const flush = this.#takeFlush(stock);
      const change = this.#takeChangeIfDue(stock);
      this.#reminder.succeeded();
      this.#arm(stock);
      await Promise.all([flush && this.env.ERP_MOVEMENTS.send(flush), change && this.env.STOCK_CHANGES.send(change)]);
      if (await this.#archive.run(stock, this.#commands.nowMs(stock))) this.#arm(stock);
      this.#logLine({
        flushed: flush?.postings.length ?? 0,
        published: change !== null,
        sequence: stock.sequence,
        durationMs: Date.now() - startedAtMs,
      });
    } catch (error) {
      const retryMs = this.#reminder.failed(Date.now());
      this.#logLine({ error: String(error), retryMs, durationMs: Date.now() - startedAtMs });
    }
  }

  /** The stock as it is now: what was due has lapsed, and a row was read (F45). */
  #current(): Stock | null {
    const stock = this.#commands.stock();
    if (stock === null) return null;
    this.#log.touch();
    const dueMs = this.#commands.dueMs(stock);
    if (dueMs !== null && dueMs <= this.#commands.nowMs(stock)) {
      this.#commands.letTimePass();
      this.#afterwards();
    }
    return stock;
  }

  #surroundings(stock: Stock): Surroundings {
    return { ...this.#commands.moment(this.#commands.nowMs(stock)), network: this.#log.network() };
  }

  /** For this moment alone. */
  #snapshotOf(stock: Stock): Snapshot {
    const asOfMs = this.#commands.nowMs(stock);
    return {
      sku: stock.sku,
      status: stock.item?.status ?? 'active',
      terms: withOwed(termsOf(stock, this.#commands.moment(asOfMs)), stock, this.#log.network()),
      sequence: stock.sequence,
      asOfMs,
      freshForMs: 0,
    };
  }

  /** For readers, who may show it for as long as it says: never beyond the next deadline (R39, R90). */
  #freshSnapshotOf(stock: Stock): Snapshot {
    const snapshot = this.#snapshotOf(stock);
    const { terms, asOfMs } = snapshot;
    const network = this.#log.network();
    const edgeMs = nextEdgeMs(stock, network, this.#commands.moment(asOfMs));
    const untilMs = earliest(nextDeadline(stock)?.atMs ?? null, edgeMs) ?? Infinity;
    const byDemandMs = freshForMs(terms, network, this.#demand, asOfMs, this.#freshForMsMax);
    const shownMs = Math.max(0, Math.min(byDemandMs, untilMs - asOfMs));
    noteReader(this.#demand, shownMs, asOfMs);
    return { ...snapshot, freshForMs: shownMs };
  }

  /** In the turn of every change: news goes out, and the alarm is set for what comes next. */
  #afterwards(): void {
    const stock = this.#commands.stock();
    if (stock === null) return;
    try {
      if (this.#publication.isUrgent(this.#snapshotOf(stock), this.#log.network())) {
        this.#sendSoon(this.env.STOCK_CHANGES.send(this.#takeChange(stock)));
      }
    } finally {
      // Whatever became of the news, nothing that was answered may be left without a reminder.
      this.#arm(stock);
    }
  }

  #arm(stock: Stock): void {
    const dueMs = earliest(
      this.#commands.dueMs(stock),
      this.#outbox.nextFlushMs(),
      this.#publication.dueMs(this.#outbox.waitingCount),
      this.#archive.nextMs(stock),
    );
    this.#reminder.armBy(dueMs, Date.now());
  }

  #takeFlush(stock: Stock): MovementsMessage | null {
    this.#commands.settle();
    return this.#outbox.take(this.#commands.nowMs(stock));
  }

  #takeChangeIfDue(stock: Stock): ChangeMessage | null {
    const dueMs = this.#publication.dueMs(this.#outbox.waitingCount);
    if (dueMs === null || dueMs > this.#commands.nowMs(stock)) return null;
    const change = this.#takeChange(stock);
    this.#publication.saveIfUnheard();
    return change;
  }

  #takeChange(stock: Stock): ChangeMessage {
    const waiting = { ...this.#outbox.waitingSince(), failed: this.#outbox.failed };
    return this.#publication.message(this.#snapshotOf(stock), this.#log.network(), waiting, this.#commands.nowMs(stock));
  }

  /** Sends without keeping anybody waiting; should it fail, the alarm sends it again. */
  #sendSoon(sending: Promise<unknown>): void {
    this.ctx.waitUntil(sending.catch((error: unknown) => this.#logLine({ error: String(error) })));
  }

  #logLine(words: Readonly<Record<string, unknown>>): void {
    console.log(JSON.stringify({ alarm: 'sku-stock', sku: this.ctx.id.name, ...words }));
  }
}

function isSoldOut(reply: Reply): boolean {
  return reply.outcome === 'answered' && saysSoldOut(reply.answer);
}

function issueAtOf(env: SkuStockEnv): IssueAt {
  const found = ISSUE_AT.find((one) => one === env.ERP_ISSUE_AT);
  if (found === undefined) throw new Error(`ERP_ISSUE_AT must be one of ${ISSUE_AT.join(', ')}`);
  return found;
}
