import { BODY_BYTES_MAX, IDEMPOTENCY_KEY_CHARACTERS_MAX } from '../../contracts/limits.ts';
import { bodyTypesOf, resolved, type Operation, type Schema } from './document.ts';
import { addressOf, type FuzzRequest } from './request.ts';
import { wrongWith } from './schemas.ts';

/** Why a request must be refused, by the document alone; null: it may be refused or not. */
export function whyRefused(request: FuzzRequest): string | null {
  return ofWhoAsks(request) ?? ofThePath(request) ?? ofTheQuery(request) ?? ofTheKey(request) ?? ofTheBody(request);
}

/** Facts of wrong form are rejected one by one; null: the call knows no such thing, or cannot be read at all. */
export function factsWrong({ operation, body }: FuzzRequest): readonly boolean[] | null {
  const field = FACTS[operation.operationId];
  const sent = field === undefined || body === null ? undefined : jsonIn(body);
  const facts = (sent as Readonly<Record<string, unknown>> | null | undefined)?.[field ?? ''];
  const [, schema] = bodyTypesOf(operation)[0] ?? [];
  const one = resolved(schema ?? {}).properties?.[field ?? '']?.items;
  if (!Array.isArray(facts) || one === undefined) return null;
  return facts.map((fact: unknown) => isWrong(fact, one));
}

const FACTS: Readonly<Record<string, string>> = { stateMovements: 'movements', stateCounts: 'counts', stateOrders: 'orders' };
/** It reads by its media type, and keeps what it cannot read as a case. */
const INBOUND = 'receiveFacts';

function ofWhoAsks({ operation, caller, headers }: FuzzRequest): string | null {
  if (operation.isOpen) return null;
  if (operation.operationId === INBOUND && 'webhook-signature' in headers) return 'its signature is wrong';
  return caller === null || 'authorization' in headers ? 'nobody with a key asks' : null;
}

function ofThePath(request: FuzzRequest): string | null {
  try {
    decodeURIComponent(addressOf(request).split('?')[0] ?? '');
    return null;
  } catch {
    return 'its path cannot be decoded';
  }
}

function ofTheQuery({ operation, query }: FuzzRequest): string | null {
  const known = new Map((operation.parameters ?? []).filter((one) => one.in === 'query').map((one) => [one.name, one]));
  if (known.size === 0) return null;
  const seen = new Set<string>();
  for (const [name, text] of query) {
    const parameter = known.get(name);
    if (parameter === undefined) return `there is no query parameter ${name}`;
    if (seen.has(name)) return `${name} is there twice`;
    seen.add(name);
    const value = parameter.schema.type === 'integer' ? Number(text) : text;
    if (isWrong(value, parameter.schema)) return `${name} is not what it may be`;
  }
  const missing = [...known.values()].find(({ name, required }) => required === true && !seen.has(name));
  return missing === undefined ? null : `${missing.name} is missing`;
}

function ofTheKey({ operation, headers }: FuzzRequest): string | null {
  const parameter = (operation.parameters ?? []).find(({ name }) => name === 'Idempotency-Key');
  if (parameter === undefined) return null;
  const written = headers['idempotency-key']?.trim();
  if (written === undefined) return parameter.required === true ? 'it has no Idempotency-Key' : null;
  const key = /^"(.+)"$/.exec(written)?.[1] ?? written;
  const isOne = key !== '""' && key.length <= IDEMPOTENCY_KEY_CHARACTERS_MAX && /^[\x21-\x7e]+$/.test(key);
  return isOne ? null : 'its Idempotency-Key is none';
}

function ofTheBody({ operation, body, headers }: FuzzRequest): string | null {
  const [type, schema] = bodyTypesOf(operation)[0] ?? [];
  if (body === null || schema === undefined) return null;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  if (bytes.length > BODY_BYTES_MAX) return 'its body is too large';
  const sent = jsonIn(body);
  if (sent === undefined) return 'its body is no JSON';
  if (operation.operationId === INBOUND || headers['content-type'] === undefined || type === undefined) return null;
  return isWrong(sent, operation.operationId in FACTS ? envelope(schema) : schema) ? 'its body is not what it may be' : null;
}

/** Of a list of facts, that it is a list. */
function envelope(schema: Schema): Schema {
  return ENVELOPES.get(schema) ?? remembered(schema, withoutItems(resolved(schema)));
}
const ENVELOPES = new Map<Schema, Schema>();
function remembered(of: Schema, made: Schema): Schema {
  ENVELOPES.set(of, made);
  return made;
}
function withoutItems(schema: Schema): Schema {
  const lists = Object.entries(schema.properties ?? {}).map(([name, list]) => [name, { ...list, items: {} }] as const);
  return { ...schema, properties: Object.fromEntries(lists) };
}

/** Names are trimmed and composed before they are judged (F37), so what is wrong must be so either way. */
export function isWrong(value: unknown, schema: Schema): boolean {
  return wrongWith(value, schema) !== null && wrongWith(composed(value, 0), schema) !== null;
}

/** Nothing of ours is deeper than this. */
const DEPTH_MAX = 50;

function composed(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) return value;
  if (typeof value === 'string') return value.trim().normalize('NFC');
  if (Array.isArray(value)) return value.map((one: unknown) => composed(one, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, composed(one, depth + 1)]));
}

/** undefined: it is none. */
function jsonIn(body: string | Uint8Array<ArrayBuffer>): unknown {
  try {
    const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body);
    return text.trim() === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export function takesKey({ parameters = [] }: Operation): boolean {
  return parameters.some(({ name, required }) => name === 'Idempotency-Key' && required === true);
}
