// What must be so when all is over, whatever died: what was acknowledged is there, nothing is there twice, all books agree.
import type { ReservationReply } from '../../contracts/reservations.ts';
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Network as ShopNetwork } from '../../domain/network.ts';
import { untilAnswered, type Ask } from '../buyers/ask.ts';
import { unitsOf } from '../buyers/expected.ts';
import { Journals, linesOf } from '../buyers/journals.ts';
import { ofAnswer } from '../buyers/questions.ts';
import { journalsOnDisk } from '../scenario/on-disk.ts';
import type { Network } from './asking.ts';
import { booksBecomeEqual, documentsOf } from './erp-books.ts';
import { isAcknowledged, type Answered, type Known } from './record.ts';

const SHOP: ShopNetwork = {
  version: 1,
  locations: [{ id: 'dc' as LocationId, priority: 1, stopSell: false }],
  channels: [{ id: 'web' as ChannelId, locations: null, buffer: 0, class: 100, stopSell: false }],
};

const CONNECTIONS = 12;

export interface Afterwards {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Anything else. */
  readonly broken: readonly string[];
  /** So many things the ERP booked. */
  readonly documents: number;
}

/** Where something is wrong, what comes after it may break as well: that is told like the rest and hides nothing. */
export async function afterwards(
  state: string,
  known: readonly Known[],
  { network, erp, withBooks }: { readonly network: Network; readonly erp: Ask; readonly withBooks: boolean },
): Promise<Afterwards> {
  const broken: string[] = [];
  const tried = async <T>(what: string, work: () => T | Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      broken.push(`${what}: ${String(error)}`);
      return otherwise;
    }
  };
  const unlike = await tried('[I9] asking again', () => repeated(known, network), []);
  const found = await tried<Found | null>('[I10] [I20] reading the journals', () => lostIn(state, known), null);
  const others = found === null ? [] : await tried('[I9] adding up', () => doubledIn(found.journals, known), []);
  const sofar = broken.length + unlike.length + others.length + (found?.lost.length ?? 0);
  // Where something is wrong already, what the ERP was told of it says nothing more.
  if (found !== null && withBooks && sofar === 0) broken.push(...(await booksBecomeEqual(found.journals, erp)));
  const documents = await tried('[I12] reading the ERP', () => documentsOf(erp), { count: 0, twice: [] });
  return {
    lost: found?.lost ?? [],
    doubled: [...unlike, ...others, ...documents.twice],
    broken,
    documents: documents.count,
  };
}

interface Found {
  readonly lost: readonly string[];
  readonly journals: Journals;
}

/** [I20] Each granted answer is what the journal of its item says at its sequence. */
function lostIn(state: string, known: readonly Known[]): Found {
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
  return { lost: [...journals.broken, ...goods], journals };
}

/** [I9] No reservation is there that nobody asked for, and of none there is more or less than was told last. */
function doubledIn({ papers }: Journals, known: readonly Known[]): readonly string[] {
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
async function repeated(known: readonly Known[], network: Network): Promise<readonly string[]> {
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
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return wrong;
}

/** Without what only a replay says. */
function bare(body: object): string {
  return JSON.stringify({ ...body, present_status: undefined });
}

function isReplay(headers: Headers, { status }: Answered): boolean {
  return status === 404 || headers.get('idempotent-replayed') === 'true';
}
