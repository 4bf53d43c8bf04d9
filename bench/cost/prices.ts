export interface Price {
  /** What one of it is called. */
  readonly unit: string;
  readonly dollarsPerMillion: number;
  /** Included each month with the plan of $5; what is printed is the price beyond it. */
  readonly includedPerMonth: string;
}

/**
 * Cloudflare's list prices on the Workers Paid plan, looked up on 2026-11-20 in its documentation: workers/platform/pricing,
 * durable-objects/platform/pricing, d1/platform/pricing, queues/platform/pricing, kv/platform/pricing.
 */
export const PRICES = {
  request: { unit: 'Worker request', dollarsPerMillion: 0.3, includedPerMonth: '10 M' },
  cpuMs: { unit: 'ms of CPU', dollarsPerMillion: 0.02, includedPerMonth: '30 M' },
  objectRequest: { unit: 'object request', dollarsPerMillion: 0.15, includedPerMonth: '1 M' },
  // $12.50 per million GB-s at 128 MB.
  objectMs: { unit: 'ms of an active object', dollarsPerMillion: 0.0016, includedPerMonth: '400,000 GB-s (3,125 M)' },
  rowWritten: { unit: 'row written', dollarsPerMillion: 1, includedPerMonth: '50 M of objects, 50 M of D1' },
  rowRead: { unit: 'row read', dollarsPerMillion: 0.001, includedPerMonth: '25 G of objects, 25 G of D1' },
  queueOperation: { unit: 'queue operation of 64 KB', dollarsPerMillion: 0.4, includedPerMonth: '1 M' },
  kvRead: { unit: 'KV read', dollarsPerMillion: 0.5, includedPerMonth: '10 M' },
  kvWrite: { unit: 'KV write', dollarsPerMillion: 5, includedPerMonth: '1 M' },
  logEvent: { unit: 'log event', dollarsPerMillion: 0.6, includedPerMonth: '20 M' },
} as const satisfies Readonly<Record<string, Price>>;

/** What no counter on one machine can tell; everything else that is billed is counted. */
export const ASSUMED = {
  /** How long a request keeps an object awake that nobody else keeps awake: some ms of work, and its commit to other machines. */
  activeMsPerObjectRequest: 5,
  /** The median of a queue's `send`, for which the object that sends stays awake. */
  activeMsPerQueueMessage: 60,
} as const;
