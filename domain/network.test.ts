import { expect, test } from 'vitest';
import { place } from '../test/story/story.ts';
import { byPriority } from './network.ts';

test('[R27] of two locations one is asked first whichever is named first: the smaller priority, then the smaller id', () => {
  const [dc, store, warehouse] = [place('dc', 2), place('store', 2), place('warehouse', 1)];
  expect([byPriority(warehouse, dc), byPriority(dc, warehouse)]).toEqual([-1, 1]);
  expect([byPriority(dc, store), byPriority(store, dc), byPriority(dc, dc)]).toEqual([-1, 1, 0]);
});
