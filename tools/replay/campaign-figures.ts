import { ofType, type CampaignBegun, type LogEntry } from './run-log.ts';
import { sum } from './sum.ts';
import type { Cells } from './table.ts';
import { brokenUnits, tallyByItem, type ItemTally } from './tally.ts';

export function campaignFigures(log: readonly LogEntry[]): Cells[] {
  return campaignsOf(log).map(({ begun, tally }) => {
    const { sku, channel, protected: units } = begun;
    const sold = ofType(tally.rows, 'committed').filter((row) => row.channel === channel);
    const used = `${sum(sold.map(({ quantity }) => quantity))} sold there`;
    return ['protected units', units, `of ${sku} for ${channel}: ${used}, ${brokenUnits(tally, begun)} taken by others`];
  });
}

export function brokenCampaigns(log: readonly LogEntry[]): string[] {
  return campaignsOf(log).flatMap(({ begun, tally }) => {
    const units = brokenUnits(tally, begun);
    return units > 0 ? [`${begun.sku}: ${units} protected units were sold by other channels`] : [];
  });
}

interface Campaign {
  readonly begun: CampaignBegun;
  readonly tally: ItemTally;
}

function campaignsOf(log: readonly LogEntry[]): Campaign[] {
  const items = tallyByItem(log);
  return ofType(log, 'campaign').flatMap((begun): Campaign[] => {
    const tally = items.get(begun.sku);
    return tally === undefined ? [] : [{ begun, tally }];
  });
}
