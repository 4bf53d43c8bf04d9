// What must be so when all is over, whatever died: what was acknowledged is there, nothing is there twice, all books agree.
import { ERP_PAGE_MAX, ERP_PATHS } from '../../contracts/generic-erp.ts';
import type { ReservationReply } from '../../contracts/reservations.ts';
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Network as ShopNetwork } from '../../domain/network.ts';
import { untilAnswered, type Ask } from '../buyers/ask.ts';
import { unitsOf } from '../buyers/expected.ts';
import { Journals, linesOf } from '../buyers/journals.ts';
import { ofAnswer } from '../buyers/questions.ts';
import { journalsOnDisk } from '../scenario/on-disk.ts';
import type { Network } from './asking.ts';
import type { Answered, Call, Recorded } from './record.ts';

export const SHOP: ShopNetwork = {
  version: 1,
  locations: [{ id: 'dc' as LocationId, priority: 1, stopSell: false }],
  channels: [{ id: 'web' as ChannelId, locations: null, buffer: 0, class: 100, stopSell: false }],
};

interface Known {
  readonly call: Call;
  readonly answered: Answered;
}

export function knownOf(records: readonly Recorded[]): readonly Known[] {
  return records.flatMap(({ call, answered }) => (answered === null ? [] : [{ call, answered }]));
}

/** What was done for whoever asked: a plan that was granted, or goods that came in. */
export function isAcknowledged({ call, answered }: Known): boolean {
  return call.method === 'POST' && answered.status < 300;
}

interface Found {
  readonly lost: readonly string[];
  readonly journals: Journals;
  /** The type of each entry of all journals. */
  readonly events: readonly string[];
}

/** [I20] Each granted answer is what the journal of its item says at its sequence. */
export function lostIn(state: string, known: readonly Known[]): Found {
  const granted = known.filter((one) => isAcknowledged(one) && one.call.what !== 'receive');
  const questions = granted.flatMap(({ answered }) => ofAnswer(answered.body as ReservationReply));
  const entries = journalsOnDisk(state);
  const journals = new Journals(entries, SHOP, questions);
  const brought = known.filter(({ call }) => call.what === 'receive');
  const unheard = brought.filter(({ call, answered }) => {
    const sequence: unknown = answered.body.items?.[0]?.sequence;
    const entry = entries.get(call.skus[0] ?? '')?.find((one) => one.sequence === sequence);
    return entry?.event.type !== 'moved';
  });
  const goods = unheard.map(
    ({ call, answered }) => `[I20] ${call.id} came in, and is not there: ${JSON.stringify(answered.body)}`,
  );
  const events = [...entries.values()].flatMap((journal) => journal.map(({ event }) => event.type));
  return { lost: [...journals.broken, ...goods], journals, events };
}

/** [I9] No reservation is there that nobody asked for, and of none there is more or less than was told last. */
export function doubledIn({ papers }: Journals, known: readonly Known[]): readonly string[] {
  const newest = new Map<string, { readonly line: ReservationReply['lines'][number]; readonly id: string }>();
  for (const { call, answered } of known) {
    if (answered.status >= 300 || call.what === 'receive' || call.what === 'read') continue;
    const { id, lines } = answered.body as ReservationReply;
    for (const line of lines.filter(({ reserved }) => reserved > 0)) {
      const before = newest.get(`${line.sku} ${id}`);
      if (before === undefined || before.line.sequence <= line.sequence) newest.set(`${line.sku} ${id}`, { line, id });
    }
  }
  const unlike = [...newest.values()].flatMap(({ line, id }) => {
    const told = unitsOf(line);
    const kept = linesOf(papers.get(line.sku), id, line.line).at(-1)?.units;
    const gone = { ...told, open: 0, expired: told.expired + told.open };
    const fits = [told, gone].some((units) => Object.entries(units).every(([one, n]) => kept?.[one as keyof typeof units] === n));
    return fits ? [] : [`${line.sku}: ${id} was told ${JSON.stringify(told)}, and there is ${JSON.stringify(kept)}`];
  });
  const nobodys = [...papers].flatMap(([sku, paper]) =>
    [...paper.reservations.values()].flatMap(({ id, lines }) => {
      const granted = lines.some(({ units }) => units.open + units.owed + units.fulfilled + units.cancelled > 0);
      return granted && !newest.has(`${sku} ${id.replace(/~\d+$/, '')}`) ? [`[I9] ${sku}: ${id} is nobody’s`] : [];
    }),
  );
  return [...unlike, ...nobodys];
}

/** [I9] Every key once more: the same answer again, which says that it is one, and of goods that they are known. */
export async function repeated(known: readonly Known[], network: Network, connections: number): Promise<readonly string[]> {
  const wrong: string[] = [];
  const left = known.filter(({ call }) => call.method === 'POST');
  const one = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { call, answered } = next;
      const ask = () => network.ask('POST', call.path, call.body, { 'idempotency-key': call.id });
      const again = await untilAnswered(ask, network);
      const same =
        call.what === 'receive'
          ? again.body.items?.[0]?.outcome === 'duplicate' && again.body.items[0].sequence === answered.body.items[0].sequence
          : again.status === answered.status && bare(again.body) === bare(answered.body) && isReplay(again.headers, answered);
      if (!same) wrong.push(`[I9] ${call.id}, again: ${JSON.stringify(again.body)}, first ${JSON.stringify(answered.body)}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return wrong;
}

/** Without what only a replay says. */
function bare(body: object): string {
  return JSON.stringify({ ...body, present_status: undefined });
}

function isReplay(headers: Headers, { status }: Answered): boolean {
  return status === 404 || headers.get('idempotent-replayed') === 'true';
}

/** [I11] [I12] What the ERP should hold where it hears of commitments, less what it does. */
export async function unequalBooks({ papers }: Journals, erp: Ask): Promise<readonly string[]> {
  const { body } = await erp('GET', `${ERP_PATHS.balances}?limit=${ERP_PAGE_MAX}`);
  const held = new Map<string, number>(body.items.map((one: { sku: string; on_hand: number }) => [one.sku, one.on_hand]));
  return [...papers].flatMap(([sku, paper]) => {
    const ours = (paper.onHand.get('sellable dc') ?? 0) - paper.promised('owed', 'dc' as LocationId);
    const theirs = held.get(sku) ?? 0;
    return ours === theirs ? [] : [`[I11] ${sku}: ${ours} here, ${theirs} in the ERP`];
  });
}

/** [I12] Keys under which the ERP booked more than once, and how much it booked at all. */
export async function documentsOf(erp: Ask): Promise<{ readonly count: number; readonly twice: readonly string[] }> {
  const keys = new Set<string>();
  const twice: string[] = [];
  let count = 0;
  for (let after = '0'; ;) {
    const { body } = await erp('GET', `${ERP_PATHS.changes}?limit=${ERP_PAGE_MAX}&after=${after}`);
    if (body.items.length === 0) return { count, twice };
    for (const { key } of body.items as readonly { key: string }[]) {
      if (keys.has(key)) twice.push(`[I12] the ERP booked ${key} twice`);
      keys.add(key);
      count += 1;
    }
    after = body.next_cursor;
  }
}
