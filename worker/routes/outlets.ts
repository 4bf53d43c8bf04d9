import { Hono, type Context } from 'hono';
import type * as z from 'zod';
import { levelsQuery, outletCredentials, outletRequest, readBackRequest, type OutletReply } from '../../contracts/outlets.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import type { Names } from '../catalogue/names.ts';
import { wrongCredentials, wrongOptions } from '../channels/connect.ts';
import type { OutletRow } from '../channels/outlets.ts';
import type { ChannelParts } from '../channels/tell-channel.ts';
import { wrongMeaning } from '../channels/wrong-meaning.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { levelReply, outletReply } from '../replies/outlet-reply.ts';
import { written } from '../replies/written.ts';
import { bodyOf, namesPrototype, queryOf } from '../request/body.ts';
import { channelInPath } from '../request/path-names.ts';
import { afterOf, cursorOf } from '../request/pages.ts';
import { etagOf, expectedVersion } from '../request/preconditions.ts';

export interface OutletDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly channelParts: Pick<ChannelParts, 'outlets' | 'laneOf' | 'wakeChannel'>;
}

export function outletRoutes({ allow, names, channelParts }: OutletDeps): Hono<AppEnv> {
  const { outlets, laneOf, wakeChannel } = channelParts;

  const channelNamed = async (c: Context<AppEnv>): Promise<ChannelId | Refused> => {
    const channel = channelInPath(c.req.param('id') ?? '');
    if (channel instanceof Refused) return channel;
    const known = await names.channel(channel);
    return known instanceof Refused ? new Refused('not_found', known.detail) : channel;
  };
  const outletNamed = async (c: Context<AppEnv>): Promise<OutletRow | Refused> => {
    const channel = await channelNamed(c);
    if (channel instanceof Refused) return channel;
    return (await outlets.find(channel)) ?? new Refused('not_found', `nobody said how ${channel} is told its numbers`);
  };
  const replyOf = async (row: OutletRow): Promise<OutletReply> =>
    outletReply(row, await outlets.credentialsSetAtMs(row.channel), await laneOf(row.channel).seen());

  return new Hono<AppEnv>()
    .put('/v1/channels/:id/outlet', allow('admin'), async (c) => {
      const channel = await channelNamed(c);
      if (channel instanceof Refused) return problem(c, channel);
      const body = await bodyOf(c, outletRequest);
      if (body instanceof Refused) return problem(c, body);
      const { options: sentOptions, limits: sentLimits } = body.sent as Readonly<Record<string, unknown>>;
      const lost = namesPrototype(sentOptions, sentLimits);
      if (lost !== null) return problem(c, lost);
      const expected = expectedVersion(c);
      if (expected instanceof Refused) return problem(c, expected);
      const { adapter, options, enabled, limits, on_drift: onDrift } = body.value;
      const wrong = wrongOptions(adapter, options);
      if (wrong !== null) return problem(c, refusalFor('options', wrong));
      const known = await names.channel(channel);
      const meaning = known instanceof Refused ? known : wrongMeaning(adapter, known.shows);
      if (meaning !== null) return problem(c, meaning);
      const put = await outlets.put(channel, { adapter, options, enabled, limits, onDrift }, expected, byOf(c));
      if (put instanceof Refused) return problem(c, put);
      if (enabled) await wakeChannel(channel, 0);
      return c.json(await replyOf(put.row), put.outcome === 'created' ? 201 : 200, { etag: etagOf(put.row.version) });
    })

    .get('/v1/channels/:id/outlet', allow('admin'), async (c) => {
      const row = await outletNamed(c);
      if (row instanceof Refused) return problem(c, row);
      return c.json(await replyOf(row), 200, { etag: etagOf(row.version) });
    })

    .put('/v1/channels/:id/outlet/credentials', allow('admin'), async (c) => {
      const row = await outletNamed(c);
      if (row instanceof Refused) return problem(c, row);
      const body = await bodyOf(c, outletCredentials);
      if (body instanceof Refused) return problem(c, body);
      const lost = namesPrototype(body.sent);
      if (lost !== null) return problem(c, lost);
      const wrong = wrongCredentials(row.adapter, body.value);
      if (wrong !== null) return problem(c, refusalFor('credentials', wrong));
      const setAtMs = await outlets.putCredentials(row, body.value, byOf(c));
      if (row.enabled) await wakeChannel(row.channel, 0);
      return c.json({ channel: row.channel, set_at: written(setAtMs) });
    })

    .get('/v1/channels/:id/outlet/levels', allow('admin'), async (c) => {
      const row = await outletNamed(c);
      if (row instanceof Refused) return problem(c, row);
      const query = queryOf(c, levelsQuery);
      if (query instanceof Refused) return problem(c, query);
      const { sku, state = null, limit } = query;
      const after = afterOf(query.cursor);
      if (after instanceof Refused) return problem(c, after);
      const page = await laneOf(row.channel).levels({ skus: sku === undefined ? null : [sku], state, after, limit });
      return c.json({ items: page.items.map(levelReply), next_cursor: page.next === null ? null : cursorOf(page.next) });
    })

    .post('/v1/channels/:id/outlet/read-back', allow('admin'), async (c) => {
      const row = await outletNamed(c);
      if (row instanceof Refused) return problem(c, row);
      const body = await bodyOf(c, readBackRequest);
      if (body instanceof Refused) return problem(c, body);
      await outlets.noteReadBack(row.channel, byOf(c));
      const lane = laneOf(row.channel);
      await lane.sweep();
      return c.json({ channel: row.channel, listings: (await lane.seen()).listings }, 202);
    });
}

/** Which member is wrong and why, never what it says: it may be a secret. */
function refusalFor(where: string, { issues }: z.ZodError): Refused {
  const [issue] = issues;
  const path = [where, ...(issue?.path ?? [])].map(String).join('.');
  return new Refused('invalid_request', `${path}: ${issue?.message ?? 'this is not what the adapter wants'}`);
}
