import type { Screen } from '../replay/progress.ts';
import { readBooks } from './books.ts';
import { putOnSale } from './item.ts';
import type { FlashSaleOptions } from './options.ts';
import { erpShould, report, type Report } from './report.ts';
import { sell } from './sale.ts';
import { salesFront } from './sales-front.ts';
import { withHint } from './with-hint.ts';

/** Sells a new item to far more buyers than it has units, and compares what they were told with everybody's books. */
export async function flashSale({ where, ...options }: FlashSaleOptions, screen: Screen): Promise<Report> {
  const front = await salesFront(where, (line) => screen.say(line));
  try {
    const item = await putOnSale(front, options);
    screen.say(`${options.buyers} buyers want one of ${options.units} units of ${item.sku}.`);
    const sale = () => sell(front, item, options, screen);
    const sold = await (options.hint ? withHint(front, item, sale, (line) => screen.say(line)) : sale());

    const should = erpShould(options.units, sold.tally.sold, options.issueAt);
    const shown = screen.progress('ERP', null);
    const books = await readBooks(front, item, should, (onHand) => shown.at(0, `${onHand} on hand, ${should} once it knows all`));
    shown.at(0, books.erpOnHand === null ? 'not looked at' : `${books.erpOnHand} on hand`);
    shown.end();
    return report({ sku: item.sku, options, sold, books, calls: front.timings.summary() });
  } finally {
    await front.stop();
  }
}
