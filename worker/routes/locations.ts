import { Hono } from 'hono';
import { locationRequest, type LocationReply } from '../../contracts/catalogue.ts';
import type { Alias } from '../../contracts/names.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import { bodyOf } from '../request/body.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { LocationRow, NetworkRows } from '../catalogue/network-rows.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { locationInPath } from '../request/path-names.ts';
import { etagOf, expectedVersion } from '../request/preconditions.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';

export interface LocationDeps {
  readonly allow: Allow;
  readonly networkRows: NetworkRows;
  readonly directories: Directories;
}

export function locationRoutes({ allow, networkRows, directories }: LocationDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .put('/v1/locations/:id', allow('admin'), async (c) => {
      const id = locationInPath(c.req.param('id'));
      if (id instanceof Refused) return problem(c, new Refused('invalid_request', `id: ${id.detail}`));
      const body = await bodyOf(c, locationRequest);
      if (body instanceof Refused) return problem(c, body);
      const expected = expectedVersion(c);
      if (expected instanceof Refused) return problem(c, expected);
      const put = await networkRows.putLocation(id, body.value, expected, byOf(c));
      if (put instanceof Refused) return problem(c, put);
      await directories.renewed();
      const aliases = put.outcome === 'unchanged' ? await networkRows.locationAliases(id) : body.value.aliases;
      return c.json(locationReply(put.row, aliases), put.outcome === 'created' ? 201 : 200, { etag: etagOf(put.row.version) });
    })

    .get('/v1/locations/:id', allow('admin'), async (c) => {
      const id = locationInPath(c.req.param('id'));
      if (id instanceof Refused) return problem(c, id);
      const row = await networkRows.location(id);
      if (row === null) return problem(c, new Refused('not_found', `there is no location ${id}`));
      return c.json(locationReply(row, await networkRows.locationAliases(id)), 200, { etag: etagOf(row.version) });
    });
}

function locationReply({ id, name, type, priority, stopSell }: LocationRow, aliases: readonly Alias[]): LocationReply {
  return { id, name, type, priority, aliases: [...aliases], stop_sell: stopSell };
}
