import { expect, test } from 'vitest';
import { bundleWorker } from '../../../tools/start/bundle.ts';
import { FRONT } from '../../../tools/start/workers.ts';
import { SCRIPT_GZIP_BYTES_MAX } from './limits.ts';
import { weightOf } from './weight.ts';

test('the script is no heavier than was decided', async () => {
  expect(weightOf(await bundleWorker(FRONT.config)).gzipBytes).toBeLessThanOrEqual(SCRIPT_GZIP_BYTES_MAX);
});
