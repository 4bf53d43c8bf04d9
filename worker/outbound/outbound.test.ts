import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OUTBOUND_ANSWER_BYTES_MAX } from './limits.ts';
import { OutboundRefused, outboundWith, type Outbound } from './outbound.ts';

let server: Server;
let asked: string[];
let url: string;
let names: Record<string, readonly string[]>;

beforeEach(async () => {
  asked = [];
  names = { 'hooks.shop.com': ['93.184.215.14'] };
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved') response.writeHead(302, { location: `${url}/inside` }).end();
    else if (request.url === '/none') response.writeHead(204).end();
    else if (request.url === '/exact') response.end(Buffer.alloc(OUTBOUND_ANSWER_BYTES_MAX));
    else if (request.url === '/large') response.end(Buffer.alloc(OUTBOUND_ANSWER_BYTES_MAX + 1));
    else if (request.url !== '/silent') response.writeHead(200, { 'x-said': 'hello' }).end('hello');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const outbound = (send: typeof fetch = fetch): Outbound =>
  outboundWith({ allowed: [{ host: '127.0.0.1', port: '*' }], lookUp: async (name) => names[name] ?? [], send });

test('[R75] a call reaches whom it may, and its answer is like any', async () => {
  const response = await outbound().fetch(`${url}/in`, { method: 'POST', body: 'x' });
  expect([response.status, response.headers.get('x-said'), await response.text()]).toEqual([200, 'hello', 'hello']);
  expect((await outbound().fetch(`${url}/none`)).status).toBe(204);
});

test('[R75] [F41] nobody is led elsewhere by a redirect', async () => {
  expect((await outbound().fetch(`${url}/moved`)).status).toBe(302);
  expect((await outbound().tell(`${url}/moved`, { method: 'POST' })).status).toBe(302);
  expect(asked).toEqual(['/moved', '/moved']);
});

test('[R75] [F41] a name that moved inside after it was registered is not called', async () => {
  const sent: string[] = [];
  const send = async (to: string): Promise<Response> => {
    sent.push(to);
    return new Response('ok');
  };
  const out = outbound(send as typeof fetch);
  await out.tell('https://hooks.shop.com/in', { method: 'POST' });
  names['hooks.shop.com'] = ['169.254.169.254'];
  await expect(out.tell('https://hooks.shop.com/in', { method: 'POST' })).rejects.toBeInstanceOf(OutboundRefused);
  await expect(out.fetch('https://hooks.shop.com/in')).rejects.toBeInstanceOf(OutboundRefused);
  expect(sent).toEqual(['https://hooks.shop.com/in']);
});

test('[R75] an answer is read up to its limit and no further, and not at all where only its status matters', async () => {
  expect((await (await outbound().fetch(`${url}/exact`)).arrayBuffer()).byteLength).toBe(OUTBOUND_ANSWER_BYTES_MAX);
  await expect(outbound().fetch(`${url}/large`)).rejects.toThrow(`${OUTBOUND_ANSWER_BYTES_MAX} bytes`);
  expect((await outbound().tell(`${url}/large`, {})).status).toBe(200);
});

test('[R75] whoever gives up on a call ends it', async () => {
  const call = outbound().fetch(`${url}/silent`, { signal: AbortSignal.timeout(20) });
  await expect(call).rejects.toThrow();
});
