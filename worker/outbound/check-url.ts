import { URL_CHARACTERS_MAX } from '../../contracts/limits.ts';
import type { LookUp } from './look-up.ts';
import type { Allowed } from './outbound-allowed.ts';
import { isAddress, isPublic } from './public-address.ts';

export interface CheckDeps {
  readonly allowed: readonly Allowed[];
  readonly lookUp: LookUp;
}

/** `may: false`: why we do not call it. `unknown`: nobody could tell its addresses just now. */
export type Checked =
  { readonly may: true } | { readonly may: false; readonly why: string } | { readonly may: 'unknown'; readonly why: string };

/** Whether we call an address that somebody registered. Names are looked up anew each time, for they may have moved (F41). */
export async function checkUrl(text: string, { allowed, lookUp }: CheckDeps): Promise<Checked> {
  const named = nameIn(text, allowed);
  if (typeof named !== 'object') return named === true ? { may: true } : no(named);

  let addresses: readonly string[];
  try {
    addresses = await lookUp(named.name);
  } catch (error) {
    return { may: 'unknown', why: `the addresses of ${named.name} could not be looked up: ${String(error)}` };
  }
  if (addresses.length === 0) return no(`the name ${named.name} has no address`);
  // All of them: whoever connects takes any.
  const inside = addresses.find((address) => !isAddress(address) || !isPublic(address));
  // Which address it is stays our own affair: it would tell a stranger how the inside of a network is numbered.
  return inside === undefined ? { may: true } : no(`the name ${named.name} leads to an address that is not public`);
}

/** The name that must be looked up; true where the address may be called as it stands; else why not. */
function nameIn(text: string, allowed: readonly Allowed[]): { readonly name: string } | true | string {
  if (text.length > URL_CHARACTERS_MAX) return `an address has at most ${URL_CHARACTERS_MAX} characters`;
  if (!URL.canParse(text)) return 'this is no address';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'only https';
  if (url.username !== '' || url.password !== '') return 'an address must not hold a user or a password';
  if (isAllowed(url, allowed)) return true;
  if (url.protocol !== 'https:') return 'only https';
  if (url.port !== '') return 'only port 443';

  // The parser has written every spelling of an IPv4 address, such as 0x7f.1 or 2130706433, as four numbers by now.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isAddress(host)) return isPublic(host) || 'the address is not public';
  const name = host.replace(/\.$/, '');
  if (!name.includes('.')) return 'a name without a domain is not public';
  if (INSIDE.test(name)) return 'the name is not public';
  return { name };
}

function isAllowed(url: URL, allowed: readonly Allowed[]): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return allowed.some((one) => one.host === url.hostname && (one.port === '*' || one.port === port));
}

function no(why: string): Checked {
  return { may: false, why };
}

/** Names that are never given out in public (RFC 6761, RFC 8375, ICANN's `.internal`), and what networks call themselves inside. */
const INSIDE = /\.(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa|onion|alt|test|example|invalid)$/;
