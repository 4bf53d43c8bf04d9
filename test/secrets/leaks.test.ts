import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { keyOf, Shop } from '../shop.ts';
import { ROOT } from '../source-files.ts';
import { leaksOfState } from './leaks-of-state.ts';
import { leaksIn } from './leaks.ts';

describe('[I25] a run of tests fails', () => {
  test('where a secret is logged, though the log is not shown', async () => {
    expect(await runOf('log-leak')).toMatchObject({ code: 1, said: expect.stringMatching(/stdout.*: ERP_TOKEN, after/) });
  });

  test('and says so where a secret stands in the message of an error', async () => {
    const said = expect.stringMatching(/the error of "fails with a key in its message": an API key, after "who is "/);
    expect(await runOf('error-leak')).toMatchObject({ code: 1, said });
  });

  test('only then', async () => {
    expect(await runOf('no-leak')).toMatchObject({ code: 0, said: expect.not.stringContaining('Secrets stand') });
  });

  test('where an answer tells a key that it does not make, or a line of the log', async () => {
    const shop = await Shop.open();
    await shop.put('/v1/items/KEY', { status: 'active' });
    // oxlint-disable-next-line typescript/no-floating-promises -- awaited by what expects it to fail
    const named = shop.put('/v1/items/KEY', { status: 'active', name: `the key is ${keyOf('admin')}` });
    await named.catch(() => undefined);
    await expect(shop.get('admin', '/v1/items/KEY')).rejects.toThrow(/GET \/v1\/items\/KEY: an API key/);
    const other = await Shop.open();
    other.log.push({ buyer: 'carla@example.org' });
    await expect(other.reserve(1, { buyer: 'carla@example.org' })).rejects.toThrow(/a buyer/);
  });

  test('where a secret stands behind the example of the documentation', () => {
    const example = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(leaksIn(`like ${example}`)).toEqual([]);
    const said = `like ${example}, and whsec_${'A1b2'.repeat(8)} for the feed`;
    expect(leaksIn(said)).toEqual([expect.stringMatching(/^a secret of a webhook, after /)]);
  });

  test('where the server has written a secret of its own into its log', async () => {
    const state = await mkdtemp(path.join(tmpdir(), 'holdfast-leaks-'));
    await writeFile(path.join(state, 'secrets.json'), JSON.stringify({ SECRETS_KEY: 'made-by-the-server' }));
    await writeFile(path.join(state, 'log.ndjson'), '{"fine":1}\n');
    expect(await leaksOfState(state)).toEqual([]);
    await writeFile(path.join(state, 'log.ndjson'), '{"fine":1}\n{"error":"no made-by-the-server"}\n');
    expect(await leaksOfState(state)).toEqual([expect.stringMatching(/^log.ndjson: SECRETS_KEY, after/)]);
    await rm(state, { recursive: true });
  });
});

async function runOf(name: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const config = path.join(import.meta.dirname, 'leaky/vitest.config.ts');
  const child = spawn(process.execPath, [vitest, 'run', '--config', config, '--reporter=dot', name], { cwd: ROOT });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said = (await Promise.all([text(child.stdout), text(child.stderr)])).join('\n');
  return { code: await ended, said };
}
