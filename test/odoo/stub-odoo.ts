/**
 * A server that plays Odoo 17, 18 or 19 for the adapter's tests, on loopback, with books of its own.
 *
 * It was written from Odoo's public sources as far as the adapter needs them: `addons/stock/models/stock_picking.py`,
 * `stock_move.py`, `stock_move_line.py`, `stock_quant.py`, `stock_location.py` of 17.0, 18.0 and 19.0 (fields, `create`
 * with an explicit name, `unique(name, company_id)`, the steps of `button_validate`, negative quantities),
 * `odoo/http.py` (the dispatchers of JSON-RPC and JSON-2 and what they make of exceptions), `odoo/service/common.py`
 * and `addons/rpc` (`authenticate`, `version`, `execute_kw`, `/json/2`).
 *
 * It is narrower than Odoo: passing against it is necessary, not sufficient. It refuses every model, field, method,
 * argument and context key that it does not know, has no units of measure, lots, packages, routes or putaway rules,
 * and no rights.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { StubBooks } from './stub-books.ts';
import { METHODS, type Version } from './stub-schema.ts';
import { OdooException } from './stub-table.ts';

export const STUB_LOGIN = { database: 'odoo-test', user: 'holdfast', key: 'stub-key-0000' } as const;

export interface StubOdoo {
  readonly url: string;
  readonly books: StubBooks;
  /** The user gets another number, so that the one that we know is let in no more. */
  forgetUsers(): void;
  stop(): Promise<void>;
}

export async function startStubOdoo(version: Version, companies: 1 | 2 = 1): Promise<StubOdoo> {
  const state: State = { version, books: new StubBooks(version, companies), uid: 2 };
  const server = createServer((request, response) => {
    void serve(state, request, response).catch(() => page(response, 500, 'Internal Server Error'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    books: state.books,
    forgetUsers: () => void (state.uid += 1),
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

interface State {
  readonly version: Version;
  readonly books: StubBooks;
  uid: number;
}

type Json = Readonly<Record<string, unknown>>;

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const { method, url = '/' } = request;
  if (method === 'POST' && request.headers['content-type']?.startsWith('application/json') !== true)
    return page(response, 400, 'Bad Request');
  if (method === 'POST' && url === '/jsonrpc') return jsonRpc(state, JSON.parse(body) as Json, response);
  const [, model, called] = /^\/json\/2\/([\w.]+)\/(\w+)$/.exec(url) ?? [];
  if (state.version >= 19 && method === 'POST' && model !== undefined && called !== undefined)
    return json2(state, model, called, JSON.parse(body) as Json, request, response);
  return page(response, 404, 'Not Found');
}

function jsonRpc(state: State, { id, params }: Json, response: ServerResponse): void {
  const answer = (part: Json) => json(response, 200, { jsonrpc: '2.0', id, ...part });
  try {
    const result = dispatched(state, params as Json);
    answer(result === null || result === undefined ? {} : { result });
  } catch (error) {
    if (!(error instanceof OdooException)) throw error;
    // The number differs between versions and says nothing.
    const code = state.version === 19 ? 0 : 200;
    answer({ error: { code, message: 'Odoo Server Error', data: described(error) } });
  }
}

function dispatched(state: State, { service, method, args }: Json): unknown {
  const [database, user, key, ...rest] = args as readonly unknown[];
  if (service === 'common' && method === 'version')
    return { server_version: `${state.version}.0`, server_serie: `${state.version}.0`, protocol_version: 1 };
  if (database !== STUB_LOGIN.database) throw new OdooException('psycopg2.OperationalError', 'database does not exist');
  if (service === 'common' && method === 'authenticate')
    return user === STUB_LOGIN.user && key === STUB_LOGIN.key ? state.uid : false;
  if (service !== 'object' || method !== 'execute_kw') throw new OdooException('builtins.NameError', 'Unknown service');
  if (user !== state.uid || key !== STUB_LOGIN.key) throw new OdooException('odoo.exceptions.AccessDenied', 'Access Denied', 403);
  const [model, called, places, named = {}] = rest as [string, string, unknown[], Json?];
  const { context = {}, ...others } = named;
  return state.books.call(model, called, ...placed(called, places, others), context as Json);
}

/** Where arguments go by their place: the records first, then what the method calls for. */
function placed(method: string, places: readonly unknown[], named: Json): [readonly number[] | null, Json] {
  const known = METHODS[method] ?? { onRecords: false, named: [] };
  const [ids, rest] = known.onRecords ? [places[0], places.slice(1)] : [null, places];
  if (method === 'create' && places.length === 0) throw new OdooException('builtins.IndexError', 'tuple index out of range');
  const all = { ...Object.fromEntries(rest.map((value, index) => [known.named[index] ?? '', value])), ...named };
  const surplus = Object.keys(all).find((name) => !known.named.includes(name));
  if (surplus !== undefined)
    throw new OdooException('builtins.TypeError', `${method}() got an unexpected keyword argument '${surplus}'`);
  return [ids === null || ids === undefined ? null : (ids as readonly number[]), all];
}

function json2(
  state: State,
  model: string,
  method: string,
  body: Json,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { authorization, 'x-odoo-database': database } = request.headers;
  const refuse = (status: number, name: string, message: string) =>
    json(response, status, {
      name: `werkzeug.exceptions.${name}`,
      message,
      arguments: [message, status],
      context: {},
      debug: '',
    });
  if (authorization?.toLowerCase() !== `bearer ${STUB_LOGIN.key}`) return refuse(401, 'Unauthorized', 'Invalid apikey');
  if (database !== STUB_LOGIN.database) return refuse(404, 'NotFound', 'no such database');
  const { ids, context = {}, ...named } = body;
  const known = METHODS[method];
  if (known !== undefined && !known.onRecords && ids !== undefined)
    return refuse(422, 'UnprocessableEntity', `cannot call ${model}.${method} with ids`);
  const surplus = Object.keys(named).find((name) => known?.named.includes(name) === false);
  if (surplus !== undefined) return refuse(422, 'UnprocessableEntity', `got an unexpected keyword argument '${surplus}'`);
  try {
    const on = known?.onRecords === true ? ((ids ?? []) as readonly number[]) : null;
    return json(response, 200, state.books.call(model, method, on, named, context as Json));
  } catch (error) {
    if (!(error instanceof OdooException)) throw error;
    return json(response, error.status, described(error));
  }
}

function described({ className, message }: OdooException): Json {
  return {
    name: className,
    message,
    arguments: [message],
    context: {},
    debug: `Traceback (most recent call last):\n${className}`,
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

function page(response: ServerResponse, status: number, title: string): void {
  response
    .writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><title>${status} ${title}</title>`);
}
