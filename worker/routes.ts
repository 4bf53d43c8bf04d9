import type { Hono } from 'hono';
import type { AppEnv } from './app-env.ts';
import { availabilityQueryRoutes, type AvailabilityQueryDeps } from './routes/availability-query.ts';
import { availabilityRoutes, type AvailabilityDeps } from './routes/availability.ts';
import { channelRoutes, type ChannelDeps } from './routes/channels.ts';
import { countRoutes, type CountDeps } from './routes/counts.ts';
import { documentationRoutes } from './routes/documentation.ts';
import { healthRoutes, type HealthDeps } from './routes/health.ts';
import { itemRoutes, type ItemDeps } from './routes/items.ts';
import { keyRoutes, type KeyDeps } from './routes/keys.ts';
import { locationRoutes, type LocationDeps } from './routes/locations.ts';
import { movementRoutes, type MovementDeps } from './routes/movements.ts';
import { reservationOperationRoutes, type OperationDeps } from './routes/reservation-operations.ts';
import { reservationRoutes, type ReservationDeps } from './routes/reservations.ts';
import { sourceRoutes, type SourceDeps } from './routes/sources.ts';

export type RouteDeps = AvailabilityDeps &
  AvailabilityQueryDeps &
  ChannelDeps &
  CountDeps &
  HealthDeps &
  ItemDeps &
  KeyDeps &
  LocationDeps &
  MovementDeps &
  OperationDeps &
  ReservationDeps &
  SourceDeps;

/** Every route that there is, each with what it needs. */
export function routesWith(deps: RouteDeps): readonly Hono<AppEnv>[] {
  return [
    availabilityRoutes(deps),
    availabilityQueryRoutes(deps),
    reservationRoutes(deps),
    reservationOperationRoutes(deps),
    movementRoutes(deps),
    countRoutes(deps),
    itemRoutes(deps),
    locationRoutes(deps),
    channelRoutes(deps),
    sourceRoutes(deps),
    keyRoutes(deps),
    documentationRoutes(),
    healthRoutes(deps),
  ];
}
