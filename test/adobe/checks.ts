import { vendorChecks } from '../vendor-contracts.ts';

const documents = ['2.4.8', '2.4.9'].map((version) => vendorChecks(`adobe-commerce/admin-inventory-${version}.slice.json`));

const TOLD = '/get/responses/200/schema';
const PARTS = {
  'POST source items': '/paths/~1V1~1inventory~1source-items/post/parameters/0/schema',
  'GET source items, answer': `/paths/~1V1~1inventory~1source-items${TOLD}`,
  'GET bulk status, answer': `/paths/~1V1~1bulk~1{bulkUuid}~1status${TOLD}`,
  'GET bulk details, answer': `/paths/~1V1~1bulk~1{bulkUuid}~1detailed-status${TOLD}`,
  'error, answer': '/definitions/error-response',
} as const;

export type Part = keyof typeof PARTS;

const checks = new Map(Object.entries(PARTS).map(([part, pointer]) => [part, documents.map((checkOf) => checkOf(pointer))]));

/** What either version's document says is wrong: with what the stub is sent, or with what it says itself. */
export function wrongIn(part: Part, value: unknown): string | null {
  return (checks.get(part) ?? []).map((says) => says(value)).find((said) => said !== null) ?? null;
}
