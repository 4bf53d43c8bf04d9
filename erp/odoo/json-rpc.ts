import * as z from 'zod';
import { shortened } from '../../exchange/reply-text.ts';
import { answerOfError, odooError, type OdooAnswer } from './answer.ts';
import { isReceived, received, type OdooCall, type Transport, type Wire } from './transport.ts';

export interface JsonRpcLogin {
  readonly database: string;
  readonly user: string;
  /** An API key, or the password. */
  readonly key: string;
}

/** Up to Odoo 21. Every call bears the key, so the only thing that can be lost is the user's number. */
export function jsonRpc(wire: Wire, { database, user, key }: JsonRpcLogin): Transport {
  let uid: number | null = null;

  async function attempt(call: OdooCall, signal: AbortSignal): Promise<OdooAnswer<unknown>> {
    if (uid === null) {
      const login = await service(wire, { service: 'common', method: 'authenticate', args: [database, user, key, {}] }, signal);
      if (login.kind !== 'answered') return login;
      if (typeof login.body !== 'number') return { kind: 'locked_out', detail: 'Odoo does not know this user with this key.' };
      uid = login.body;
    }
    const args = [database, uid, key, call.model, call.method, placed(call), named(call)];
    return service(wire, { service: 'object', method: 'execute_kw', args }, signal);
  }

  return {
    call: async (call, signal) => {
      const known = uid !== null;
      const answer = await attempt(call, signal);
      if (answer.kind !== 'locked_out') return answer;
      uid = null;
      // Nothing was done, so it may be asked again; but only where what we knew may have been the reason.
      return known ? attempt(call, signal) : answer;
    },
  };
}

/** `17` of `17.0` or `saas~17.2`. Asks without a login. */
export async function jsonRpcVersion(wire: Wire, signal: AbortSignal): Promise<OdooAnswer<number>> {
  const answer = await service(wire, { service: 'common', method: 'version', args: [] }, signal);
  if (answer.kind !== 'answered') return answer;
  const serie = z.object({ server_serie: z.string() }).safeParse(answer.body);
  const major = serie.success ? /(\d+)\.\d+/.exec(serie.data.server_serie)?.[1] : undefined;
  return major === undefined
    ? { kind: 'unknown', detail: 'Odoo does not tell its version.' }
    : { kind: 'answered', body: Number(major) };
}

interface ServiceCall {
  readonly service: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

async function service(wire: Wire, params: ServiceCall, signal: AbortSignal): Promise<OdooAnswer<unknown>> {
  const body = { jsonrpc: '2.0', method: 'call', id: 1, params };
  const reply = await received(wire, { path: '/jsonrpc', headers: { 'Content-Type': 'application/json' }, body }, signal);
  if (!isReceived(reply)) return reply;
  const parsed = envelope.safeParse(reply.json);
  if (!parsed.success || reply.status !== 200) return { kind: 'unknown', detail: `Odoo answered ${reply.status}.` };
  const { error, result } = parsed.data;
  // A method that returns nothing has no result at all.
  if (error === undefined) return { kind: 'answered', body: result ?? null };
  const described = odooError.safeParse(error.data);
  return described.success ? answerOfError(described.data) : { kind: 'unknown', detail: shortened(`Odoo: ${error.message}`) };
}

const envelope = z.object({
  jsonrpc: z.literal('2.0'),
  result: z.unknown().optional(),
  error: z.object({ message: z.string().catch(''), data: z.unknown() }).optional(),
});

// Odoo looks at the first place to decide whether `create` was asked for one record or for many.
function placed({ method, ids, named: all = {} }: OdooCall): readonly unknown[] {
  if (method === 'create') return [all['vals_list']];
  return ids === undefined ? [] : [ids];
}

function named({ method, named: all = {}, context }: OdooCall): Readonly<Record<string, unknown>> {
  const { vals_list: _placed, ...rest } = all;
  return { ...(method === 'create' ? rest : all), ...(context === undefined ? {} : { context }) };
}
