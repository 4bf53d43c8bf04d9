import { placesOf } from '../catalogue/places-of.ts';
import { Hono } from 'hono';
import { channelRequest, type ChannelReply } from '../../contracts/catalogue.ts';
import type * as z from 'zod';
import type { Confidence, Shows } from '../../domain/network.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import { bodyOf } from '../request/body.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { Names } from '../catalogue/names.ts';
import type { ChannelRow, NetworkRows } from '../catalogue/network-rows.ts';
import type { ChannelParts } from '../channels/tell-channel.ts';
import { wrongMeaning } from '../channels/wrong-meaning.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { channelInPath } from '../request/path-names.ts';
import { etagOf, expectedVersion } from '../request/preconditions.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';

export interface ChannelDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly networkRows: NetworkRows;
  readonly directories: Directories;
  readonly channelParts: Pick<ChannelParts, 'outlets'>;
}

export function channelRoutes({ allow, names, networkRows, directories, channelParts }: ChannelDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .put('/v1/channels/:id', allow('admin'), async (c) => {
      const id = channelInPath(c.req.param('id'));
      if (id instanceof Refused) return problem(c, new Refused('invalid_request', `id: ${id.detail}`));
      const body = await bodyOf(c, channelRequest);
      if (body instanceof Refused) return problem(c, body);
      const expected = expectedVersion(c);
      if (expected instanceof Refused) return problem(c, expected);
      const { name = null, buffer, class: rank, stop_sell: stopSell, sold_out_hint: soldOutHint } = body.value;
      const confidence = body.value.confidence === null ? null : confidenceOf(body.value.confidence);
      const shows = body.value.shows === null ? null : showsOf(body.value.shows);
      const outlet = shows === null ? null : await channelParts.outlets.find(id);
      const meaning = outlet === null ? null : wrongMeaning(outlet.adapter, shows);
      if (meaning !== null) return problem(c, meaning);
      const { system = id, unmapped } = body.value.listings ?? {};
      const listings = unmapped === undefined ? null : { system, unmapped };
      const locations = body.value.locations === null ? null : await placesOf(body.value.locations, names);
      if (locations instanceof Refused) return problem(c, locations);
      const put = await networkRows.putChannel(
        id,
        { name, locations, buffer, class: rank, stopSell, soldOutHint, confidence, shows, listings },
        expected,
        byOf(c),
      );
      if (put instanceof Refused) return problem(c, put);
      await directories.renewed();
      return c.json(channelReply(put.row), put.outcome === 'created' ? 201 : 200, { etag: etagOf(put.row.version) });
    })

    .get('/v1/channels/:id', allow('admin'), async (c) => {
      const id = channelInPath(c.req.param('id'));
      if (id instanceof Refused) return problem(c, id);
      const row = await networkRows.channel(id);
      if (row === null) return problem(c, new Refused('not_found', `there is no channel ${id}`));
      return c.json(channelReply(row), 200, { etag: etagOf(row.version) });
    });
}

function channelReply(row: ChannelRow): ChannelReply {
  const { id, name, locations, buffer, class: rank, stopSell, soldOutHint, confidence, shows, listings } = row;
  return {
    id,
    name,
    locations: locations === null ? null : [...locations],
    buffer,
    class: rank,
    stop_sell: stopSell,
    sold_out_hint: soldOutHint,
    confidence: confidence === null ? null : confidenceReply(confidence),
    shows: shows === null ? null : { meaning: shows.meaning, at_most: shows.atMost, takes_off: shows.takesOff ?? 'at_place' },
    listings,
  };
}

function showsOf({
  meaning,
  at_most: atMost,
  takes_off: takesOff,
}: NonNullable<z.output<typeof channelRequest>['shows']>): Shows {
  return { meaning, atMost, takesOff };
}

function confidenceOf(request: NonNullable<z.output<typeof channelRequest>['confidence']>): Confidence {
  return {
    countAgeSeconds: request.count_age_seconds,
    erpSilenceSeconds: request.erp_silence_seconds,
    feedLagSeconds: request.feed_lag_seconds,
    laneOpenSeconds: request.lane_open_seconds,
    shrinkPercent: request.shrink_percent,
  };
}

function confidenceReply(confidence: Confidence): NonNullable<ChannelReply['confidence']> {
  return {
    count_age_seconds: confidence.countAgeSeconds,
    erp_silence_seconds: confidence.erpSilenceSeconds,
    feed_lag_seconds: confidence.feedLagSeconds ?? null,
    lane_open_seconds: confidence.laneOpenSeconds ?? null,
    shrink_percent: confidence.shrinkPercent,
  };
}
