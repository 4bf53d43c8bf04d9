import type { OutletAdapter } from '../../contracts/outlets.ts';
import type { Shows } from '../../domain/network.ts';
import { Refused } from '../refused.ts';

/** Who shows the number as it was told: with the channel's own open orders in it, these units would be sold twice. */
const SHOW_IT_AS_IT_IS: ReadonlySet<string> = new Set(['shopify', 'amazon']);

/** null: what the number means (R86) fits who is told it. The other way round it is only too small, which somebody may want. */
export function wrongMeaning(adapter: OutletAdapter, shows: Shows | null | undefined): Refused | null {
  return shows?.meaning === 'input' && SHOW_IT_AS_IT_IS.has(adapter)
    ? new Refused(
        'invalid_request',
        `shows.meaning: the channel is told by ${adapter}, which takes no orders off the number, so it cannot be input`,
      )
    : null;
}
