import type { SetOutcome } from '../port.ts';

/** A listing as it stands in an address; null where none can be made of it. */
export function sellerSku(listing: string): string | null {
  // These two would be taken for steps in the path, encoded or not.
  if (listing === '.' || listing === '..' || listing === '' || !listing.isWellFormed()) return null;
  // Walmart wants more of them encoded than the language does.
  return encodeURIComponent(listing).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function unusable(listing: string): SetOutcome {
  return { outcome: 'refused', code: 'unusable_listing', detail: `Walmart cannot be asked about ${JSON.stringify(listing)}.` };
}
