import * as z from 'zod';
import { RATE_LIMIT_REQUESTS_MAX, RATE_LIMIT_WINDOW_SECONDS_MAX } from './limits.ts';

export const rateLimit = z
  .strictObject({
    requests: z.int().min(1).max(RATE_LIMIT_REQUESTS_MAX),
    window_seconds: z.int().min(1).max(RATE_LIMIT_WINDOW_SECONDS_MAX),
  })
  .meta({ id: 'RateLimit', description: 'So many requests in so many seconds, counted where they land.' });

/** The same as everything inside says it. */
export const givenRateLimit = rateLimit.transform(({ requests, window_seconds: windowSeconds }) => ({ requests, windowSeconds }));
