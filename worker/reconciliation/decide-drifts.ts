import type { Reconcile } from '../../domain/command.ts';
import type { Sku } from '../../domain/ids.ts';
import { actionFor } from '../../domain/reconciliation-rules.ts';
import { DRIFT_CLASSES, type DriftClass } from '../../domain/reconciliation.ts';
import type { Pause, Step } from './advance-run.ts';
import { book } from './book-corrections.ts';
import { driftCaseId, openDriftCases, type DriftCase, type DriftProposal } from './drift-cases.ts';
import { ITEMS_PER_STEP } from './limits.ts';
import { linesOfNext, putLines, type Line } from './lines.ts';
import type { ReconciliationParts } from './parts.ts';
import { restoredNow } from './restored.ts';
import type { Run } from './runs.ts';

/** What is to become of each difference that two readings agreed on (R36). */
export async function decideDrifts(run: Run, parts: ReconciliationParts): Promise<Step | Pause> {
  const { db, nowMs } = parts;
  if (run.cursor === null) {
    const restored = await restoredNow(run, db, nowMs());
    if (restored !== null) return { progress: { phase: 'closing', cursor: null }, rows: restored };
  }
  const items = await linesOfNext(db, run.id, { decided: true, after: null, limit: ITEMS_PER_STEP });
  if (items.size === 0) return { progress: { phase: 'closing', cursor: null }, rows: [] };

  const decided: Line[] = [];
  const cases: DriftCase[] = [];
  for (const [sku, lines] of items) {
    for (const drift of driftsIn(lines)) {
      const { outcome, opened } = await decideOne(run, sku, drift, parts);
      decided.push(...drift.lines.map((line) => ({ ...line, outcome, caseId: opened?.caseId ?? null })));
      if (opened !== null) cases.push(opened);
    }
  }
  return {
    progress: { cursor: [...items.keys()].at(-1) ?? null },
    rows: [...putLines(db, decided), ...(await openDriftCases(db, cases, nowMs()))],
  };
}

interface FoundDrift {
  readonly class: DriftClass;
  readonly lines: readonly Line[];
}

function driftsIn(lines: readonly Line[]): readonly FoundDrift[] {
  const open = lines.filter(({ outcome, drift }) => outcome === 'open' && drift !== null);
  return [...Map.groupBy(open, ({ drift }) => drift).values()].flatMap((ofDrift) => {
    const found = DRIFT_CLASSES.find((name) => name === ofDrift[0]?.class);
    return found === undefined ? [] : [{ class: found, lines: ofDrift }];
  });
}

async function decideOne(
  run: Run,
  sku: Sku,
  { class: found, lines }: FoundDrift,
  parts: ReconciliationParts,
): Promise<{ readonly outcome: Line['outcome']; readonly opened: DriftCase | null }> {
  const proposal = proposalOf(found, lines);
  const drift = {
    class: found,
    places: proposal.places.map((place) => ({ ...place, booked: place.ours })),
    because: { keys: proposal.keys, factor: proposal.factor },
  };
  switch (actionFor(drift, parts.settings.rules)) {
    case 'ignore':
      return { outcome: 'ignored', opened: null };
    case 'case': {
      const [first] = proposal.places;
      if (first === undefined) return { outcome: 'ignored', opened: null };
      const caseId = driftCaseId(sku, found, first);
      return { outcome: 'case', opened: { caseId, connection: run.connection, sku, run: run.id, ...proposal } };
    }
    case 'correct': {
      const commands = lines.flatMap((line) => correctionOf(run, line, `${found}: reconciliation ${run.id}`));
      return { outcome: (await book(sku, commands, run.correlationId, parts)) ? 'corrected' : 'deferred', opened: null };
    }
  }
}

function proposalOf(found: DriftClass, lines: readonly Line[]): DriftProposal {
  const [first] = lines;
  return {
    class: found,
    meaning: first?.meaning ?? 'on_hand',
    places: lines.map(({ location, status, variance, booked, counted }) => {
      return { location, status, variance: variance ?? 0, ours: booked ?? 0, erp: counted ?? 0 };
    }),
    keys: first?.keys ?? [],
    factor: first?.factor ?? null,
  };
}

/** Its id is the run and the place: a step that is taken again books nothing more. */
function correctionOf(run: Run, line: Line, reason: string): readonly Reconcile[] {
  const { location, status, counted, meaning, holds, variance, readAtMs } = line;
  if (counted === null || meaning === null || holds === null || variance === null) return [];
  return [
    {
      type: 'reconcile',
      id: `${run.id} ${status} ${location}`,
      source: run.connection,
      books: 'erp',
      location,
      status,
      quantity: counted,
      meaning,
      holds,
      asOfMs: readAtMs,
      variance,
      reason,
    },
  ];
}
