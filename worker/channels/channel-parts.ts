import { drizzle } from 'drizzle-orm/d1';
import { auditLogIn } from '../audit/audit-log.ts';
import { sealWith } from '../inbound/seal.ts';
import type { GuardedFetch } from '../outbound/outbound.ts';
import { outletsIn } from './outlets.ts';
import { connectedPorts, type ChannelParts } from './tell-channel.ts';

export interface ChannelGiven extends Omit<ChannelParts, 'outlets' | 'portOf'> {
  readonly secretsKey: string;
  readonly fetch: GuardedFetch;
  /** A simulation brings channels of its own. */
  readonly portOf?: ChannelParts['portOf'];
}

/** What telling channels needs, over one database and the lanes, wherever these run. */
export function channelPartsIn({ secretsKey, fetch, portOf, ...given }: ChannelGiven): ChannelParts {
  const { db: database, nowMs } = given;
  const db = drizzle(database);
  const outlets = outletsIn(db, sealWith(secretsKey), auditLogIn(db, nowMs), nowMs);
  return { ...given, outlets, portOf: portOf ?? connectedPorts(outlets, { fetch, nowMs }) };
}
