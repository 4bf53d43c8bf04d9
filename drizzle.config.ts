import { defineConfig } from 'drizzle-kit';

// `npx drizzle-kit generate` writes the next file of migrations/d1. Then make each new table STRICT by hand, and
// WITHOUT ROWID where its key is text: drizzle can say neither. A file that was merged is never edited (only forward).
export default defineConfig({
  dialect: 'sqlite',
  driver: 'd1-http',
  schema: [
    './worker/catalogue/schema.ts',
    './worker/read-models/schema.ts',
    './worker/audit/schema.ts',
    './worker/orders/schema.ts',
    './worker/inbound/schema.ts',
    './worker/imports/schema.ts',
    './worker/erp/schema.ts',
    './worker/reconciliation/schema.ts',
    './worker/replay/schema.ts',
    './worker/connection/schema.ts',
    './worker/proof/schema.ts',
    './worker/webhooks/schema.ts',
    './worker/channels/schema.ts',
  ],
  out: './migrations/d1',
});
