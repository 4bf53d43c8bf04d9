import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Between us and a server that has no switches for faults of its own. */
export interface FaultProxy {
  readonly url: string;
  readonly faults: ProxyFaults;
  heal(): void;
  stop(): Promise<void>;
}

/** What the proxy does to the next requests that pass. */
export interface ProxyFaults {
  /** 502 with a page for people; nothing reaches the server. */
  down: boolean;
  /** 429; nothing reaches the server. */
  throttledMs: number | null;
  /** The first request of which this is true is carried out, and its answer is lost. */
  loseAnswerTo: ((request: PassingRequest) => boolean) | null;
  /** The first request of which this is true is lost itself. */
  loseRequest: ((request: PassingRequest) => boolean) | null;
  /** Called when one of them was lost, after the server has done what it was asked. */
  onLoss: (() => void) | null;
}

export interface PassingRequest {
  readonly path: string;
  readonly body: string;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const faults: ProxyFaults = { ...NONE };
  const server = createServer((request, response) => {
    void pass(new URL(target), faults, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    heal: () => void Object.assign(faults, NONE),
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

const NONE: ProxyFaults = { down: false, throttledMs: null, loseAnswerTo: null, loseRequest: null, onLoss: null };

async function pass(target: URL, faults: ProxyFaults, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url: path = '/', headers } = request;
  const body = await text(request);
  if (faults.down) return void response.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad Gateway</h1>');
  if (faults.throttledMs !== null)
    return void response.writeHead(429, { 'Retry-After': String(Math.ceil(faults.throttledMs / 1_000)) }).end('Slow down.');
  if (faults.loseRequest?.({ path, body })) {
    faults.loseRequest = null;
    return faults.onLoss?.();
  }
  const lost = faults.loseAnswerTo?.({ path, body }) ?? false;
  if (lost) faults.loseAnswerTo = null;
  const answer = await fetch(new URL(path, target), {
    method,
    redirect: 'manual',
    headers: passedOn(headers),
    ...(body === '' ? {} : { body }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (lost) return faults.onLoss?.();
  const { 'content-encoding': _encoding, 'content-length': _length, ...kept } = Object.fromEntries(answer.headers);
  response.writeHead(answer.status, kept).end(bytes);
}

function passedOn({ host: _host, connection: _connection, 'content-length': _length, ...rest }: IncomingMessage['headers']) {
  return new Headers(Object.entries(rest).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}
