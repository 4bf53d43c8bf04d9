import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import { flashSale } from '../../tools/flash-sale/flash-sale.ts';
import { flashSaleOptions } from '../../tools/flash-sale/options.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';

// It takes ten seconds, and several times that on a machine that does much else.
const SALE_MS_MAX = 120_000;
const BLANK = { say: () => {}, progress: () => ({ at: () => {}, end: () => {} }) };

let holdfast: Holdfast | undefined;
afterEach(() => holdfast?.stop());

test(
  'of 300 buyers who come at once 20 get a unit each, those that others gave back among them, and nobody gets two',
  async () => {
    holdfast = await startHoldfast('--seed', 'none');
    const flags = ['--buyers', '300', '--units', '20', '--abandon', '20', '--caps', '--pin', '--hint', '--connections', '32'];

    const { text, good } = await flashSale(flashSaleOptions([...flags, '--state', holdfast.state]), BLANK);

    console.info(text);
    expect(text).toContain('Every unit was sold once.');
    expect(text).toMatch(/^sold +20 +20 expected$/m);
    expect(text).toMatch(/^oversold +0$/m);
    expect(text).toMatch(/^ERP +0 on hand$/m);
    expect(text).toMatch(/^second unit +\d/m);
    expect(text).not.toContain('granted');
    expect(good).toBe(true);
  },
  SALE_MS_MAX,
);

test(
  'more units than buyers who pay are sold to each of them once, at another front that is named with its keys',
  async () => {
    holdfast = await startHoldfast('--seed', 'none');
    const { url, state } = holdfast;
    const keys = z
      .object({ admin: z.string(), sales_web: z.string() })
      .parse(JSON.parse(await readFile(path.join(state, 'dev-keys.json'), 'utf8')));
    const front = ['--front', url, '--admin-key', keys.admin, '--sales-key', keys.sales_web];

    const { text, good } = await flashSale(
      flashSaleOptions([...front, '--buyers', '50', '--units', '100', '--abandon', '40']),
      BLANK,
    );

    expect(text).toMatch(/^sold +30 +30 expected$/m);
    expect(text).toMatch(/^front +70 +left; 30 committed, 0 reserved$/m);
    expect(text).toMatch(/^ERP +nobody said where$/m);
    expect(good).toBe(true);
  },
  SALE_MS_MAX,
);
