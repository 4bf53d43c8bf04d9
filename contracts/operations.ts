import { AVAILABILITY } from './operations/availability.ts';
import { RESERVATIONS } from './operations/reservations.ts';
import { FACTS } from './operations/facts.ts';
import { CATALOGUE } from './operations/catalogue.ts';
import { KEYS } from './operations/keys.ts';
import { RECONCILIATIONS } from './operations/reconciliations.ts';
import { OPERATING } from './operations/operating.ts';
import { IMPORTS } from './operations/imports.ts';
import { FEEDS } from './operations/feeds.ts';
import { INBOUND } from './operations/inbound.ts';
import { WEBHOOKS } from './operations/webhooks.ts';
import { OUTLETS } from './operations/outlets.ts';
import type { Operation } from './operations/operation.ts';

/** Every call of the API, in the order in which the documentation tells them. */
export const OPERATIONS: readonly Operation[] = [
  ...AVAILABILITY,
  ...RESERVATIONS,
  ...FACTS,
  ...INBOUND,
  ...IMPORTS,
  ...CATALOGUE,
  ...FEEDS,
  ...OUTLETS,
  ...KEYS,
  ...RECONCILIATIONS,
  ...WEBHOOKS,
  ...OPERATING,
];
