import { Hono } from 'hono';
import document from '../openapi.json' with { type: 'json' };

export const openapiRoutes = () => new Hono().get('/erp/v1/openapi.json', (c) => c.json(document));
