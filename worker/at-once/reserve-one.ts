import type { newReservation } from '../../contracts/selling.ts';
import type * as z from 'zod';
import type { Reserve } from '../../domain/command.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { channelOf } from '../../domain/network.ts';
import type { Noted } from '../app-env.ts';
import { idempotencyKeyIn, requestKeyFor } from '../middleware/idempotency-key.ts';
import { channelFor, type Principal } from '../middleware/principal.ts';
import { traceOf } from '../middleware/trace.ts';
import { errorIn, problemTo, UNFORESEEN } from '../problem.ts';
import { Refused } from '../refused.ts';
import { answerPlan } from '../replies/answer-plan.ts';
import { parsed, textIn } from '../request/body.ts';
import type { HashBuyer } from '../request/buyer.ts';
import { plainReservation } from '../request/plain-reservation.ts';
import { reservationIdOf } from '../request/reservation-id.ts';
import type { ReserveSku } from '../stock/sold-out-hints.ts';
import { postedWith, tellWith, type AnswerAtOnce, type AtOnceDeps, type Counted } from './asking.ts';

export interface ReserveAtOnceDeps extends AtOnceDeps {
  readonly reserveSku: ReserveSku;
  readonly hashBuyer: HashBuyer;
}

const PATH = '/v1/reservations';
// One line, and the longest words beside it; whatever is longer is no plain reservation.
const PLAIN_BODY_BYTES_MAX = 1_024;

/** What a crowd asks of a hot item: one line of it, named by its SKU, in its own unit, from wherever the channel sells. */
export function reserveOneWith(deps: ReserveAtOnceDeps): AnswerAtOnce {
  const { directories, names, limits, reserveSku, hashBuyer } = deps;
  const tell = tellWith(deps);

  const understood = (request: Request, principal: Principal, sent: unknown, startedAtMs: number): Asked | null => {
    const value = sent instanceof Refused ? null : plainReservation(sent);
    const line = value?.lines.length === 1 ? value.lines[0] : undefined;
    if (value === null || line === undefined || line.unit !== undefined || line.location !== undefined) return null;
    const directory = directories.atHand();
    const key = idempotencyKeyIn(request.headers.get('idempotency-key') ?? undefined);
    if (directory === null || key instanceof Refused) return null;
    const { network } = directory;
    const channel = channelFor(principal, value.channel);
    if (channel instanceof Refused || channelOf(network, channel) === undefined) return null;
    const item = typeof line.sku === 'string' ? names.itemAtHand(line.sku, directory) : null;
    if (item === null || item.kit !== null) return null;
    const standing = limits.limitWithin(principal, network);
    if (standing !== null && standing.refused !== null) return null;
    const { quantity } = line;
    return { request, path: PATH, principal, standing, startedAtMs, value, sent, key, channel, sku: item.sku, quantity };
  };

  const reserve = async (asked: Asked): Promise<Response> => {
    const { request, principal, value, channel, sku, quantity } = asked;
    const trace = traceOf(request.headers.get('traceparent') ?? undefined);
    const noted: Noted = { keyId: principal.keyId };
    const asking = { trace, noted };
    try {
      const [key, buyer] = await Promise.all([
        requestKeyFor(principal.keyId, asked.key, asked.sent),
        value.buyer === undefined ? null : hashBuyer(value.buyer),
      ]);
      const { ttl_seconds, mode, split } = value;
      const reservation = reservationIdOf(sku, key.hash);
      const lines = [{ line: 1, quantity, at: null }];
      const command: Reserve = { type: 'reserve', channel, buyer, ttlMs: ttl_seconds * 1_000, mode, split, reservation, lines };
      Object.assign(noted, { sku, reservationId: reservation, channel });
      const replies = await reserveSku(sku, { command, key, correlationId: trace.traceId, insists: false });
      return tell(asked, asking, answerPlan(asking, sku, replies, 201));
    } catch (error) {
      // The routes would ask once more: what may have been done is answered here.
      noted.error = errorIn(error);
      return tell(asked, asking, problemTo(asking, UNFORESEEN));
    }
  };

  const asked = { path: PATH, scope: 'reservations:write', bodyBytesMax: PLAIN_BODY_BYTES_MAX } as const;
  return postedWith(asked, deps, (request, principal, bytes, startedAtMs) => {
    const text = textIn(new Uint8Array(bytes));
    const one = understood(request, principal, text instanceof Refused ? text : parsed(text), startedAtMs);
    return one === null ? null : reserve(one);
  });
}

interface Asked extends Counted {
  readonly value: z.output<typeof newReservation>;
  readonly sent: unknown;
  readonly key: string;
  readonly channel: ChannelId;
  readonly sku: Sku;
  readonly quantity: number;
}
