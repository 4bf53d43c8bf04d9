import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ROOT } from './source-files.ts';

/** Says what is wrong with a value, or null. */
export type Check = (value: unknown) => string | null;

// Beside the checkout; a worktree of it may lie one deeper.
const FOLDERS = ['../shared/contracts', '../../shared/contracts'].map((folder) => path.join(ROOT, folder));

/** Checks by parts of a vendor's published document; where the document is not at hand, it says so and finds nothing wrong. */
export function vendorChecks(file: string, draft: '7' | '2020' = '7'): (pointer: string) => Check {
  const found = vendorDocument(file);
  if (found === null) return () => () => null;
  // Vendors use formats and words of their own.
  const rules = { strict: false, validateFormats: false, validateSchema: false } as const;
  const ajv = draft === '7' ? new Ajv(rules) : new Ajv2020(rules);
  const { $id: _, $schema: __, ...document } = found;
  ajv.addSchema(document, 'vendor');
  return (pointer) => {
    const validate = ajv.compile({ $ref: `vendor#${encodeURI(pointer)}` });
    return (value) => (validate(value) === true ? null : ajv.errorsText(validate.errors));
  };
}

/** A vendor's published document; null: it is not at hand, which is said. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there, and fails where it is not.
export function vendorDocument(file: string): any {
  const found = FOLDERS.map((folder) => path.join(folder, file)).find((name) => existsSync(name));
  if (found !== undefined) return JSON.parse(readFileSync(found, 'utf8'));
  console.warn(`${file} is not at hand: what it would check is checked less.`);
  return null;
}
