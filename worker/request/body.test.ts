import { expect, test } from 'vitest';
import { BODY_BYTES_MAX } from '../../contracts/limits.ts';
import { Refused } from '../refused.ts';
import { bytesOf } from './body.ts';

function request(bytes: number, said?: string): Request {
  const headers = said === undefined ? {} : { 'content-length': said };
  return new Request('http://holdfast/', { method: 'POST', headers, body: new Uint8Array(bytes).fill(7) });
}

async function read(bytes: number, said?: string): Promise<number | string> {
  const found = await bytesOf(request(bytes, said));
  return found instanceof Refused ? found.code : found.byteLength;
}

test('a body is the same whether or not it was said how long it is, and may be as long as the limit', async () => {
  for (const bytes of [0, 1, 100, BODY_BYTES_MAX]) {
    expect([await read(bytes), await read(bytes, String(bytes))]).toEqual([bytes, bytes]);
  }
  const more = BODY_BYTES_MAX + 1;
  expect([await read(more), await read(more, String(more))]).toEqual(['too_large', 'too_large']);
});

test('who says less than comes, or something that is no length, is measured all the same', async () => {
  const more = BODY_BYTES_MAX + 1;
  expect([await read(more, '1'), await read(more, 'x'), await read(more, '-1')]).toEqual(['too_large', 'too_large', 'too_large']);
  expect([await read(3, 'x'), await read(3, String(more))]).toEqual([3, 3]);
});

test('a body that ends too soon is a mistake of its sender, and no error of ours', async () => {
  for (const said of [{ 'content-length': '100' }, {}]) {
    let sent = false;
    const half = new ReadableStream<Uint8Array>({
      pull: (stream) => {
        if (sent) stream.error(new Error('Network connection lost.'));
        else stream.enqueue(new Uint8Array(50));
        sent = true;
      },
    });
    const init = { method: 'POST', body: half, duplex: 'half', headers: said };
    const found = await bytesOf(new Request('http://holdfast/', init));
    expect(found).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('ended before') });
  }
});
