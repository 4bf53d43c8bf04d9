import * as z from 'zod';
import { shortened } from '../../exchange/reply-text.ts';

/** What became of one call, whichever way it went. */
export type OdooAnswer<Body> =
  | { readonly kind: 'answered'; readonly body: Body }
  /** Odoo did not begin. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** Odoo would not do it, and has undone whatever it had begun; it will not do it later either. */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  /** We are not, or no longer, let in; nothing was done. */
  | { readonly kind: 'locked_out'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string };

/** How Odoo describes an exception: `data` of JSON-RPC's error, or the whole body of JSON-2. */
export const odooError = z.object({ name: z.string(), message: z.string().catch('') });
export type OdooError = z.output<typeof odooError>;

// What an exception means is in its class, never in a number. Those that are not here, a conflict between transactions
// among them, say nothing about the record.
const REFUSALS: ReadonlySet<string> = new Set([
  'odoo.exceptions.UserError',
  'odoo.exceptions.ValidationError',
  'odoo.exceptions.MissingError',
  'odoo.exceptions.RedirectWarning',
]);
const LOCKED_OUT: ReadonlySet<string> = new Set([
  'odoo.exceptions.AccessDenied',
  'odoo.http.SessionExpiredException',
  'odoo.http.session.SessionExpiredException',
  'werkzeug.exceptions.Unauthorized',
]);

export function answerOfError({ name, message }: OdooError): OdooAnswer<never> {
  const short = name.slice(name.lastIndexOf('.') + 1);
  const detail = shortened(`Odoo: ${short}: ${message}`);
  if (REFUSALS.has(name)) return { kind: 'refused', code: short, detail: shortened(message || short) };
  return LOCKED_OUT.has(name) ? { kind: 'locked_out', detail } : { kind: 'unknown', detail };
}
