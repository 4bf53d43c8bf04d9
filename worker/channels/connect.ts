import * as z from 'zod';
import { adobeChannel } from '../../channels/adobe/adobe-channel.ts';
import { adobeCredentials, adobeOptions } from '../../channels/adobe/options.ts';
import { amazonChannel } from '../../channels/amazon/amazon-channel.ts';
import { amazonCredentials, amazonOptions } from '../../channels/amazon/options.ts';
import { MemoryChannel } from '../../channels/memory/memory-channel.ts';
import type { ChannelPort } from '../../channels/port.ts';
import { shopifyCredentials, shopifyOptions } from '../../channels/shopify/options.ts';
import { shopifyChannel } from '../../channels/shopify/shopify-channel.ts';
import { walmartCredentials, walmartOptions } from '../../channels/walmart/options.ts';
import { walmartChannel } from '../../channels/walmart/walmart-channel.ts';
import type { OutletAdapter } from '../../contracts/outlets.ts';
import type { GuardedFetch } from '../outbound/outbound.ts';
import type { Credentials, OutletRow } from './outlets.ts';

export interface Wire {
  /** Only to where a deployment may call. */
  readonly fetch: GuardedFetch;
  readonly nowMs: () => number;
}

interface VendorWire<Options, Secrets> {
  readonly options: Options;
  readonly credentials: Secrets;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly nowMs: () => number;
}

/** What an adapter wants to know, and what comes of it. */
interface Adapter {
  readonly options: z.ZodType;
  /** null: it signs in with nothing. */
  readonly credentials: z.ZodType | null;
  readonly connect: (options: unknown, credentials: unknown, wire: Wire) => ChannelPort;
}

const ADAPTERS: Readonly<Record<OutletAdapter, Adapter>> = {
  // It stands in for the others where no vendor is the point, and forgets with its isolate.
  memory: { options: z.strictObject({}), credentials: null, connect: () => new MemoryChannel() },
  amazon: adapter(amazonOptions, amazonCredentials, amazonChannel),
  shopify: adapter(shopifyOptions, shopifyCredentials, shopifyChannel),
  walmart: adapter(walmartOptions, walmartCredentials, walmartChannel),
  adobe: adapter(adobeOptions, adobeCredentials, adobeChannel),
};

/** What is wrong with what an outlet says; null: nothing. */
export function wrongOptions(name: OutletAdapter, options: unknown): z.ZodError | null {
  return ADAPTERS[name].options.safeParse(options).error ?? null;
}

export function wrongCredentials(name: OutletAdapter, credentials: unknown): z.ZodError | null {
  return (ADAPTERS[name].credentials ?? z.strictObject({})).safeParse(credentials).error ?? null;
}

/** null: it cannot be told anything before it has credentials that fit. */
export function connectOutlet(
  { adapter: name, options }: Pick<OutletRow, 'adapter' | 'options'>,
  credentials: Credentials | null,
  wire: Wire,
): ChannelPort | null {
  if (ADAPTERS[name].credentials === null) return ADAPTERS[name].connect(options, null, wire);
  // They may have been set for another adapter.
  return credentials === null || wrongCredentials(name, credentials) !== null
    ? null
    : ADAPTERS[name].connect(options, credentials, wire);
}

function adapter<Options, Secrets>(
  options: z.ZodType<Options>,
  credentials: z.ZodType<Secrets>,
  connect: (wire: VendorWire<Options, Secrets>) => ChannelPort,
): Adapter {
  return {
    options,
    credentials,
    connect: (given, secrets, { fetch, nowMs }) =>
      connect({
        options: options.parse(given),
        credentials: credentials.parse(secrets),
        nowMs,
        fetch: (request) => sent(request, fetch),
      }),
  };
}

async function sent(request: Request, fetch: GuardedFetch): Promise<Response> {
  const { url, method, headers, signal } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return fetch(url, { method, headers, signal, ...(hasBody ? { body: await request.arrayBuffer() } : {}) });
}
