import type { ChannelId } from '../../domain/ids.ts';
import type { Shown } from '../../domain/channel-lane/numbers.ts';
import type { LaneNews, ToldNews } from '../../durable-objects/channel-lane/protocol.ts';
import { readModelCaseId } from '../read-models/case-id.ts';
import { closeNamed, NEW_CASE, openCases, type CaseRow } from '../read-models/cases.ts';
import { fromBase64url, toBase64url } from '../request/base64url.ts';

const KINDS = { refused: 'channel_refused', drift: 'channel_drift' } as const satisfies Record<LaneNews['about'], string>;

/** Opens a case for what a channel refused, or shows otherwise than it was told, and closes those that are over. */
export async function tellCases(
  db: D1Database,
  channel: ChannelId,
  news: readonly LaneNews[],
  nowMs: number,
): Promise<readonly ToldNews[]> {
  const opened = news.filter(({ open }) => open).map((one) => rowOf(channel, one, nowMs));
  const over = news.filter(({ open }) => !open).map((one) => idOf(channel, one));
  const { tell, close } = closeNamed(
    "SELECT value FROM json_each(?1) JOIN cases ON cases.id = value AND cases.state = 'open'",
    '?2',
  );
  const ids = JSON.stringify(over);
  await db.batch([
    ...openCases(db, opened),
    db.prepare(tell).bind(ids, nowMs),
    db.prepare(close("'the channel shows what it was told'")).bind(ids, nowMs),
  ]);
  return news.map(({ listing, about, open }) => ({ listing, about, open }));
}

/** The channel and its name of the item that a case is about; null: it is about something else. */
export function subjectOf(caseId: string): { readonly channel: ChannelId; readonly listing: string } | null {
  const [, route = '', listing] = /^channel_(?:refused|drift)~([^~]+)~(.+)$/su.exec(caseId) ?? [];
  const bytes = fromBase64url(route);
  return bytes === null || listing === undefined ? null : { channel: new TextDecoder().decode(bytes) as ChannelId, listing };
}

function idOf(channel: ChannelId, { about, listing }: Pick<LaneNews, 'about' | 'listing'>): string {
  return readModelCaseId(KINDS[about], `${toBase64url(new TextEncoder().encode(channel))}~${listing}`);
}

function rowOf(channel: ChannelId, one: LaneNews, nowMs: number): CaseRow {
  return {
    ...NEW_CASE,
    id: idOf(channel, one),
    kind: KINDS[one.about],
    sku: one.sku,
    difference: one.about === 'drift' ? differenceOf(one) : null,
    proposal: one.about === 'drift' ? ofDrift(channel, one) : ofRefusal(channel, one),
    openedAtMs: one.atMs,
    sequence: nowMs,
  };
}

function ofRefusal(channel: ChannelId, { listing, code, detail, wanted }: LaneNews): string {
  return `${channel} refused to show ${wanted.toFixed(0)} of its listing ${listing} (${code ?? '?'}: ${detail ?? '?'}). Mend the cause there, then replay this case; it is tried again by itself when the number changes.`;
}

function ofDrift(channel: ChannelId, { listing, drift, wanted }: LaneNews): string {
  const shows = drift === null || drift.shown === null ? 'nothing' : shownText(drift.shown);
  const what = `${channel} shows ${shows} of its listing ${listing}, and was told ${wanted.toFixed(0)}.`;
  if (drift === null) return what;
  switch (drift.class) {
    case 'unmapped':
      return `${what} Class unmapped: it knows no such listing. List the item there, or take the alias away.`;
    case 'rejected':
      return `${what} Class rejected: it took the number and shows the one before. It is set again; find out why it does not hold.`;
    case 'changed_by_hand':
      return drift.leftAtVersion === null
        ? `${what} Class changed_by_hand: nobody here set that. It is set again.`
        : `${what} Class changed_by_hand: nobody here set that. It is left so until its number changes; replay this case to set it again.`;
    case 'late':
      return what;
  }
}

function differenceOf({ drift, wanted }: LaneNews): number | null {
  const quantity = drift?.shown?.quantity ?? null;
  return quantity === null ? null : quantity - wanted;
}

function shownText({ quantity, places }: Shown): string {
  return quantity === null ? places.map((at) => `${at.quantity.toFixed(0)} at ${at.place}`).join(', ') : quantity.toFixed(0);
}
