import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../source-files.ts';

/** As much of JSON Schema as our document uses; what stands in it beside this is caught by `arbitraryOf`. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly contentEncoding?: string;
  readonly example?: unknown;
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly schema?: Schema;
}

export interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, Content>>;
}

interface Written {
  readonly operationId: string;
  readonly description: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Operation extends Written {
  readonly method: string;
  readonly path: string;
  readonly isOpen: boolean;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Written>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

/** The document that callers read, and nothing of the schemas that it was made from: these are what is tested. */
export const DOCUMENT = JSON.parse(readFileSync(path.join(ROOT, 'contracts/openapi.json'), 'utf8')) as OpenApi;

export const OPERATIONS: readonly Operation[] = Object.entries(DOCUMENT.paths).flatMap(([at, methods]) =>
  Object.entries(methods).map(([method, written]) => ({
    ...written,
    method: method.toUpperCase(),
    path: at,
    isOpen: written.security.length === 0,
  })),
);

export function resolved(schema: Schema): Schema {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  if (name === undefined) return schema;
  const found = DOCUMENT.components.schemas[name];
  if (found === undefined) throw new Error(`there is no schema ${name}`);
  return found;
}

export function responseOf(operation: Operation, status: number): Response | null {
  const response = operation.responses[String(status)];
  const name = /^#\/components\/responses\/(.+)$/.exec(response?.$ref ?? '')?.[1];
  return (name === undefined ? response : DOCUMENT.components.responses[name]) ?? null;
}

/** The codes that a refusal of this status may bear: they stand in its description. */
export function codesOf(operation: Operation, status: number): readonly string[] {
  return [...(responseOf(operation, status)?.description ?? '').matchAll(/`(\w+)`:/g)].map(([, code = '']) => code);
}

export function bodyTypesOf(operation: Operation): readonly (readonly [string, Schema])[] {
  return Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, { schema }]) =>
    schema === undefined ? [] : [[type, schema] as const],
  );
}
