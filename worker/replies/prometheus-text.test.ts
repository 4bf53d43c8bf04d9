import { expect, test } from 'vitest';
import { prometheusText } from './prometheus-text.ts';

test('what would break the format is escaped', () => {
  const text = prometheusText([
    { name: 'n', help: 'a\\b\nc', type: 'gauge', samples: [{ value: 1, labels: { l: 'say "hi"\\\n' } }] },
  ]);
  expect(text).toBe('# HELP n a\\\\b\\nc\n# TYPE n gauge\nn{l="say \\"hi\\"\\\\\\n"} 1\n');
});
