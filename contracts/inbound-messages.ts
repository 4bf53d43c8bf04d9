import * as z from 'zod';
import type { SourceId } from '../domain/ids.ts';
import { FACT_KINDS } from './inbound.ts';

const sourceInside = z.string().transform((text) => text as SourceId);

/** Queue `inbound-facts`: facts of one source, as they were sent; whoever sent them may state them. */
export const inboundMessage = z.object({
  source: sourceInside,
  correlationId: z.string(),
  receivedAtMs: z.int(),
  /** How often they were put off; counts may have to wait for postings under way (R34). */
  putOff: z.int().min(0),
  facts: z.array(z.object({ kind: z.enum(FACT_KINDS), fact: z.unknown() })),
});
export type InboundMessage = z.output<typeof inboundMessage>;
export type InboundFact = InboundMessage['facts'][number];

/** Queue `import-steps`: goes on with an import where its row says. */
export const importMessage = z.object({ import: z.string() });
export type ImportMessage = z.output<typeof importMessage>;
