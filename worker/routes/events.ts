import { Hono } from 'hono';
import * as z from 'zod';
import { eventsQuery } from '../../contracts/events.ts';
import { EVENTS_KEPT_DAYS } from '../../contracts/limits.ts';
import type { AppEnv } from '../app-env.ts';
import type { Allow } from '../middleware/authenticate.ts';
import type { Principal } from '../middleware/principal.ts';
import { problem } from '../problem.ts';
import type { EventPage, EventsAsked, Reader } from '../read-models/event-pages.ts';
import { Refused } from '../refused.ts';
import { eventReply } from '../replies/event-reply.ts';
import { queryOf } from '../request/body.ts';
import { cursorOf } from '../request/pages.ts';
import { positionIn } from '../request/position-in.ts';

export interface EventDeps {
  readonly allow: Allow;
  readonly events: (asked: EventsAsked) => Promise<EventPage | null>;
}

export function eventRoutes({ allow, events }: EventDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/v1/events', allow('feeds:read'), async (c) => {
    const query = queryOf(c, eventsQuery);
    if (query instanceof Refused) return problem(c, query);
    const after = positionIn(query.after, position);
    if (after instanceof Refused) return problem(c, new Refused('invalid_request', after.detail.replace('cursor', 'after')));
    const reader = readerOf(c.var.principal);
    const page = await events({ after: after ?? 0, types: query.types ?? null, limit: query.limit, reader });
    if (page === null) return problem(c, GONE);
    return c.json({ items: page.items.map((row) => eventReply(row, reader)), next_cursor: cursorOf(String(page.through)) });
  });
}

const position = z.int().min(0);

const GONE = new Refused(
  'invalid_request',
  `after: what came next is no longer kept (${EVENTS_KEPT_DAYS} days are). Read what you follow anew, then begin without after`,
);

function readerOf({ scopes, channel }: Principal): Reader {
  if (scopes.includes('admin')) return { who: 'everybody' };
  return channel === null ? { who: 'no_channel' } : { who: 'channel', channel };
}
