import { expect, test } from 'vitest';
import { REPLIES_READY_BYTES_MAX } from '../../contracts/limits.ts';
import type { ChannelId } from '../../domain/ids.ts';
import { EMPTY_NETWORK } from '../../domain/network.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotOfItem as snapshotOf } from '../../test/wide-items.ts';
import { bytesOf } from './memory-cache.ts';
import { ReadyReplies } from './ready-replies.ts';

const web = 'web' as ChannelId;
const app = 'app' as ChannelId;

/** Says whether it had to be made. */
function isMade(replies: ReadyReplies<string>, snapshot: Snapshot, network = EMPTY_NETWORK, channel = web, bytes = 0): boolean {
  let made = false;
  replies.of(snapshot, network, channel, () => {
    made = true;
    return { reply: 'said', bytes };
  });
  return made;
}

test('what was made of a snapshot is said again, to its channel, and of no other snapshot', () => {
  const replies = new ReadyReplies<string>();
  const snapshot = snapshotOf(0, 1);
  expect(isMade(replies, snapshot)).toBe(true);
  expect([isMade(replies, snapshot), isMade(replies, snapshot, EMPTY_NETWORK, app)]).toEqual([false, true]);
  expect(isMade(replies, { ...snapshot })).toBe(true);
});

test('the snapshot counts, of which no more than a word may be said', () => {
  const fitting = Math.floor(REPLIES_READY_BYTES_MAX / bytesOf(snapshotOf(0, 1_000)));
  const replies = new ReadyReplies<string>();
  const snapshots = Array.from({ length: fitting + 1 }, (_, nth) => snapshotOf(nth, 1_000));
  for (const snapshot of snapshots) isMade(replies, snapshot);
  expect([1, fitting, 0].map((nth) => isMade(replies, snapshots[nth] ?? snapshotOf(0, 1)))).toEqual([false, false, true]);
});

test('what is said of one item to one channel after the other counts together', () => {
  const replies = new ReadyReplies<string>();
  const snapshot = snapshotOf(0, 1);
  const half = REPLIES_READY_BYTES_MAX / 2;
  isMade(replies, snapshot, EMPTY_NETWORK, web, half);
  expect(isMade(replies, snapshot, EMPTY_NETWORK, web, half)).toBe(false);
  isMade(replies, snapshot, EMPTY_NETWORK, app, half);
  expect(isMade(replies, snapshot, EMPTY_NETWORK, web, half)).toBe(true);
});

test('under another network all of it is let go of, or old networks would stay for as long as anything was said under them', () => {
  const replies = new ReadyReplies<string>();
  const snapshot = snapshotOf(0, 1);
  isMade(replies, snapshot);
  expect(isMade(replies, snapshotOf(1, 1), { ...EMPTY_NETWORK, version: 1 })).toBe(true);
  expect(isMade(replies, snapshot)).toBe(true);
});
