import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { openapiDocument } from './openapi-document.ts';
import published from './openapi.json' with { type: 'json' };

test('the published document is what the schemas say (otherwise: node reference-erp/generate-openapi.ts)', () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(openapiDocument())));
});

test('the published document is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(published))).toMatchObject({ valid: true });
  expect(validator.version).toBe('3.1');
});
