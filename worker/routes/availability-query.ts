import { Hono } from 'hono';
import type { Availability } from '../../contracts/availability.ts';
import { QUERY_PARTS_MAX } from '../../contracts/limits.ts';
import { availabilityOfMany } from '../../contracts/selling.ts';
import type { Sku } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import { availabilityReply, slowest } from '../replies/availability-reply.ts';
import { bodyOf } from '../request/body.ts';
import type { ManySnapshots } from '../cache/many-snapshots.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { NamedItem, Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import type { Seen, SeenItem } from '../stock/see-item.ts';
import { sellingChannel, servedLocations } from './availability.ts';

export interface AvailabilityQueryDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly directories: Directories;
  readonly many: ManySnapshots;
  readonly now: () => number;
}

/** A page of a shop: many items at once from the projection, never from as many objects unless that is asked for. */
export function availabilityQueryRoutes({ allow, names, directories, many, now }: AvailabilityQueryDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/v1/availability/query', allow('availability:read'), async (c) => {
    const body = await bodyOf(c, availabilityOfMany);
    if (body instanceof Refused) return problem(c, body);
    const { skus: asked, locations: limitedTo, consistency } = body.value;
    const channel = await sellingChannel(c.var.principal, body.value.channel, names);
    if (channel instanceof Refused) return problem(c, channel);

    const [itemOf, locations] = await Promise.all([
      names.items(asked.map((name) => ({ name }))),
      limitedTo === undefined ? null : servedLocations(limitedTo, channel, names),
    ]);
    if (locations instanceof Refused) return problem(c, locations);

    const found = new Map<Sku, NamedItem>();
    const missing = new Set<string>();
    for (const name of asked) {
      const item = itemOf({ name });
      if (!(item instanceof Refused)) found.set(item.sku, item);
      // An alias that means nothing has no SKU that could be listed.
      else if (typeof name !== 'string') return problem(c, item);
      else missing.add(name);
    }

    // A part of several kits is looked at once.
    const parts = [...new Set([...found.values()].flatMap((item) => item.parts.map(({ sku }) => sku)))];
    if (parts.length > QUERY_PARTS_MAX) {
      const detail = `skus: the kits among them have ${parts.length} parts, and ${QUERY_PARTS_MAX} are the most`;
      return problem(c, new Refused('invalid_request', detail));
    }
    const seen = await many[consistency](parts);
    if (seen instanceof Refused) return problem(c, seen);
    const { network } = await directories.current();
    const view = { network, channel: channel.id, locations, nowMs: now() };
    const items: Availability[] = [];
    for (const item of found.values()) {
      const whole = wholeOf(item, seen);
      if (whole === null) missing.add(item.sku);
      else items.push(availabilityReply(whole, view));
    }
    Object.assign(c.var.noted, { channel: channel.id, items: items.length, source: slowest(items.map(({ source }) => source)) });
    return c.json({ items, missing: [...missing] });
  });
}

/** null: of one of its parts there is nothing to see. */
function wholeOf({ sku, kit, parts }: NamedItem, seen: ReadonlyMap<Sku, Seen>): SeenItem | null {
  const found = parts.flatMap(({ sku: part, units }) => {
    const one = seen.get(part);
    return one === undefined ? [] : [{ units, seen: one }];
  });
  return found.length === parts.length ? { sku, kit, parts: found } : null;
}
