import type { Bug } from '../bug.ts';
import { HISTORIES, IN_OBJECT, inRuntime, SIMULATION } from '../checks.ts';

/** What is stored, in which turn, and what survives. */
export const OBJECT: readonly Bug[] = [
  {
    id: 'no-idempotency-record',
    rule: 'R5 R7 I9',
    file: 'durable-objects/sku-stock/commands.ts',
    find: 'keep === null || !isKept(answer)\n',
    replace: "keep === null || !isKept(answer) || command.type !== 'reserve'\n",
    caughtBy: SIMULATION,
  },
  {
    id: 'key-record-in-second-turn',
    rule: 'R7 I9 F02',
    file: 'durable-objects/sku-stock/commands.ts',
    find: '    this.#log.record(stock, entries, nowMs, answered);\n',
    replace:
      '    this.#log.record(stock, entries, nowMs, null);\n    const later = (): void => this.#log.inOneTurn(() => this.#log.record(stock, [], nowMs, answered));\n    if (answered !== null) setTimeout(() => void Promise.try(later).catch(() => undefined), 5);\n',
    caughtBy: SIMULATION,
  },
  {
    id: 'answer-before-write',
    rule: 'R37 I10 I20',
    file: 'durable-objects/sku-stock/stock-log.ts',
    find: 'for (const entry of entries) this.journal.append(period, entry);',
    replace: 'setTimeout(() => entries.forEach((entry) => this.journal.append(period, entry)), 20);',
    caughtBy: SIMULATION,
  },
  {
    id: 'stale-memory-read',
    rule: 'R39 I4 I19 F45',
    file: 'durable-objects/sku-stock/sku-stock.ts',
    find: `    const stock = this.#current();
    return stock === null ? null : this.#freshSnapshotOf(stock);
  }

  reservation(`,
    replace: `    const stock = this.#current();
    const was = this.#seen;
    if (stock !== null && (was === null || was.asOfMs + 300 < this.#commands.nowMs(stock))) this.#seen = this.#freshSnapshotOf(stock);
    return this.#seen;
  }

  #seen: Snapshot | null = null;

  reservation(`,
    caughtBy: HISTORIES,
  },
  {
    id: 'no-tombstone',
    rule: 'R20 I15 F21',
    file: 'durable-objects/sku-stock/commands.ts',
    find: "if (command.type === 'reserve' && recalled !== null) return this.#tooLate(stock, asked);",
    replace: "if (command.type === 'reserve' && stock.live.has(id)) return this.#tooLate(stock, asked);",
    caughtBy: inRuntime('test/workerd/cart-lines.test.ts'),
  },
  {
    id: 'body-not-compared',
    rule: 'R3 R5 F31',
    file: 'durable-objects/sku-stock/commands.ts',
    find: "if (earlier.fingerprint !== key.fingerprint) return { entries: [], result: { outcome: 'key_reused' } };",
    replace: '',
    caughtBy: IN_OBJECT,
  },
  {
    id: 'memory-survives-a-throw',
    rule: 'R37 I10 F02',
    file: 'durable-objects/sku-stock/stock-log.ts',
    find: '    } catch (error) {\n      this.forgetMemory();\n      throw error;',
    replace: '    } catch (error) {\n      throw error;',
    caughtBy: IN_OBJECT,
  },
  {
    id: 'archive-chain-not-linked',
    rule: 'R63',
    file: 'durable-objects/sku-stock/archive.ts',
    find: 'previous_sha256: hash };',
    replace: 'previous_sha256: null };',
    caughtBy: IN_OBJECT,
  },
  {
    id: 'checkpoint-one-behind',
    rule: 'I1 I10',
    file: 'durable-objects/sku-stock/checkpoint.ts',
    find: 'for (const entry of entries) {\n    sequence = entry.sequence;',
    replace: 'for (const entry of [...entries].slice(0, -1)) {\n    sequence = entry.sequence;',
    caughtBy: IN_OBJECT,
  },
  {
    id: 'older-network-taken',
    rule: 'R40',
    file: 'durable-objects/sku-stock/commands.ts',
    find: "if (networkVersion !== null && networkVersion < seen) return { outcome: 'network_stale' };",
    replace: '',
    caughtBy: IN_OBJECT,
  },
  {
    id: 'alarm-not-set-after-it-rang',
    rule: 'R12 I12 I16',
    file: 'durable-objects/sku-stock/sku-stock.ts',
    find: 'this.#reminder.succeeded();\n      this.#arm(stock);',
    replace: 'this.#reminder.succeeded();',
    caughtBy: SIMULATION,
  },
  {
    id: 'news-taken-for-heard',
    rule: 'I16 F08',
    file: 'durable-objects/sku-stock/publication.ts',
    find: 'this.#listed = this.#listed.filter((one) => one.position > sent.through);',
    replace: 'this.#listed = [];',
    caughtBy: SIMULATION,
  },
  {
    id: 'closed-only-this-week',
    rule: 'R5 R8 R20',
    file: 'durable-objects/sku-stock/stock-log.ts',
    find: 'for (const period of this.journal.periods.toReversed()) {',
    replace: 'for (const period of this.journal.periods.slice(-1)) {',
    caughtBy: SIMULATION,
  },
  {
    id: 'archived-a-week-early',
    rule: 'R8',
    file: 'durable-objects/sku-stock/archive.ts',
    find: 'period <= current - PERIODS_KEPT && period',
    replace: 'period <= current - PERIODS_KEPT + 1 && period',
    caughtBy: IN_OBJECT,
  },
  {
    id: 'call-from-before-heard',
    rule: 'R20',
    file: 'durable-objects/sku-stock/commands.ts',
    find: 'if (kept.some(({ order }) => (order ?? 0) > (key.order ?? Infinity))) return',
    replace: 'if (kept.some(({ order }) => (order ?? 0) > Infinity)) return',
    caughtBy: inRuntime('test/workerd/carts.test.ts'),
  },
  {
    id: 'progress-over-what-waits',
    rule: 'I11 I12 F46',
    file: 'durable-objects/sku-stock/outbox.ts',
    find: 'if (this.#pending.length > 0 || head - ',
    replace: 'if (head - ',
    caughtBy: IN_OBJECT,
  },
];
