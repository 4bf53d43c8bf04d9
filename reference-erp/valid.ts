import { validator } from 'hono/validator';
import * as z from 'zod';
import { problem } from './problem.ts';

export function validJson<Schema extends z.ZodType>(schema: Schema) {
  return validator('json', (value: unknown, c) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? parsed.data : problem(c, 'invalid_request', z.prettifyError(parsed.error));
  });
}

export function validQuery<Schema extends z.ZodType>(schema: Schema) {
  return validator('query', (value: unknown, c) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? parsed.data : problem(c, 'invalid_request', z.prettifyError(parsed.error));
  });
}
