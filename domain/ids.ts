declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type Sku = Branded<'Sku'>;
export type LocationId = Branded<'LocationId'>;
export type ChannelId = Branded<'ChannelId'>;
export type SourceId = Branded<'SourceId'>;
export type ReservationId = Branded<'ReservationId'>;
