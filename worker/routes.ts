import type { Hono } from 'hono';
import type { AppEnv } from './app-env.ts';
import { availabilityQueryRoutes, type AvailabilityQueryDeps } from './routes/availability-query.ts';
import { availabilityRoutes, type AvailabilityDeps } from './routes/availability.ts';
import { healthRoutes, type HealthDeps } from './routes/health.ts';
import { reservationOperationRoutes, type OperationDeps } from './routes/reservation-operations.ts';
import { reservationRoutes, type ReservationDeps } from './routes/reservations.ts';

export type SellingRouteDeps = AvailabilityDeps & AvailabilityQueryDeps & HealthDeps & OperationDeps & ReservationDeps;

/** What a shop asks while it sells, and whether we are there: what an isolate begins with. All others are in office-routes.ts. */
export function sellingRoutesWith(deps: SellingRouteDeps): readonly Hono<AppEnv>[] {
  return [
    availabilityRoutes(deps),
    availabilityQueryRoutes(deps),
    reservationRoutes(deps),
    reservationOperationRoutes(deps),
    healthRoutes(deps),
  ];
}
