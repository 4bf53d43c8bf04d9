import ipaddr from 'ipaddr.js';

/** Whether an IP address is one of the public internet: whatever is set aside for anything else, in either family, is not. */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // What is not set aside yet, and what only wraps an IPv4 address (such as `::7f00:1`), lies outside of what is given out.
  if (parsed instanceof ipaddr.IPv6) return parsed.match(GIVEN_OUT);
  return !METADATA.includes(parsed.toString());
}

export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}

/** Of the IPv6 addresses only these are given out to anybody (IANA). */
const GIVEN_OUT = ipaddr.parseCIDR('2000::/3');

/** Public by its number, and yet the inside of a cloud: Azure's host. */
const METADATA: readonly string[] = ['168.63.129.16'];
