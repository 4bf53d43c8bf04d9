// `npm run simulate:staleness`: how old and how wrong a number is when a reader is shown it, by the real tiers and the real rules.
import { asked, whole } from '../tools/command-line.ts';
import { report } from './staleness/report.ts';

const USAGE = `npm run simulate:staleness -- [--seed 1]
  lets readers look at an item while it sells, and says how old and how wrong the numbers are that they are shown.
    --seed 1  who comes when`;
console.log(await report(asked(USAGE, { seed: { type: 'string', default: '1' } }, ({ seed }) => whole('seed', seed))));
