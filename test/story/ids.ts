import type { ChannelId, LocationId, ReservationId, Sku, SourceId } from '../../domain/ids.ts';

export const sku = (text: string): Sku => text as Sku;
export const location = (text: string): LocationId => text as LocationId;
export const channel = (text: string): ChannelId => text as ChannelId;
export const source = (text: string): SourceId => text as SourceId;
export const reservationId = (text: string): ReservationId => text as ReservationId;
