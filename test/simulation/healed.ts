import { Journals } from '../buyers/journals.ts';
import { ofAnswer, ofNumber, ofRefusal } from '../buyers/questions.ts';
import type { PaperReservation } from '../model/paper-journal.ts';
import { NETWORK } from '../buyers/scarce-shop.ts';
import type { Auditor } from './auditor.ts';
import { cartIn, isUnfinished } from './carts.ts';
import { unheard, type ToldRow } from './news.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { Office } from './office.ts';
import type { World } from './world.ts';

/** As the runtime has it; a pin that is older is a person's business. */
const PIN_OUTCOME_MS = 120_000;
/** What was sent to an item that was silent may still be on its way to it: the longest silence, and as long as calls are parked. */
const ON_THE_WAY_MS = 130_000;
/** Longer than any back-off of the product: an hour of calm, of which hardly a minute costs anything. */
const REST_MS = 60 * 60_000;

/** Nothing goes wrong any more, and time runs: everything must come to its end. Says what did not, and what turned out to be untrue. */
export async function untold(runtime: Runtime, lookers: Lookers, isBroken: () => boolean): Promise<readonly string[]> {
  const { loop } = runtime;
  const { world, office, auditor } = lookers;
  runtime.heal();
  const endsAtMs = loop.nowMs + REST_MS;
  const quietAtMs = loop.nowMs + ON_THE_WAY_MS + PIN_OUTCOME_MS + 60_000;
  const toldAtMs = loop.nowMs + ON_THE_WAY_MS;
  world.repeat();
  office.settle(() => world.busy === 0 && loop.nowMs > toldAtMs);
  let lookedAtMs = 0;
  await loop.run(endsAtMs, () => {
    if (isBroken()) return true;
    if (world.busy + office.busy > 0 || loop.nowMs < lookedAtMs + 10_000) return false;
    lookedAtMs = loop.nowMs;
    return loop.nowMs > quietAtMs && unfinished(runtime, lookers).length === 0;
  });
  if (isBroken()) return [];
  if (loop.dice.oneIn(4)) {
    world.compare();
    await loop.run(endsAtMs, () => isBroken() || world.busy === 0);
    if (isBroken()) return [];
  }
  const waits = [...unfinished(runtime, lookers), ...(office.busy > 0 ? ['I23 runs never came to an end'] : [])];
  if (waits.length > 0) return waits.map((what) => `an hour of calm later: ${what}`);
  return [...auditor.ledgers().flatMap((ledger) => ledger.apart()), ...untrue(world, auditor)];
}

interface Lookers {
  readonly world: World;
  readonly office: Office;
  readonly auditor: Auditor;
  /** What stands in the outlet of events. */
  readonly told: () => readonly ToldRow[];
}

/** [I11] [I12] [I16] What still waits for something. */
function unfinished(runtime: Runtime, { world, auditor, told }: Lookers): readonly string[] {
  const clients = world.busy > 0 ? [`I16 ${world.busy} clients have no answer`] : [];
  const carts = [...runtime.carts.all.values()].flatMap((object) => {
    const cart = cartIn(object);
    return isUnfinished(cart) ? [`I16 ${JSON.stringify(cart)}`] : [];
  });
  const postings = auditor.ledgers().flatMap((ledger) => {
    return ledger.unposted.map((sequence) => `I12 the ERP does not have ${ledger.sku}#${sequence}`);
  });
  const flushes = [...runtime.skus.all.values()].flatMap(({ name, disk: { database, isEmpty } }) => {
    const rows = isEmpty ? [] : database.run<{ body: string }>("SELECT body FROM posting WHERE state <> 'done'", []).rows;
    return rows.map(({ body }) => `I11 ${name}: ${body}`);
  });
  const messages = [...runtime.queues.values()].flatMap(({ name, held }) => (held === 0 ? [] : [`${held} messages in ${name}`]));
  const waits = [...clients, ...carts, ...postings, ...flushes, ...messages];
  return waits.length > 0 ? waits : unheard(auditor.journals(), told());
}

/** What was said with a sequence is held against the journal at that sequence. */
function untrue(world: World, auditor: Auditor): readonly string[] {
  const told = world.buyers.flatMap((buyer) =>
    buyer.history.flatMap(({ said }) => (said.status < 300 ? ofAnswer(said.body) : [])),
  );
  const refused = world.buyers.flatMap((buyer) => buyer.refusals.flatMap((one) => ofRefusal(one, NETWORK)));
  const shown = world.shown.map((one) => ofNumber(one, NETWORK));
  const journals = new Journals(auditor.journals(), NETWORK, [...told, ...refused, ...shown]);
  return [
    ...journals.broken,
    ...world.buyers.flatMap((one) => journals.brokenCart(one)),
    ...forgottenPins(journals),
    ...journals.nobodys(world.buyers).filter((what) => !world.isOrder(what)),
  ];
}

/** [R25] [I16] A pin without outcome is a case, once for all items of its cart. */
function forgottenPins(journals: Journals): readonly string[] {
  const told = journals.pinCases.map((id) => id.replace(/~\d+$/, ''));
  const twice = told.filter((id, index) => told.indexOf(id) !== index).map((id) => `R25 ${id} is a case twice`);
  const pinned = [...journals.papers.values()].flatMap((paper) => [...paper.reservations.values()]).filter(isPinned);
  const old = pinned.map(({ id }) => id.replace(/~\d+$/, '')).filter((id) => !told.includes(id));
  return [...twice, ...[...new Set(old)].map((id) => `R25 ${id} has been pinned for long, and nobody is told`)];
}

function isPinned({ endsAtMs, lines }: PaperReservation): boolean {
  return endsAtMs === null && lines.some(({ units }) => units.open > 0);
}
