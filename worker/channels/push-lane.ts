import type { ChannelPort, Level, SetOutcome } from '../../channels/port.ts';
import { ChannelUnavailable } from '../../channels/port.ts';
import type {
  AskedReport,
  ChannelLaneStub,
  LaneNews,
  LaneVendor,
  LevelToSend,
  Sending,
  SentReport,
  ToldNews,
} from '../../durable-objects/channel-lane/protocol.ts';
import type { Outcome } from '../../domain/channel-lane/outcome.ts';
import { CHANNEL_CALL_MS_MAX, PUSH_WAIT_MS_MAX } from './limits.ts';

export interface PushLaneDeps {
  readonly lane: Pick<ChannelLaneStub, 'turn'>;
  readonly port: ChannelPort;
  readonly slower: LaneVendor['slower'];
  /** Opens and closes cases; answers those that it did. */
  readonly tell: (news: readonly LaneNews[]) => Promise<readonly ToldNews[]>;
  /** The same for the same level, and for no other. */
  readonly keyOf: (level: LevelToSend) => string;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly newId: () => string;
  readonly signal: (ms: number) => AbortSignal;
}

export interface Pushed {
  readonly sent: number;
  readonly calls: number;
  /** Somebody else is at it. */
  readonly taken: boolean;
  /** When there is more to do; null: nothing waits. */
  readonly againMs: number | null;
}

/**
 * Takes turns with a lane: sends what it says, as it says, and tells it what came of that. Calls run beside each other, and the
 * lane is asked anew as soon as one of them is back, so that what became urgent meanwhile goes next.
 */
export async function pushLane(deps: PushLaneDeps, untilMs: number): Promise<Pushed> {
  const { lane, port, slower, tell, nowMs, wait } = deps;
  const vendor = vendorOf(port, slower);
  const pusher = deps.newId();
  const running = new Map<string, Promise<void>>();
  let reports: Reports = { sent: [], asked: [], told: [] };
  let [sent, calls, leaves] = [0, 0, false];
  // What keeps it from waiting here: whoever leaves is told when something is due, and not when there is room for it.
  let roomMs = 0;
  const begin = (id: string, work: Promise<void>): void => {
    calls += 1;
    running.set(
      id,
      work.finally(() => running.delete(id)),
    );
  };

  for (;;) {
    leaves ||= nowMs() >= untilMs;
    const { sent: sentReports, asked, told } = reports;
    reports = { sent: [], asked: [], told: [] };
    const askedAtMs = nowMs();
    const turned = await lane.turn({ pusher, vendor, running: running.size, sent: sentReports, asked, told, leaves });
    if (turned.turn === 'taken') {
      await Promise.all(running.values());
      return { sent, calls, taken: true, againMs: turned.waitMs };
    }
    const { sendings, asks, news, waitMs } = turned;
    // Whoever was held up may have lost the lane, and somebody else has sent since.
    const isLate = (): boolean => nowMs() - askedAtMs > turned.leaseMs - CHANNEL_CALL_MS_MAX;
    for (const sending of sendings) {
      sent += sending.levels.length;
      begin(
        sending.id,
        send(sending, deps, isLate).then((one) => void reports.sent.push(one)),
      );
    }
    for (const { id, receipt } of asks) {
      begin(
        id,
        ask(id, receipt, deps).then((one) => void reports.asked.push(one)),
      );
    }
    if (news.length > 0) reports.told.push(...(await tell(news)));
    if (running.size > 0) {
      const soonMs = leaves ? CHANNEL_CALL_MS_MAX : Math.min(waitMs ?? PUSH_WAIT_MS_MAX, PUSH_WAIT_MS_MAX);
      await Promise.race([...running.values(), wait(soonMs)]);
      continue;
    }
    if (reports.told.length > 0) continue;
    if (leaves) return { sent, calls, taken: false, againMs: waitMs === null ? null : Math.max(waitMs, roomMs) };
    if (waitMs === null || waitMs > PUSH_WAIT_MS_MAX || nowMs() + waitMs > untilMs) {
      roomMs = waitMs ?? 0;
      leaves = true;
    } else await wait(waitMs);
  }
}

interface Reports {
  readonly sent: SentReport[];
  readonly asked: AskedReport[];
  readonly told: ToldNews[];
}

export function vendorOf({ ways, questions }: Pick<ChannelPort, 'ways' | 'questions'>, slower: LaneVendor['slower']): LaneVendor {
  const plain = ways.map(({ name, levelsMax, callsPerSecond, burst, worthFrom, lateMs }) => {
    return { name, levelsMax, callsPerSecond, burst, worthFrom, ...(lateMs === undefined ? {} : { lateMs }) };
  });
  // The other half of what is allowed is for reading back, which has no place in the lane's bucket.
  return {
    ways: plain,
    questions: { callsPerSecond: questions.callsPerSecond / 2, burst: Math.ceil(questions.burst / 2) },
    slower,
  };
}

async function send(
  { id, way, levels }: Sending,
  { port, keyOf, nowMs, signal }: PushLaneDeps,
  isLate: () => boolean,
): Promise<SentReport> {
  const beganMs = nowMs();
  const outcomes = isLate() ? levels.map(() => NOT_SENT) : await outcomesOf(port, way, levels, keyOf, signal);
  const throttled = outcomes.flatMap((one) => (one.outcome === 'throttled' && one !== NOT_SENT ? [one.retryAfterMs] : []));
  return {
    id,
    way,
    ms: nowMs() - beganMs,
    levels: levels.map(({ listing, version, quantity, places, low }, place) => {
      return { listing, version, quantity, places, low, said: saidOf(outcomes[place]) };
    }),
    retryAfterMs: throttled.length === 0 ? null : Math.max(...throttled),
  };
}

const NOT_SENT: SetOutcome = { outcome: 'throttled', retryAfterMs: 0 };

/** An adapter that breaks is a mistake of ours, and must not take the others along. */
async function outcomesOf(
  port: ChannelPort,
  way: string,
  levels: readonly LevelToSend[],
  keyOf: PushLaneDeps['keyOf'],
  signal: PushLaneDeps['signal'],
): Promise<readonly SetOutcome[]> {
  const told = levels.map((level): Level => {
    const { listing, quantity, places, version, believed } = level;
    return { listing, quantity, places, version, key: keyOf(level), believed };
  });
  try {
    return await port.setLevels(way, told, signal(CHANNEL_CALL_MS_MAX));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return levels.map(() => ({ outcome: 'unknown', detail }));
  }
}

function saidOf(outcome: SetOutcome | undefined): Outcome {
  if (outcome === undefined) return { outcome: 'unknown' };
  switch (outcome.outcome) {
    case 'applied':
    case 'accepted':
    case 'stale':
    case 'refused':
      return outcome;
    case 'unknown':
      return { outcome: 'unknown' };
    case 'throttled':
      return { outcome: 'throttled' };
  }
}

async function ask(id: string, receipt: string, { port, signal }: PushLaneDeps): Promise<AskedReport> {
  try {
    const said = await port.progress(receipt, signal(CHANNEL_CALL_MS_MAX));
    if (!said.done) return { id, receipt, said };
    if ('lost' in said) return { id, receipt, said: { done: 'lost' } };
    const refused = [...said.refused].map(([listing, { code, detail }]) => ({ listing, code, detail }));
    return { id, receipt, said: { done: true, refused, failed: [...said.failed.keys()] } };
  } catch (error) {
    const retryAfterMs = error instanceof ChannelUnavailable ? error.retryAfterMs : null;
    return { id, receipt, said: { done: 'unavailable', retryAfterMs } };
  }
}
