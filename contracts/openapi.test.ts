import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { openapiDocument } from './openapi.ts';
import written from './openapi.json' with { type: 'json' };

test('the OpenAPI document is what the schemas say: otherwise run node contracts/generate-openapi.ts', () => {
  expect(written).toEqual(JSON.parse(JSON.stringify(openapiDocument())));
});

test('the OpenAPI document is a valid one', async () => {
  const result = await new Validator().validate(structuredClone(written));
  expect(result).toEqual({ valid: true });
});

test('every answer that is no schema says at least what kind of document it is', () => {
  const kinds = ['/metrics', '/v1/docs', '/v1/openapi.json'] as const;
  expect(kinds.map((path) => Object.keys(written.paths[path].get.responses[200].content))).toEqual([
    ['text/plain'],
    ['text/html'],
    ['application/json'],
  ]);
});
