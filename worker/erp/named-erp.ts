import type { LocationId, Sku, SourceId } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import { ErpUnavailable, type ErpPort, type PostOutcome } from '../../erp/port.ts';

/**
 * An ERP that is told of our items and locations in its own words, the aliases of its system. Keys stay ours, whatever it
 * calls the item. What it says itself is understood elsewhere (`worker/jobs/erp-names.ts`).
 */
export function namedErp(erp: ErpPort, db: D1Database, system: SourceId): ErpPort {
  return {
    enforcesKeys: erp.enforcesKeys,
    get batchMax() {
      return erp.batchMax;
    },
    callsAtOnceMax: erp.callsAtOnceMax,
    catalogue: erp.catalogue,
    post: (postings, signal) => post(erp, db, system, postings, signal),
    find: (keys, signal) => erp.find(keys, signal),
    balances: (cursor, signal) => erp.balances(cursor, signal),
    balancesOf: async (skus, signal) => {
      const words = await wordsFor(db, system, { skus, locations: [] });
      const known = skus.flatMap((sku) => words.skus.get(sku) ?? []);
      return known.length === 0 ? [] : erp.balancesOf(known, signal);
    },
    changes: (after, signal) => erp.changes(after, signal),
  };
}

async function post(
  erp: ErpPort,
  db: D1Database,
  system: SourceId,
  postings: readonly Posting[],
  signal: AbortSignal,
): Promise<readonly PostOutcome[]> {
  const locations = postings.flatMap(({ lines }) => lines.map(({ location }) => location));
  const words = await wordsFor(db, system, { skus: postings.map(({ sku }) => sku), locations });
  const said = postings.flatMap((posting) => inWords(posting, words) ?? []);
  const outcomes = said.length === 0 ? [] : await erp.post(said, signal);
  const byKey = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
  return postings.map(({ key }) => byKey.get(key) ?? { key, ...NO_WORD });
}

// The ERP would book it on the other one, and say so in a way that we understand as a booking of the other one.
const NO_WORD = {
  outcome: 'refused',
  code: 'alias_needed',
  detail: 'The ERP uses our name for something else of ours: give the item or location an alias of the system of the ERP.',
} as const;

interface Words {
  readonly skus: ReadonlyMap<Sku, Sku>;
  readonly locations: ReadonlyMap<LocationId, LocationId>;
}

function inWords(posting: Posting, { skus, locations }: Words): Posting | null {
  const sku = skus.get(posting.sku);
  const lines = posting.lines.flatMap((line) => {
    const location = locations.get(line.location);
    return location === undefined ? [] : [{ ...line, location }];
  });
  return sku === undefined || lines.length < posting.lines.length ? null : { ...posting, sku, lines };
}

/** One question per call, however many postings it carries; what has no alias goes by our name. */
async function wordsFor(
  db: D1Database,
  system: SourceId,
  ours: { readonly skus: readonly Sku[]; readonly locations: readonly LocationId[] },
): Promise<Words> {
  const asked = db.batch<{ name: string; word: string }>([
    db.prepare(WORDS).bind(JSON.stringify([...new Set(ours.skus)]), 'item', system),
    db.prepare(WORDS).bind(JSON.stringify([...new Set(ours.locations)]), 'location', system),
  ]);
  // Without its words the ERP cannot be asked. Whoever waits for it waits a little longer; nothing is wrong with what they ask.
  const [skus, locations] = await asked.catch((error: unknown) => {
    throw new ErpUnavailable(`Its words for our items could not be looked up: ${String(error)}`);
  });
  return {
    skus: new Map(skus?.results.map(({ name, word }) => [name as Sku, word as Sku])),
    locations: new Map(locations?.results.map(({ name, word }) => [name as LocationId, word as LocationId])),
  };
}

// Of several words for one thing the ERP is always told the first in the order of the alphabet. Our own name serves where
// there is none, unless it is the ERP's word for something else.
const WORDS = `
  SELECT name, coalesce(word, name) AS word FROM (
    SELECT value AS name,
           (SELECT min(external_id) FROM alias WHERE kind = ?2 AND system = ?3 AND target = value) AS word,
           EXISTS (SELECT 1 FROM alias WHERE kind = ?2 AND system = ?3 AND external_id = value AND target <> value) AS taken
    FROM json_each(?1)
  ) WHERE word IS NOT NULL OR NOT taken`;
