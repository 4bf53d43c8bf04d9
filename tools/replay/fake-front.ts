import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { fakeBooks, type FakeItem, type FakePlace, type Reply } from './fake-books.ts';

/** What happens to a request: it is served, or its sender learns nothing, with or without effect. */
export type Fate = 'served' | 'lost' | 'served_unheard' | 'overloaded';

export interface FakeFront {
  readonly url: string;
  readonly requests: readonly FakeRequest[];
  readonly items: ReadonlyMap<string, FakeItem>;
  fate: (count: number) => Fate;
  /** An answer given in place of serving the request. */
  instead: (path: string, body: unknown) => Reply | undefined;
  keepsQuotas: boolean;
  /** When the ERP hears of a sale. */
  issueAt: 'commit' | 'fulfil';
  /** So often the ERP's balances are read before it has anything of ours, while the list of postings knows of none. */
  erpReadsBehind: number;
  close(): Promise<void>;
}

interface FakeRequest {
  readonly path: string;
  readonly key: string | undefined;
  readonly token: string;
  readonly body: unknown;
  readonly fate: Fate;
}

const policy = z.object({ quotas: z.array(z.object({ channel: z.string(), protected: z.int() })) });
const newKey = z.object({ channel: z.string() });
const channel = z.object({ locations: z.array(z.string()).nullable() });

/** Just enough of a front and its ERP to lose requests, replay answers and count what really happened. For tests. */
export async function fakeFront(): Promise<FakeFront> {
  const books = fakeBooks();
  const { items } = books;
  const answers = new Map<string, Reply>();
  const declared = new Map<string, object>();
  const apiKeys = new Map<string, { readonly channel: string; readonly secret: string }>();
  const requests: FakeRequest[] = [];

  const serve = (method: string, path: string, { key, token, body }: FakeRequest): Reply => {
    const apiKey = [...apiKeys].find(([, { secret }]) => secret === token)?.[0] ?? token;
    const scope = `${apiKey} ${key}`;
    const known = key === undefined || path.startsWith('/v1/movements') ? undefined : answers.get(scope);
    if (known !== undefined && path === '/v1/keys')
      return { ...known, body: { ...z.looseObject({}).parse(known.body), key: null } };
    if (known !== undefined) return { ...known, replayed: true };
    const reply = answer(method, path, token, body);
    if (key !== undefined) answers.set(scope, reply);
    return reply;
  };

  const answer = (method: string, path: string, token: string, body: unknown): Reply => {
    const [, version, resource = '', id = '', operation] = path.split('/').map(decodeURIComponent);
    if (version === 'erp') {
      fake.erpReadsBehind -= 1;
      return { status: 200, body: { items: fake.erpReadsBehind < 0 ? erpBalances() : [], next_cursor: null } };
    }
    switch (resource) {
      case 'locations':
      case 'sources':
      case 'channels':
        return declare(method, path, { ...DEFAULTS[resource], id }, body);
      case 'keys':
        return { status: 201, body: operation === undefined ? makeKey(newKey.parse(body)) : rotated(id) };
      case 'postings':
        return { status: 200, body: { items: [], next_cursor: null } };
      case 'items':
        books.declare(id);
        for (const quota of operation === 'policy' && fake.keepsQuotas ? policy.parse(body).quotas : []) books.protect(id, quota);
        return { status: 201, body: {} };
      case 'availability':
        return explain(id);
      case 'movements':
        return books.move(body);
      case 'reservations':
        return operation === undefined ? reserve(token, body) : books.proceed(id, operation, body);
      default:
        return { status: 404, body: { code: 'not_found' } };
    }
  };

  const declare = (method: string, path: string, defaults: object, body: unknown): Reply => {
    if (method === 'PUT') declared.set(path, { ...defaults, ...z.looseObject({}).parse(body) });
    const definition = declared.get(path);
    return definition === undefined ? { status: 404, body: { code: 'not_found' } } : { status: 200, body: definition };
  };

  const makeKey = ({ channel: sells }: z.output<typeof newKey>) => {
    const id = `key-${apiKeys.size + 1}`;
    const key = `secret of ${id}`;
    apiKeys.set(id, { channel: sells, secret: key });
    return { id, key };
  };

  const rotated = (id: string) => {
    const key = `new secret of ${id}`;
    apiKeys.set(id, { channel: apiKeys.get(id)?.channel ?? '', secret: key });
    return { id, key };
  };

  const reserve = (token: string, body: unknown): Reply => {
    const sells = [...apiKeys.values()].find(({ secret }) => secret === token)?.channel ?? '';
    const definition = channel.safeParse(declared.get(`/v1/channels/${sells}`)).data;
    if (definition === undefined) return { status: 401, body: { code: 'unauthenticated' } };
    return books.reserve(body, sells, definition.locations ?? ['dc', 'shop']);
  };

  const explain = (sku: string): Reply => {
    const item = items.get(sku);
    if (item === undefined) return { status: 404, body: { code: 'sku_unknown', detail: sku } };
    const unset = { safety_stock: 0, net: 0, withheld: 0, available: 0 };
    const locations = Object.entries(item.places).map(([location, { sellable, quality, reserved, committed }]) => {
      return { location, on_hand: { sellable, quality_control: quality }, reserved, committed, ...unset };
    });
    const postings_in_flight = fake.erpReadsBehind > 0 ? 1 : 0;
    return { status: 200, body: { sku, locations, postings_in_flight } };
  };

  const promised = ({ committed }: FakePlace): number => (fake.issueAt === 'commit' ? committed : 0);
  const erpBalances = () =>
    [...items].flatMap(([sku, item]) =>
      Object.entries(item.places).flatMap(([location, place]) => [
        { sku, location, status: 'sellable', on_hand: place.sellable - promised(place), committed: 0, mark: 1 },
        { sku, location, status: 'quality_control', on_hand: place.quality, committed: 0, mark: 1 },
      ]),
    );

  const fake: Pick<FakeFront, 'fate' | 'instead' | 'keepsQuotas' | 'issueAt' | 'erpReadsBehind'> = {
    fate: () => 'served',
    instead: () => undefined,
    keepsQuotas: true,
    issueAt: 'commit',
    erpReadsBehind: 0,
  };
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const { pathname } = new URL(request.url ?? '/', 'http://front');
      const heard: FakeRequest = {
        path: pathname,
        key: [request.headers['idempotency-key']].flat()[0],
        token: (request.headers.authorization ?? '').replace('Bearer ', ''),
        body: text === '' ? undefined : JSON.parse(text),
        fate: fake.fate(requests.length + 1),
      };
      requests.push(heard);
      if (heard.fate === 'lost') return request.socket.destroy();
      if (heard.fate === 'overloaded') return send(response, { status: 503, body: { code: 'overloaded' } });
      const reply = fake.instead(pathname, heard.body) ?? serve(request.method ?? 'GET', pathname, heard);
      return heard.fate === 'served_unheard' ? request.socket.destroy() : send(response, reply);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return Object.assign(fake, {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    items,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}

const DEFAULTS = {
  locations: {},
  sources: { books: 'front' },
  channels: { locations: null },
};

function send(response: ServerResponse, { status, body, replayed }: Reply): void {
  const headers = { 'content-type': 'application/json', ...(replayed === true ? { 'idempotent-replayed': 'true' } : {}) };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function portOf(address: AddressInfo | string | null): number {
  return address === null || typeof address === 'string' ? 0 : address.port;
}
