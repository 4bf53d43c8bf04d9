import { expect, test } from 'vitest';
import { keyOf, Shop, TEA } from '../shop.ts';
import { BUYERS, type Door } from './door.ts';
import { whyRefused } from './expected.ts';
import { fuzz } from './fuzz.ts';
import { differsFromReplay } from './oracles.ts';
import type { Answer, FuzzRequest } from './request.ts';
import { ShopDoor } from './shop-door.ts';

// Each is a bug of ours as it would look from outside; a fuzzer that is content with it looks at nothing.
type Spoil = (request: FuzzRequest, answer: Answer, shop: Shop) => Promise<Answer> | Answer;

const refuses: Spoil = (request, answer) => (whyRefused(request) === null ? answer : { ...answer, status: 200 });
const asText = (answer: Answer, body: object): Answer => ({ ...answer, body, text: JSON.stringify(body) });
const isAnswer = ({ body, status }: Answer): boolean => status === 200 && typeof body === 'object' && body !== null;

const BUGS: Readonly<Record<string, readonly [string, Spoil]>> = {
  'a crash': ['it answers 500', (_, answer) => (answer.status === 409 ? { ...answer, status: 500 } : answer)],
  'a field that nobody documented': [
    'must NOT have additional properties',
    (_, answer) => (isAnswer(answer) ? asText(answer, { ...(answer.body as object), internal: 1 }) : answer),
  ],
  'a code that nobody documented': [
    'is not documented for',
    (_, answer) => (answer.status === 404 ? asText(answer, { ...(answer.body as object), code: 'kit_cycle' }) : answer),
  ],
  'a status that nobody documented': [
    'which is not documented',
    (_, answer) => (answer.status === 422 ? { ...answer, status: 418 } : answer),
  ],
  'an invalid request that is accepted': ['it answers 200, though', refuses],
  'an invalid request that is refused and booked': [
    'it is refused and has an effect',
    async (request, answer, shop) => {
      if (whyRefused(request) !== null) await shop.receive(TEA, 1);
      return answer;
    },
  ],
  'a wrong fact that is booked': [
    'is not what it may be, and it is applied',
    ({ operation }, answer) =>
      operation.operationId === 'stateMovements' && answer.status === 200
        ? { ...answer, body: JSON.parse(answer.text.replaceAll('"rejected"', '"applied"')) as unknown }
        : answer,
  ],
  'a repetition that is answered otherwise': [
    'asked again it answers',
    (_, answer) => (answer.headers.has('idempotent-replayed') ? { ...answer, status: 409 } : answer),
  ],
  'a key in an answer': [
    'it tells the key of web',
    (_, answer) => (answer.status === 404 ? { ...answer, text: `${answer.text} ${keyOf('web')}` } : answer),
  ],
  'a buyer in the log': [
    'a line of the log: it tells a buyer',
    (_, answer, shop) => {
      shop.log.push({ buyer: BUYERS[0] });
      return answer;
    },
  ],
};

test.each(Object.entries(BUGS))('[I24, I25] the fuzzer sees %s', async (_, [complaint, spoil]) => {
  const shop = await Shop.open();
  const report = await fuzz(spoiled(new ShopDoor(shop), shop, spoil), { requests: 1_000, seed: 3, complaintsMax: 3 });
  expect(report.complaints.join('\n')).toContain(complaint);
});

test('[R4, R5] a name may be unknown to one of two equal requests; all else must be answered alike', () => {
  const granted = answered(201, { id: 'r-1' });
  const nameless = answered(422, { code: 'unit_unknown' });
  const reused = answered(422, { code: 'key_reused' });
  expect(differsFromReplay(granted, nameless)).toBeNull();
  expect(differsFromReplay(nameless, granted)).toBeNull();
  expect(differsFromReplay(granted, reused)).toContain('asked again it answers 422');
  expect(differsFromReplay(reused, granted)).toContain('asked again it answers 201');
});

test('[R5, R9] who is asked for patience the second time hears nothing else than the first time', () => {
  const granted = answered(201, { id: 'r-1' });
  expect(differsFromReplay(granted, answered(429, { code: 'sold_out_hint' }))).toBeNull();
  expect(differsFromReplay(granted, answered(503, { code: 'overloaded' }))).toBeNull();
  expect(differsFromReplay(granted, answered(409, { code: 'key_in_progress' }))).toBeNull();
  expect(differsFromReplay(granted, answered(409, { code: 'insufficient_stock' }))).toContain('asked again it answers 409');
});

function answered(status: number, body: object): Answer {
  return { status, type: 'application/json', headers: new Headers(), body, text: JSON.stringify(body) };
}

function spoiled(door: ShopDoor, shop: Shop, spoil: Spoil): Door {
  return {
    refusedAtOnce: door.refusedAtOnce,
    secrets: door.secrets,
    nowMs: door.nowMs,
    callersFor: (operation) => door.callersFor(operation),
    rest: () => door.rest(),
    digest: () => door.digest(),
    settle: () => door.settle(),
    newLog: () => door.newLog(),
    ask: async (request) => spoil(request, await door.ask(request), shop),
  };
}
