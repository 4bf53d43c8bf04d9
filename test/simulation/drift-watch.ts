import { DRIFT_GONE } from '../../worker/reconciliation/drift-cases.ts';
import type { Auditor } from './auditor.ts';
import type { SimulatedErp } from './erp.ts';
import type { SimulatedD1 } from './runtime/d1.ts';

/** [I23] Reads what runs write down: no difference may be named where nobody made one. */
export class DriftWatch {
  readonly broken: string[] = [];
  readonly #d1: SimulatedD1;
  readonly #auditor: Auditor;
  readonly #erp: SimulatedErp;
  readonly #met: (what: string) => void;
  readonly #seen = new Set<string>();
  #changed = false;
  /** The newest mark that runs had seen. */
  #watched = 0;

  constructor(d1: SimulatedD1, auditor: Auditor, erp: SimulatedErp, met: (what: string) => void) {
    this.#d1 = d1;
    this.#auditor = auditor;
    this.#erp = erp;
    this.#met = met;
    d1.wrote = (sql) => {
      if (/reconciliation|cases|kept_change/.test(sql)) this.#changed = true;
    };
    erp.isLookedInto = () => this.#restoredCase() === 'open';
  }

  rested(): void {
    if (!this.#changed) return;
    this.#changed = false;
    this.#restoration();
    for (const { id } of this.#d1.rows<RunRow>('SELECT key AS id FROM kept_change')) {
      this.#erp.kept.add(id);
      this.#once(`kept ${id}`, 'change kept');
    }
    for (const line of this.#d1.rows<Line>(LINES)) this.#line(line);
    for (const { id, askedBy } of this.#d1.rows<RunRow>('SELECT id, asked_by AS askedBy FROM reconciliation'))
      this.#once(`run ${id}`, askedBy === null ? 'run by the clock' : 'run on demand');
    for (const { id } of this.#d1.rows<RunRow>("SELECT id FROM reconciliation WHERE error IS NOT NULL AND state = 'running'"))
      this.#once(`again ${id}`, 'run taken up again');
    for (const { id } of this.#d1.rows<RunRow>('SELECT id FROM cases WHERE reason = ?', DRIFT_GONE))
      this.#once(`gone ${id}`, 'drift case closed by a run');
  }

  /** [F17] Its newest mark is below one that a run has seen: a run over all that began since has to say so. */
  #restoration(): void {
    const { restored, marks, documents } = this.#erp;
    if (restored === null) {
      this.#watched = this.#d1.rows<{ mark: number }>('SELECT mark_max AS mark FROM erp_watch')[0]?.mark ?? 0;
      return;
    }
    const known = this.#restoredCase();
    if (known === 'open') this.#once('restored', 'restored ERP noticed');
    if (known === 'resolved') this.#once('resolved', 'restored ERP mended');
    if (this.#d1.rows("SELECT 1 FROM reconciliation_line WHERE outcome = 'held' LIMIT 1").length > 0)
      this.#once('held', 'correction held back');
    const [run] = this.#d1.rows<RunRow>(
      "SELECT id, asked_by AS askedBy FROM reconciliation WHERE state = 'done' AND skus IS NULL AND created_at_ms > ?",
      restored.atMs,
    );
    if (run !== undefined && known === null && marks && documents.length < this.#watched)
      this.broken.push(`R36d the ERP fell from ${this.#watched} to ${documents.length}, and run ${run.id} did not say so`);
  }

  #restoredCase(): string | null {
    return this.#d1.rows<{ state: string }>("SELECT state FROM cases WHERE kind = 'erp_restored'")[0]?.state ?? null;
  }

  #line({ run, sku, location, class: found, outcome, variance, readings }: Line): void {
    const at = `${run} ${sku} ${location}`;
    if (readings > 2) this.#once(`readings ${at}`, 'readings that differ');
    if (found === null) return;
    this.#once(`found ${at}`, 'drift found');
    if (!this.#erp.marks) this.#once(`unmarked ${at}`, 'without marks: drift found');
    if (outcome === 'corrected') this.#once(`corrected ${at}`, 'drift corrected by a run');
    if (this.#erp.restored !== null) return;
    if (this.#seen.has(`judged ${at} ${variance}`)) return;
    this.#seen.add(`judged ${at} ${variance}`);
    if (!this.#isMade(sku, location, variance))
      this.broken.push(`I23 run ${run} says ${found} of ${variance} ${sku} at ${location}, and nobody made that`);
  }

  /** What was mended there, from one moment to another, comes to it; or a document of ours was deleted. */
  #isMade(sku: string, location: string, variance: number | null): boolean {
    if ([...this.#erp.lost.keys()].some((key) => key.startsWith(`${sku}#`))) return true;
    // What could be booked a moment later, or not, may be part of it.
    if (this.#erp.documents.some(({ key, sku: of }) => of === sku && this.#erp.kept.has(key))) return true;
    const ledger = this.#auditor.ledgers().find((one) => one.sku === sku);
    const made = ledger?.silentAt(location, 0) ?? [];
    return made.some((_, from) => {
      let sum = 0;
      return made.slice(from).some((units) => (sum += units) === variance);
    });
  }

  #once(name: string, what: string): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#met(what);
  }
}

interface Line {
  readonly run: string;
  readonly sku: string;
  readonly location: string;
  readonly class: string | null;
  readonly outcome: string;
  readonly variance: number | null;
  readonly readings: number;
}

interface RunRow {
  readonly id: string;
  readonly askedBy: string | null;
}

const LINES =
  'SELECT run, sku, location, class, outcome, variance, readings FROM reconciliation_line WHERE class IS NOT NULL OR readings > 2';
