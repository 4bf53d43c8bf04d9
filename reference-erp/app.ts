import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { ERP_BODY_BYTES_MAX } from '../contracts/generic-erp.ts';
import { authenticate } from './authenticate.ts';
import type { ErpEnv } from './env.ts';
import { sufferFaults } from './faults/suffer-faults.ts';
import { problem } from './problem.ts';
import { auditRoutes } from './routes/audit.ts';
import { balanceRoutes } from './routes/balances.ts';
import { changeRoutes } from './routes/changes.ts';
import { faultRoutes } from './routes/faults.ts';
import { movementRoutes } from './routes/movements.ts';
import { openapiRoutes } from './routes/openapi.ts';

/** An ERP's stock ledger behind the generic ERP HTTP contract. */
export function createApp({ database, faultsAllowed, token }: ErpEnv) {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.use(authenticate(token));
  app.use(
    bodyLimit({
      maxSize: ERP_BODY_BYTES_MAX,
      onError: async (c) => {
        await drained(c.req.raw);
        return problem(c, 'too_large', 'Send fewer movements at once.');
      },
    }),
  );
  app.route('/', openapiRoutes());
  app.route('/', auditRoutes(database));
  if (faultsAllowed) {
    app.route('/', faultRoutes(database));
    app.use(sufferFaults(database));
  }
  app.route('/', movementRoutes(database));
  app.route('/', balanceRoutes(database));
  app.route('/', changeRoutes(database));

  app.notFound((c) => problem(c, 'not_found', `There is nothing at ${c.req.path}.`));
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) return problem(c, 'invalid_request', error.message);
    console.error(JSON.stringify({ message: 'request failed', path: c.req.path, error: String(error) }));
    return problem(c, 'internal_error', 'The ledger could not answer. Whether anything was booked is unknown: ask by key.');
  });
  return app;
}

/** A sender that is cut off while sending would never see the answer. What is read in vain the runtime bounds. */
async function drained({ body }: Request): Promise<void> {
  // One of unknown length was measured by reading it, and broke off there.
  await body?.pipeTo(new WritableStream()).catch(() => undefined);
}
