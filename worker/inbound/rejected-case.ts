import * as z from 'zod';
import type { FactKind } from '../../contracts/inbound.ts';
import { locationId, sku as skuSchema } from '../../contracts/names.ts';
import type { SourceId } from '../../domain/ids.ts';
import { readModelCaseId } from '../read-models/case-id.ts';
import { NEW_CASE, type CaseRow } from '../read-models/cases.ts';

export interface Rejected {
  readonly kind: FactKind;
  readonly source: SourceId;
  readonly fact: unknown;
  /** What it is known by: its id, or where it stood. */
  readonly known: string;
  readonly code: string;
  readonly detail: string | null;
}

// Enough to see what it was; whoever sent it has the whole.
const SHOWN_CHARACTERS_MAX = 1_000;

/** Nobody waits for the answer of what came in by queue: so a person hears of it, once per fact, and again when it is sent anew. */
export function caseOfRejected(
  { kind, source, fact, known, code, detail }: Rejected,
  { atMs, newsMs }: { readonly atMs: number; readonly newsMs: number },
): CaseRow {
  const { sku, location } = named.parse(fact);
  const why = detail === null ? code : `${code}: ${detail}`;
  const sent = JSON.stringify(fact) ?? 'null';
  const shown = sent.length > SHOWN_CHARACTERS_MAX ? `${sent.slice(0, SHOWN_CHARACTERS_MAX)} …` : sent;
  return {
    ...NEW_CASE,
    id: rejectedCaseId({ source, kind, known }),
    kind: 'inbound_rejected',
    sku,
    location,
    proposal: `The ${kind} ${known} of ${source} was not booked (${why}). ${remedyOf(code)} As it was sent: ${shown}`,
    openedAtMs: atMs,
    sequence: newsMs,
  };
}

/** The same fact has the same case, however often it comes. */
export function rejectedCaseId({ source, kind, known }: Pick<Rejected, 'source' | 'kind' | 'known'>): string {
  return readModelCaseId('inbound_rejected', `${source}~${kind}~${known}`);
}

function remedyOf(code: string): string {
  switch (code) {
    case 'sku_unknown':
    case 'alias_unknown':
    case 'location_unknown':
    case 'channel_unknown':
    case 'unit_unknown':
      return 'Create what it names, or declare the alias or unit, then replay this case.';
    case 'meaning_conflict':
      return 'Let the source state the meaning that the detail names.';
    case 'deferred':
      return 'See what the posting waits for (GET /v1/postings?state=pending), then replay this case.';
    default:
      return 'Let its sender mend it and send it again under the same id, which closes this, or resolve it if it must not be booked.';
  }
}

const named = z
  .object({
    sku: skuSchema.nullable().catch(null),
    location: locationId.nullable().catch(null),
  })
  .catch({ sku: null, location: null });
