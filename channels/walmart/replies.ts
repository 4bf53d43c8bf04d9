import * as z from 'zod';

// What we read of Walmart's replies; they may say more.

const walmartErrors = z.array(z.object({ code: z.string(), description: z.string().nullish(), info: z.string().nullish() }));

/** The same list under either name: the documents say `errors`, the gateway `error`. */
export const errorReply = z.union([
  z.object({ errors: walmartErrors.min(1) }).transform(({ errors }) => errors),
  z.object({ error: walmartErrors.min(1) }).transform(({ error }) => error),
]);

const quantity = z.object({ unit: z.literal('EACH'), amount: z.int() });

export const itemReply = z.object({ sku: z.string(), quantity });

export const nodesSetReply = z.object({
  sku: z.string(),
  nodes: z.array(z.object({ shipNode: z.string(), status: z.string().nullish(), errors: walmartErrors.nullish() })),
});

export const nodesShownReply = z.object({
  sku: z.string(),
  nodes: z.array(z.object({ shipNode: z.string(), inputQty: quantity, errors: walmartErrors.max(0).nullish() })),
});

export const feedReply = z.object({ feedId: z.string().min(1).max(200), errors: z.null().optional() });

const ingestionErrors = z.object({
  ingestionError: z.array(z.object({ code: z.string(), description: z.string().nullish() })).nullish(),
});

export const feedStateReply = z.object({
  feedId: z.string(),
  feedStatus: z.enum(['RECEIVED', 'INPROGRESS', 'PROCESSED', 'ERROR']),
  ingestionErrors: ingestionErrors.nullish(),
  itemsReceived: z.int().min(0),
  itemsSucceeded: z.int().min(0),
  itemsFailed: z.int().min(0),
  itemsProcessing: z.int().min(0),
  itemDetails: z
    .object({
      itemIngestionStatus: z.array(
        z.object({
          sku: z.string().nullish(),
          ingestionStatus: z.enum(['INPROGRESS', 'SUCCESS', 'DATA_ERROR', 'SYSTEM_ERROR', 'TIMEOUT_ERROR']),
          ingestionErrors: ingestionErrors.nullish(),
        }),
      ),
    })
    .nullish(),
});

export type FeedState = z.output<typeof feedStateReply>;
