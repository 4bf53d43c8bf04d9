import { describe, expect, test } from 'vitest';
import { TEA, type Said } from '../shop.ts';
import { TABLE, type Row, type Verdict } from './authorisation-table.ts';
import { CALLERS, STRANGERS, World } from './authorisation-world.ts';
import { OPERATIONS, type Operation } from './document.ts';

const byId = new Map(OPERATIONS.map((operation) => [operation.operationId, operation]));

test('[I22] every call of the document has a row that says who may, and no row is of a call that is gone', () => {
  expect([...new Set(TABLE.map(({ operation }) => operation))].toSorted()).toEqual([...byId.keys()].toSorted());
});

describe('[I22] who may', () => {
  test.each(TABLE.map((row) => [row.where === undefined ? row.operation : `${row.operation} (${row.where})`, row] as const))(
    '%s',
    async (_, row) => {
      const operation = byId.get(row.operation);
      if (operation === undefined) return;
      const world = await World.open();
      for (const caller of CALLERS) {
        const said = await world.ask(caller, { method: operation.method, ...(await row.ask(world)) });
        expect([caller, verdictOf(said, row, operation)]).toEqual([caller, row.verdicts[caller]]);
      }
      for (const stranger of STRANGERS) {
        const { status, body } = await world.ask(stranger, { method: operation.method, ...(await row.ask(world)) });
        expect([stranger, status < 400, body.code]).toEqual([
          stranger,
          row.isOpen === true,
          row.isOpen ? body.code : 'unauthenticated',
        ]);
      }
    },
  );
});

test('[I22] what explains a number to one channel, and what is told to it, names no reservation of another', async () => {
  const world = await World.open();
  const id = await world.reservation('ORDER-OF-WEB');
  for (const path of [`/v1/availability/${TEA}/explain?channel=app`, `/v1/availability/${TEA}?channel=app&consistency=strong`]) {
    const { status, body } = await world.ask('app', { method: 'GET', path });
    expect([path, status, JSON.stringify(body).includes(id)]).toEqual([path, 200, false]);
  }
  const { body } = await world.ask('app', {
    method: 'POST',
    path: `/v1/reservations/${id}/commit`,
    body: { order_ref: 'ORDER-OF-WEB' },
  });
  const unknown = await world.ask('app', { method: 'GET', path: `/v1/reservations/${id.slice(0, -1)}A` });
  expect([body.code, body.title, 'lines' in body]).toEqual([unknown.body.code, unknown.body.title, false]);
});

const REFUSED: Readonly<Record<string, Verdict>> = {
  scope_missing: 'scope',
  channel_forbidden: 'channel',
  source_not_allowed: 'source',
};

function verdictOf({ status, body }: Said, { answered, operation }: Row, { method }: Operation): string {
  if (status < 400) {
    const isList =
      method === 'GET' && Array.isArray(body.items) && (operation === 'listReservations' || operation === 'listImports');
    const rejected = method === 'POST' && body.items?.[0]?.outcome === 'rejected' ? REFUSED[body.items[0].code] : undefined;
    return rejected ?? (isList && body.items.length === 0 ? 'hidden' : 'in');
  }
  if (answered !== undefined && body.code === answered) return 'in';
  if (status === 404) return 'hidden';
  return REFUSED[body.code] ?? `${status} ${body.code}: ${body.detail}`;
}
