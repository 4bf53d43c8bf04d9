import * as z from 'zod';

/** A host, as the URL parser writes it, and a port of it, or all. They may be called though private, not encrypted, or not on port 443. */
export interface Allowed {
  readonly host: string;
  readonly port: number | '*';
}

const ENTRY = /^(?<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+):(?<port>\*|[1-9]\d{0,4})$/;

/** `OUTBOUND_ALLOWED` of a deployment: `["10.0.0.7:8443", "hooks.shop.internal:*"]`. */
export const outboundAllowed = z.array(
  z.string().transform((text, context): Allowed => {
    const { host = '', port = '' } = ENTRY.exec(text)?.groups ?? {};
    if (host === '' || (port !== '*' && Number(port) > 65_535)) {
      context.addIssue('must be a host in small letters, a colon, and a port or *');
      return z.NEVER;
    }
    return { host, port: port === '*' ? '*' : Number(port) };
  }),
);
