import type * as z from 'zod';
import { ErpUnavailable } from '../port.ts';
import type { OdooAnswer } from './answer.ts';
import { jsonRpc, jsonRpcVersion } from './json-rpc.ts';
import { json2 } from './json-2.ts';
import { ODOO_ROWS_MAX } from './limits.ts';
import type { OdooOptions } from './options.ts';
import { typed, type OdooCall, type Transport, type Wire } from './transport.ts';
import type { Domain } from './values.ts';

export interface OdooClient {
  try<Body>(call: OdooCall, reply: z.ZodType<Body>, signal: AbortSignal): Promise<OdooAnswer<Body>>;
  /** For questions: whoever gets no answer cannot go on. */
  ask<Body>(call: OdooCall, reply: z.ZodType<Body>, signal: AbortSignal): Promise<Body>;
}

// JSON-RPC still works there, but its end is announced.
const JSON_2_SINCE = 19;

/** Chooses the way in when it is first needed, and keeps to it. */
export function odooClient(wire: Wire, options: OdooOptions, key: string): OdooClient {
  let chosen: Transport | null = null;

  async function attempt<Body>(call: OdooCall, reply: z.ZodType<Body>, signal: AbortSignal): Promise<OdooAnswer<Body>> {
    if (chosen === null) {
      const choice = await choose(wire, options, key, signal);
      if (choice.kind !== 'answered') return choice;
      chosen = choice.body;
    }
    return typed(await chosen.call(call, signal), reply);
  }
  return {
    try: attempt,
    ask: async (call, reply, signal) => {
      const answer = await attempt(call, reply, signal);
      if (answer.kind === 'answered') return answer.body;
      throw answer.kind === 'throttled'
        ? new ErpUnavailable('Odoo asks for patience.', answer.retryAfterMs)
        : new ErpUnavailable(answer.detail);
    },
  };
}

/** Rows that fulfil the domain, in order of their number, however many there are. */
export async function allRows<Row extends { readonly id: number }>(
  client: OdooClient,
  { model, domain, fields, context }: Search,
  row: z.ZodType<readonly Row[]>,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let last = 0; ;) {
    const named = { domain: [...domain, ['id', '>', last]], fields, order: 'id', limit: ODOO_ROWS_MAX };
    const page = await client.ask({ model, method: 'search_read', named, ...(context && { context }) }, row, signal);
    if (!isRising(last, page)) throw new ErpUnavailable(`Odoo told rows of ${model} twice, or out of order.`);
    rows.push(...page);
    const end = page.at(-1);
    if (end === undefined || page.length < ODOO_ROWS_MAX) return rows;
    last = end.id;
  }
}

/** What is read after the last row, or counted twice, would be wrong. */
function isRising(after: number, rows: readonly { readonly id: number }[]): boolean {
  return rows.every(({ id }, index) => id > (rows[index - 1]?.id ?? after));
}

export interface Search {
  readonly model: string;
  readonly domain: Domain;
  readonly fields: readonly string[];
  readonly context?: Readonly<Record<string, unknown>>;
}

async function choose(
  wire: Wire,
  { protocol, database, user }: OdooOptions,
  key: string,
  signal: AbortSignal,
): Promise<OdooAnswer<Transport>> {
  const modern = { kind: 'answered', body: json2(wire, { database, key }) } as const;
  if (protocol === 'json2' || (protocol === 'auto' && user === undefined)) return modern;
  if (user === undefined) return { kind: 'unknown', detail: 'ERP_OPTIONS has no user, whom /jsonrpc wants to know.' };
  const classic = { kind: 'answered', body: jsonRpc(wire, { database, user, key }) } as const;
  if (protocol === 'jsonrpc') return classic;
  const version = await jsonRpcVersion(wire, signal);
  if (version.kind !== 'answered') return version;
  return version.body >= JSON_2_SINCE ? modern : classic;
}
