import { Hono } from 'hono';
import document from '../../contracts/openapi.json' with { type: 'json' };
import type { AppEnv } from '../app-env.ts';
import { documentationPage } from '../replies/documentation-page.ts';

/** The contract, for machines and for people; both from the same file. */
export function documentationRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/v1/openapi.json', (c) => c.json(document))
    .get('/v1/docs', (c) => c.html(documentationPage(document)));
}
