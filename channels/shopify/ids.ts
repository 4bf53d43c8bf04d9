// Shopify's ids go beyond 2^53, so they stay text from end to end.
const ID = /^(?:gid:\/\/shopify\/(\w+)\/)?(\d{1,20})$/;

/** Shopify's full name of an item or a place, from that or from the bare number; null: it is neither. */
export function gidOf(kind: 'InventoryItem' | 'Location', name: string): string | null {
  const [, named = kind, number] = ID.exec(name) ?? [];
  return number === undefined || named !== kind ? null : `gid://shopify/${kind}/${number}`;
}

/** A place has one name, the bare number: what is shown is compared with what was set by it. */
export function placeGid(place: string): string | null {
  return /^\d{1,20}$/.test(place) ? `gid://shopify/Location/${place}` : null;
}

/** The bare number of one of its full names. */
export function numberIn(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}
