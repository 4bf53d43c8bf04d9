import type { ReconciliationLineReply, ReconciliationReply } from '../../contracts/reconciliations.ts';
import type { Line, LineTotals } from '../reconciliation/lines.ts';
import type { Run } from '../reconciliation/runs.ts';
import { written, writtenOrNull } from './written.ts';

export function runReply(run: Run, totals: LineTotals): ReconciliationReply {
  const { id, connection, state, skus, against, items, places, error } = run;
  return {
    id,
    connection,
    state,
    progress: { phase: run.phase, steps: run.step },
    skus: skus === null ? null : [...skus],
    against: [...against],
    created_at: written(run.createdAtMs),
    ended_at: writtenOrNull(run.endedAtMs),
    error,
    totals: {
      items,
      places,
      equal: Math.max(0, places - totals.differing - totals.deferred),
      deferred: totals.deferred,
      by_class: [...totals.byClass],
      by_location: [...totals.byLocation],
      by_outcome: [...totals.byOutcome],
    },
  };
}

export function lineReply(line: Line): ReconciliationLineReply {
  const { sku, location, status, outcome, booked, counted, variance, holds, readings, keys, factor, views, caseId } = line;
  return {
    sku,
    location,
    status,
    class: line.class,
    outcome,
    ours: booked,
    erp: counted,
    variance,
    mark: holds !== null && 'mark' in holds ? holds.mark : null,
    read_at: written(line.readAtMs),
    readings,
    keys: [...keys],
    unit_factor: factor,
    views: views.map(({ source, quantity, asOfMs, variance: ofView }) => {
      return { source, quantity, as_of: written(asOfMs), variance: ofView };
    }),
    case_id: caseId,
  };
}
