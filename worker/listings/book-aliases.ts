import { ALIASES_MAX } from '../../contracts/limits.ts';
import type { NAMED_KINDS } from '../../contracts/listings.ts';
import { INSERT_EVENT } from '../read-models/events.ts';
import { Refused } from '../refused.ts';

/** That another system calls an item or a location of ours so. */
export interface NewAlias {
  readonly kind: (typeof NAMED_KINDS)[number];
  readonly system: string;
  readonly externalId: string;
  /** Our SKU, or location. */
  readonly target: string;
}

export type AliasOutcome = 'created' | 'changed' | 'unchanged' | Refused;

/** Books these names in one transaction, and answers each. Unless it may be replaced, a name keeps the meaning that it has. */
export async function bookAliases(
  db: D1Database,
  asked: readonly NewAlias[],
  replace: boolean,
  nowMs: number,
): Promise<ReadonlyMap<NewAlias, AliasOutcome>> {
  const known = await knownOf(db, asked);
  const outcomes = new Map<NewAlias, AliasOutcome>();
  const written = new Map<string, NewAlias>();
  for (const one of asked) {
    const before = known.meaning.get(nameOf(one));
    const outcome = judged(one, before, known, replace);
    outcomes.set(one, outcome);
    if (outcome !== 'created' && outcome !== 'changed') continue;
    if (before !== undefined) count(known.counts, { ...one, target: before }, -1);
    count(known.counts, one, 1);
    known.meaning.set(nameOf(one), one.target);
    written.set(nameOf(one), one);
  }
  if (written.size === 0) return outcomes;

  const there = await write(db, [...written.values()], replace, nowMs);
  for (const [one, outcome] of outcomes) {
    // Somebody gave it to something else in this very moment.
    if (outcome === 'created' && !there.has(nameOf(one))) outcomes.set(one, taken(one));
  }
  return outcomes;
}

interface Known {
  readonly targets: ReadonlySet<string>;
  /** What names mean, as this round goes on. */
  readonly meaning: Map<string, string>;
  readonly counts: Map<string, number>;
}

function judged(one: NewAlias, before: string | undefined, { targets, counts }: Known, replace: boolean): AliasOutcome {
  if (!targets.has(targetOf(one)))
    return one.kind === 'item'
      ? new Refused('sku_unknown', `there is no item ${one.target}`)
      : new Refused('location_unknown', `there is no location ${one.target}`);
  if (before === one.target) return 'unchanged';
  if (before !== undefined && !replace) return taken(one, before);
  if ((counts.get(targetOf(one)) ?? 0) >= ALIASES_MAX)
    return new Refused('invalid_request', `${one.target} has ${ALIASES_MAX} names already, and these are the most`);
  return before === undefined ? 'created' : 'changed';
}

function taken({ system, externalId, kind }: NewAlias, by?: string): Refused {
  const meaning = by === undefined ? `another ${kind}` : by;
  return new Refused(
    'invalid_request',
    `${system} calls ${meaning} ${externalId} already; replace=true gives the name to this one`,
  );
}

/** Whether what they name exists, what each name means now, and how many names each has. */
async function knownOf(db: D1Database, asked: readonly NewAlias[]): Promise<Known> {
  const names = JSON.stringify(asked);
  const [targets, aliases, counts] = await db.batch<{
    readonly kind: string;
    readonly a: string;
    readonly b: string;
    readonly n: number;
  }>([
    db
      .prepare(
        `SELECT DISTINCT value->>'kind' AS kind, value->>'target' AS a FROM json_each(?)
         WHERE iif(value->>'kind' = 'item', EXISTS (SELECT 1 FROM item WHERE sku = value->>'target'),
           EXISTS (SELECT 1 FROM location WHERE id = value->>'target'))`,
      )
      .bind(names),
    db
      .prepare(
        `SELECT DISTINCT alias.kind, json_array(alias.kind, alias.system, alias.external_id) AS a, alias.target AS b
         FROM json_each(?) AS one JOIN alias ON alias.kind = one.value->>'kind' AND alias.system = one.value->>'system'
           AND alias.external_id = one.value->>'externalId'`,
      )
      .bind(names),
    db
      .prepare(
        `SELECT one.kind, one.target AS a, (SELECT count(*) FROM alias WHERE alias.kind = one.kind AND alias.target = one.target) AS n
         FROM (SELECT DISTINCT value->>'kind' AS kind, value->>'target' AS target FROM json_each(?)) AS one`,
      )
      .bind(names),
  ]);
  return {
    targets: new Set(targets?.results.map(({ kind, a }) => `${kind} ${a}`)),
    meaning: new Map(aliases?.results.map(({ a, b }) => [a, b])),
    counts: new Map(counts?.results.map(({ kind, a, n }) => [`${kind} ${a}`, n])),
  };
}

/**
 * The names that are there afterwards as they were asked for. What is news of it is found in the transaction itself, since somebody
 * may have given a name to something else after it was judged. Whoever knows an item or a location by its version hears of it.
 */
async function write(
  db: D1Database,
  written: readonly NewAlias[],
  replace: boolean,
  nowMs: number,
): Promise<ReadonlySet<string>> {
  const names = JSON.stringify(written);
  const telling = [
    db.prepare(TOLD).bind(names, replace ? 1 : 0, nowMs),
    ...TOUCHED.map((statement) => db.prepare(statement).bind(names, replace ? 1 : 0)),
  ];
  const writing = db
    .prepare(
      `INSERT INTO alias (kind, system, external_id, target)
       SELECT value->>'kind', value->>'system', value->>'externalId', value->>'target' FROM json_each(?) WHERE true
       ON CONFLICT (kind, system, external_id) DO ${replace ? 'UPDATE SET target = excluded.target' : 'NOTHING'}
       RETURNING json_array(kind, system, external_id) AS name`,
    )
    .bind(names);
  const there = (await db.batch<{ readonly name: string }>([...telling, writing])).at(-1);
  return new Set(there?.results.map(({ name }) => name));
}

/** What gets a name, and what loses one, before they are written. */
const CHANGED = `WITH asked AS (
    SELECT value->>'kind' AS kind, value->>'system' AS system, value->>'externalId' AS name, value->>'target' AS target FROM json_each(?1)
  ), moved AS (
    SELECT asked.*, alias.target AS was FROM asked
    LEFT JOIN alias ON alias.kind = asked.kind AND alias.system = asked.system AND alias.external_id = asked.name
    WHERE alias.target IS NULL OR (?2 = 1 AND alias.target <> asked.target)
  ), changed (kind, target, system, name, gained) AS (
    SELECT kind, target, system, name, 1 FROM moved
    UNION ALL SELECT kind, was, system, name, 0 FROM moved WHERE was IS NOT NULL
  )`;
const TOUCHED = [
  `UPDATE item SET version = version + 1 WHERE sku IN (${CHANGED} SELECT target FROM changed WHERE kind = 'item')`,
  `UPDATE location SET version = version + 1 WHERE id IN (${CHANGED} SELECT target FROM changed WHERE kind = 'location')`,
  `UPDATE network_version SET version = version + 1 WHERE EXISTS (${CHANGED} SELECT 1 FROM changed WHERE kind = 'location')`,
];

// Each item whose names are others, with those that it got and lost: as a PUT of it tells. Its sequence is the newest that the
// read models know of it.
const NAMES = "json_group_array(json_object('system', system, 'external_id', name))";
const TOLD = `${INSERT_EVENT}
  ${CHANGED}
  SELECT target, coalesce((SELECT sequence FROM availability WHERE availability.sku = target), 0), 'item.changed', NULL, ?3, ?3,
    json_object('names_added', ${NAMES} FILTER (WHERE gained = 1), 'names_removed', ${NAMES} FILTER (WHERE gained = 0))
  FROM changed WHERE kind = 'item' GROUP BY target`;

function nameOf({ kind, system, externalId }: NewAlias): string {
  return JSON.stringify([kind, system, externalId]);
}

function targetOf({ kind, target }: NewAlias): string {
  return `${kind} ${target}`;
}

function count(counts: Map<string, number>, one: NewAlias, by: 1 | -1): void {
  counts.set(targetOf(one), (counts.get(targetOf(one)) ?? 0) + by);
}
