// `npm run flash-sale`: many buyers, few units, at a front that runs; exit code 1 if not every unit was sold once.
import { flashSale } from './flash-sale/flash-sale.ts';
import { flashSaleOptions } from './flash-sale/options.ts';
import { SCREEN } from './replay/progress.ts';
import { ReplayStopped } from './replay/replay-stopped.ts';

try {
  const { text, good } = await flashSale(flashSaleOptions(process.argv.slice(2)), SCREEN);
  console.log(text);
  process.exitCode = good ? 0 : 1;
} catch (error) {
  if (!(error instanceof ReplayStopped)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
