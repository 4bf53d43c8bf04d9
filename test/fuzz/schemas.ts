import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { DOCUMENT, responseOf, type Operation, type Schema } from './document.ts';

// A validator that shares no code with the one that the API uses. Words that say nothing about validity are known to it.
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: false, validateFormats: true });
addFormats.default(ajv, ['date-time']);
ajv.addFormat('base64', /^[A-Za-z0-9+/]*={0,2}$/);
ajv.addVocabulary(['example', 'components']);
ajv.addSchema({ components: { schemas: DOCUMENT.components.schemas } }, 'openapi');

const compiled = new Map<Schema, ValidateFunction>();
const byText = new Map<string, ValidateFunction>();

/** What is wrong with a value; null: nothing. */
export function wrongWith(value: unknown, schema: Schema): string | null {
  const validate = compiled.get(schema) ?? compile(schema);
  return validate(value) ? null : ajv.errorsText(validate.errors);
}

/** Each call refers to the same problem, in an object of its own. */
function compile(schema: Schema): ValidateFunction {
  const text = JSON.stringify(schema);
  const validate = byText.get(text) ?? ajv.compile(rooted(text));
  byText.set(text, validate);
  compiled.set(schema, validate);
  return validate;
}

/** What is wrong with the body of an answer by what the document says of it; null: nothing. */
export function wrongAnswer(operation: Operation, status: number, type: string, body: unknown): string | null {
  const content = responseOf(operation, status)?.content;
  if (content === undefined) return body === '' ? null : 'there should be no body';
  const media = content[type];
  if (media === undefined) return `it is ${type}, which is not among ${Object.keys(content).join(', ')}`;
  return media.schema === undefined ? null : wrongWith(body, media.schema);
}

/** References of the document count from its own root. */
function rooted(text: string): object {
  return JSON.parse(text.replaceAll('"#/components/', '"openapi#/components/')) as object;
}
