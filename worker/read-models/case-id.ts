import type { Sku } from '../../domain/ids.ts';
import { fromBase64url, toBase64url } from '../request/base64url.ts';

/** Where a case lives: in a SKU's object, or in the read models alone. */
export function caseIdOf(sku: Sku, number: number): string {
  return `${toBase64url(new TextEncoder().encode(sku))}.${number}`;
}

/** The object's case that an id names; null where it names one that only the read models know. */
export function objectCaseOf(id: string): { readonly sku: Sku; readonly number: number } | null {
  const [route = '', digits = '', ...more] = id.split('.');
  const bytes = fromBase64url(route);
  if (bytes === null || more.length > 0 || !/^[1-9]\d{0,15}$/.test(digits)) return null;
  return { sku: new TextDecoder().decode(bytes) as Sku, number: Number(digits) };
}

/** No object's id has a `~`, so these never meet. */
export function readModelCaseId(kind: string, subject: string): string {
  return `${kind}~${subject}`;
}
