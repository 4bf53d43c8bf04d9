import * as z from 'zod';

export const errorReply = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().catch('') })).min(1) });

const issue = z.object({
  code: z.string().optional(),
  message: z.string().catch(''),
  severity: z.string(),
  attributeNames: z.array(z.string()).optional(),
});

export const submission = z.object({ status: z.string(), issues: z.array(issue).optional() });

export const item = z.object({
  sku: z.string(),
  fulfillmentAvailability: z.array(z.object({ fulfillmentChannelCode: z.string(), quantity: z.int().optional() })).optional(),
  issues: z.array(issue).optional(),
});

export const searchReply = z.object({ items: z.array(item) });

export const feedDocument = z.object({
  feedDocumentId: z.string().min(1),
  url: z.url({ protocol: /^https?$/ }),
  compressionAlgorithm: z.string().optional(),
});

export const createdFeed = z.object({ feedId: z.string().regex(/^[\w-]{1,100}$/) });

export const feed = z.object({ processingStatus: z.string(), resultFeedDocumentId: z.string().min(1).optional() });

/** What became of a feed, message by message: only the ones that went wrong are named. */
export const report = z.object({
  issues: z.array(
    z.object({
      sku: z.string().optional(),
      code: z.string().optional(),
      severity: z.string(),
      message: z.string().catch(''),
    }),
  ),
  summary: z.object({ messagesProcessed: z.int(), messagesInvalid: z.int() }),
});

export type Issue = z.output<typeof issue>;
export type Item = z.output<typeof item>;
