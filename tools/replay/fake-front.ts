import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

/** What happens to a request: it is served, or its sender learns nothing, with or without effect. */
export type Fate = 'served' | 'lost' | 'served_unheard' | 'overloaded';

export interface FakeFront {
  readonly url: string;
  readonly requests: readonly { readonly path: string; readonly key: string | undefined; readonly fate: Fate }[];
  readonly items: ReadonlyMap<string, FakeItem>;
  fate: (count: number) => Fate;
  /** So often the ERP's balances are read before it has anything of ours, while the list of postings knows of none. */
  erpReadsBehind: number;
  close(): Promise<void>;
}

interface FakeItem {
  sellable: number;
  quality: number;
  committed: number;
  reserved: number;
  sequence: number;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const NOW = '2031-03-03T09:00:00.000Z';
const newReservation = z.object({ lines: z.tuple([z.object({ sku: z.string(), quantity: z.int() })]) });
const facts = z.object({
  movements: z.array(z.object({ id: z.string(), source: z.string(), kind: z.string(), sku: z.string(), quantity: z.int() })),
});

/** Just enough of a front and its ERP to lose requests, replay answers and count what really happened. For tests. */
export async function fakeFront(): Promise<FakeFront> {
  const items = new Map<string, FakeItem>();
  const answers = new Map<string, Reply>();
  const booked = new Set<string>();
  const reservations = new Map<string, { sku: string; quantity: number; status: string }>();
  const requests: { path: string; key: string | undefined; fate: Fate }[] = [];

  const serve = (method: string, path: string, key: string | undefined, body: unknown): Reply => {
    const known = key === undefined || path.startsWith('/v1/movements') ? undefined : answers.get(key);
    if (known !== undefined) return known;
    const reply = answer(method, path, body);
    if (key !== undefined) answers.set(key, reply);
    return reply;
  };

  const answer = (method: string, path: string, body: unknown): Reply => {
    const [, version, resource = '', id = '', operation] = path.split('/').map(decodeURIComponent);
    if (version === 'erp') {
      fake.erpReadsBehind -= 1;
      return { status: 200, body: { items: fake.erpReadsBehind < 0 ? erpBalances() : [], next_cursor: null } };
    }
    switch (resource) {
      case 'locations':
        return { status: 200, body: { id, name: null, type: 'dc', priority: 100, aliases: [], stop_sell: false } };
      case 'sources':
        return { status: 200, body: { id, name: null, books: 'front', erp_connection: null } };
      case 'channels':
        return {
          status: 200,
          body: { id, name: null, locations: null, buffer: 0, class: 100, stop_sell: false, sold_out_hint: false },
        };
      case 'postings':
        return { status: 200, body: { items: [], next_cursor: null } };
      case 'items':
        if (method === 'PUT') items.set(id, items.get(id) ?? { sellable: 0, quality: 0, committed: 0, reserved: 0, sequence: 0 });
        return { status: 201, body: {} };
      case 'availability':
        return explain(id);
      case 'movements':
        return { status: 200, body: { items: facts.parse(body).movements.map(move) } };
      case 'reservations':
        return operation === undefined ? reserve(newReservation.parse(body).lines[0]) : proceed(id, operation);
      default:
        return { status: 404, body: { code: 'not_found' } };
    }
  };

  const explain = (sku: string): Reply => {
    const item = items.get(sku);
    if (item === undefined) return { status: 404, body: { code: 'sku_unknown', detail: sku } };
    const none = {
      withheld: 0,
      debt: 0,
      backordered: 0,
      buffer: 0,
      backorder_limit: 0,
      cap: null,
      consumed: 0,
      policy_version: 0,
      stop_sell: false,
    };
    const place = {
      location: 'dc',
      reserved: item.reserved,
      committed: item.committed,
      safety_stock: 0,
      net: 0,
      withheld: 0,
      available: 0,
    };
    return {
      status: 200,
      body: {
        ...none,
        sku,
        channel: 'web',
        available_to_sell: 0,
        sequence: item.sequence,
        as_of: NOW,
        stock: 0,
        locations: [{ ...place, on_hand: { sellable: item.sellable, quality_control: item.quality } }],
        reservations: [],
        next_cursor: null,
        last_count: null,
        postings_in_flight: fake.erpReadsBehind > 0 ? 1 : 0,
      },
    };
  };

  const move = ({ id, source, kind, sku, quantity }: z.output<typeof facts>['movements'][number]) => {
    const item = items.get(sku);
    if (item === undefined) return { id, source, outcome: 'rejected', code: 'sku_unknown' };
    if (booked.has(id)) return { id, source, outcome: 'duplicate' };
    booked.add(id);
    item.sequence += 1;
    if (kind === 'returned') item.quality += quantity;
    else item.sellable += quantity;
    return { id, source, outcome: 'applied', sequence: item.sequence };
  };

  const reserve = ({ sku, quantity }: { sku: string; quantity: number }): Reply => {
    const item = items.get(sku);
    if (item === undefined) return { status: 422, body: { code: 'sku_unknown' } };
    const available = Math.max(0, item.sellable - item.committed - item.reserved);
    if (available < quantity) {
      return {
        status: 409,
        body: { code: 'insufficient_stock', lines: [{ line: 1, sku, requested: quantity, available, sequence: item.sequence }] },
      };
    }
    item.reserved += quantity;
    item.sequence += 1;
    const id = `${Buffer.from(sku).toString('base64url')}.${reservations.size}`;
    reservations.set(id, { sku, quantity, status: 'active' });
    return { status: 201, body: shown(id) };
  };

  const proceed = (id: string, operation: string): Reply => {
    const reservation = reservations.get(id);
    const item = items.get(reservation?.sku ?? '');
    if (reservation === undefined || item === undefined) return { status: 404, body: { code: 'reservation_not_found' } };
    item.sequence += 1;
    if (operation === 'pin') reservation.status = 'pinned';
    if (operation === 'commit') {
      reservation.status = 'committed';
      item.reserved -= reservation.quantity;
      item.committed += reservation.quantity;
    }
    if (operation === 'fulfill') {
      reservation.status = 'fulfilled';
      item.committed -= reservation.quantity;
      item.sellable -= reservation.quantity;
    }
    return { status: 200, body: shown(id) };
  };

  const shown = (id: string) => {
    const { sku, quantity, status } = reservations.get(id) ?? { sku: '', quantity: 0, status: '' };
    const committed = ['committed', 'fulfilled'].includes(status) ? quantity : 0;
    const line = {
      line: 1,
      sku,
      quantity,
      reserved: quantity,
      open: quantity - committed,
      committed,
      fulfilled: status === 'fulfilled' ? quantity : 0,
      cancelled: 0,
      released: 0,
      expired: 0,
      backordered: 0,
      allocations: [],
      sequence: items.get(sku)?.sequence ?? 0,
    };
    const about = { id, status, channel: 'web', buyer: null, order_ref: null, promised_at: null };
    return { ...about, created_at: NOW, expires_at: '2031-03-03T09:15:00.000Z', as_of: NOW, lines: [line] };
  };

  const erpBalances = () =>
    [...items].flatMap(([sku, item]) => [
      { sku, location: 'dc', status: 'sellable', on_hand: item.sellable - item.committed, committed: 0, mark: 1 },
      { sku, location: 'dc', status: 'quality_control', on_hand: item.quality, committed: 0, mark: 1 },
    ]);

  const fake: Pick<FakeFront, 'fate' | 'erpReadsBehind'> = { fate: () => 'served', erpReadsBehind: 0 };
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const path = new URL(request.url ?? '/', 'http://front').pathname;
      const key = [request.headers['idempotency-key']].flat()[0];
      const fate = fake.fate(requests.length + 1);
      requests.push({ path, key, fate });
      if (fate === 'lost') return request.socket.destroy();
      if (fate === 'overloaded') return send(response, { status: 503, body: { code: 'overloaded' } });
      const reply = serve(request.method ?? 'GET', path, key, text === '' ? undefined : JSON.parse(text));
      return fate === 'served_unheard' ? request.socket.destroy() : send(response, reply);
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

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function portOf(address: AddressInfo | string | null): number {
  return address === null || typeof address === 'string' ? 0 : address.port;
}
