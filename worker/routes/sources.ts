import { Hono } from 'hono';
import { sourceRequest, type SourceReply } from '../../contracts/catalogue.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import { bodyOf } from '../request/body.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { NetworkRows, SourceRow } from '../catalogue/network-rows.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { sourceInPath } from '../request/path-names.ts';
import { etagOf, expectedVersion } from '../request/preconditions.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';

export interface SourceDeps {
  readonly allow: Allow;
  readonly networkRows: NetworkRows;
  readonly directories: Directories;
}

export function sourceRoutes({ allow, networkRows, directories }: SourceDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .put('/v1/sources/:id', allow('admin'), async (c) => {
      const id = sourceInPath(c.req.param('id'));
      if (id instanceof Refused) return problem(c, new Refused('invalid_request', `id: ${id.detail}`));
      const body = await bodyOf(c, sourceRequest);
      if (body instanceof Refused) return problem(c, body);
      const expected = expectedVersion(c);
      if (expected instanceof Refused) return problem(c, expected);
      const put = await networkRows.putSource(id, body.value, expected, byOf(c));
      if (put instanceof Refused) return problem(c, put);
      await directories.renewed();
      return c.json(sourceReply(put.row), put.outcome === 'created' ? 201 : 200, { etag: etagOf(put.row.version) });
    })

    .get('/v1/sources/:id', allow('admin'), async (c) => {
      const id = sourceInPath(c.req.param('id'));
      if (id instanceof Refused) return problem(c, id);
      const row = await networkRows.source(id);
      if (row === null) return problem(c, new Refused('not_found', `there is no source ${id}`));
      return c.json(sourceReply(row), 200, { etag: etagOf(row.version) });
    });
}

function sourceReply({ id, name, books, erpConnection }: SourceRow): SourceReply {
  return { id, name, books, erp_connection: erpConnection };
}
