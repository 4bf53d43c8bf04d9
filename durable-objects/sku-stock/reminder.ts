import { ALARM_GAP_MS, ALARM_RETRY_MAX_MS, ALARM_RETRY_MS } from './limits.ts';
import { hasTables, readMeta, writeMeta } from './schema.ts';

/** The one alarm of an object. Setting it writes a row, so it is set only to ring sooner. */
export class Reminder {
  readonly #storage: DurableObjectStorage;
  #armedMs: number | null = null;
  #lastRangMs = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  async read(): Promise<void> {
    this.#armedMs = await this.#storage.getAlarm();
  }

  rang(nowMs: number): void {
    this.#armedMs = null;
    this.#lastRangMs = nowMs;
  }

  /** An alarm already in the past may never ring, and two within a second are one too many (R12). */
  armBy(dueMs: number | null, nowMs: number): void {
    if (dueMs === null) return;
    const atMs = Math.max(dueMs, nowMs + 1, this.#lastRangMs + ALARM_GAP_MS);
    if (this.#armedMs !== null && this.#armedMs <= atMs) return;
    this.#armedMs = atMs;
    // Part of the same commit as what it reminds of; a failure resets the object with it.
    void this.#storage.setAlarm(atMs);
  }

  /** The back-off is kept in storage: an object that dies of its alarm must not forget how often. */
  failed(nowMs: number): number {
    const failures = Number((hasTables(this.#storage.sql) ? readMeta(this.#storage.sql, 'alarm_failures') : null) ?? '0') + 1;
    if (hasTables(this.#storage.sql)) writeMeta(this.#storage.sql, 'alarm_failures', String(failures));
    const retryMs = Math.min(ALARM_RETRY_MS * 2 ** (failures - 1), ALARM_RETRY_MAX_MS);
    this.armBy(nowMs + retryMs, nowMs);
    return retryMs;
  }

  succeeded(): void {
    if (readMeta(this.#storage.sql, 'alarm_failures') !== null)
      this.#storage.sql.exec("DELETE FROM meta WHERE name = 'alarm_failures'");
  }
}
