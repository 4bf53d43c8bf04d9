// `npm run simulate:staleness`: how old and how wrong a number is when a reader is shown it, by the real tiers and the real rules.
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { report } from './staleness/report.ts';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } });
console.log(await report(z.coerce.number().int().min(1).parse(values.seed)));
