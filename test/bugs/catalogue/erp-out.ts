import type { Bug } from '../bug.ts';
import { contractSuite, IN_OBJECT, SIMULATION, stories } from '../checks.ts';

/** The way to the ERP: once, in sequence, and nothing forgotten. */
export const ERP_OUT: readonly Bug[] = [
  {
    id: 'outbox-row-dropped-on-send',
    rule: 'R32 I11 F03 F08',
    file: 'durable-objects/sku-stock/outbox.ts',
    find: `    this.#write(flush);
    return { sku: this.#sku, sentAtMs: nowMs, attempt: flush.attempt, postings };`,
    replace: '    return { sku: this.#sku, sentAtMs: nowMs, attempt: flush.attempt, postings };',
    caughtBy: SIMULATION,
  },
  {
    id: 'effect-without-outbox-row',
    rule: 'R32 I11',
    file: 'durable-objects/sku-stock/commands.ts',
    find: 'for (const entry of entries) this.#outbox.note(entry);',
    replace: 'for (const entry of entries.slice(1)) this.#outbox.note(entry);',
    caughtBy: SIMULATION,
  },
  {
    id: 'new-document-key-on-retry',
    rule: 'R31 I12 F04',
    file: 'durable-objects/sku-stock/outbox.ts',
    find: 'return { sku: this.#sku, sentAtMs: nowMs, attempt: again.attempt, postings: this.#postingsAt(this.#unanswered()) };',
    replace:
      'const postings = this.#postingsAt(this.#unanswered()).map((one) => ({ ...one, key: `${one.key}.${again.attempt}` }));\n    return { sku: this.#sku, sentAtMs: nowMs, attempt: again.attempt, postings };',
    caughtBy: SIMULATION,
  },
  {
    id: 'no-ask-before-retry',
    rule: 'R31 I12 F04 F13',
    file: 'worker/jobs/post-flushes.ts',
    find: 'const ask = failedBefore(flush) || !erp.enforcesKeys;',
    replace: 'const ask = false;',
    caughtBy: SIMULATION,
  },
  {
    id: 'next-flush-before-the-answer',
    rule: 'R32 I13',
    file: 'durable-objects/sku-stock/outbox.ts',
    find: '    if (this.#flight.nextAtMs > nowMs) return null;\n    const again',
    replace:
      '    if (this.#flight.nextAtMs > nowMs) return this.#pending.length > 0 ? this.#takePending(nowMs) : null;\n    const again',
    caughtBy: IN_OBJECT,
  },
  {
    id: 'later-posting-overtakes',
    rule: 'R32 R33 F14',
    file: 'worker/jobs/post-flushes.ts',
    find: "if (outcome.outcome === 'unknown' || outcome.outcome === 'throttled') stopped.add(posting.sku);",
    replace: "if (outcome.outcome === 'throttled') stopped.add(posting.sku);",
    caughtBy: stories('worker/jobs/post-flushes.test.ts'),
  },
  {
    id: 'outcomes-misaligned',
    rule: 'R33 F14',
    file: 'worker/jobs/post-flushes.ts',
    find: 'const outcome = answers[index] ?? {',
    replace: 'const outcome = answers[answers.length - 1 - index] ?? {',
    caughtBy: stories('worker/jobs/post-flushes.test.ts'),
  },
  {
    id: 'silence-taken-for-posted',
    rule: 'R31 R33 F16',
    file: 'erp/http/http-erp.ts',
    find: "if (item === undefined) return { key, outcome: 'unknown', detail: 'The ERP answered, but not about this key.' };",
    replace: "if (item === undefined) return { key, outcome: 'posted', mark: null, reference: null };",
    caughtBy: contractSuite('erp/http/http-erp.test.ts'),
  },
  {
    id: 'retry-after-ignored',
    rule: 'R33 F12',
    file: 'domain/retry.ts',
    find: 'if (retryAfterMs === null) return nowMs + backOffMs;',
    replace: 'if (retryAfterMs === null || retryAfterMs > 0) return nowMs + backOffMs;',
    caughtBy: stories('domain/retry.test.ts'),
  },
  {
    id: 'breaker-never-half-opens',
    rule: 'R33 F12 F33',
    file: 'domain/lane/admit.ts',
    find: "breaker: breaker.state === 'closed' ? breaker : { ...breaker, state: 'half_open', probe: id },",
    replace: 'breaker,',
    caughtBy: stories('durable-objects/erp-lane/gate.test.ts'),
  },
  {
    id: 'untold-object-acknowledged',
    rule: 'R32 F09',
    file: 'worker/jobs/post-movements.ts',
    find: 'if (flush.success && !untold.has(flush.data.sku)) message.ack();',
    replace: 'if (flush.success && untold.size >= 0) message.ack();',
    caughtBy: stories('worker/jobs/post-movements.test.ts'),
  },
  {
    id: 'note-forgotten',
    rule: 'R31 I12',
    file: 'worker/erp/d1-notes.ts',
    find: 'INSERT INTO erp_note_document (connection, document, key)\n  SELECT ?1, document.value, erp_note.key',
    replace: 'INSERT INTO erp_note_document (connection, document, key)\n  SELECT ?1, min(document.value), erp_note.key',
    caughtBy: stories('worker/erp/d1-notes.test.ts'),
  },
];
