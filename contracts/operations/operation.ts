import type * as z from 'zod';
import type { Scope } from '../keys.ts';
import type { ProblemCode } from '../problems.ts';

export type DocumentType = 'text/plain' | 'text/html' | 'application/json' | 'application/x-ndjson';

/** One call of the API, as the documentation tells it. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'patch';
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** Any of these; null: open to everybody. */
  readonly scopes: readonly Scope[] | null;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** What it takes beside JSON, by media type; null: what no schema describes. */
  readonly otherBodies?: Readonly<Record<string, z.ZodType | null>>;
  /** R1: carries an Idempotency-Key, and a repeated request is answered again; `optional`: it may carry one. */
  readonly repeatable?: true | 'optional';
  /** Has an ETag, and a PUT takes If-Match. */
  readonly versioned?: true;
  /** May be answered 304. */
  readonly conditional?: true;
  /** A schema, or the media type of what no schema describes. */
  readonly replies: Readonly<Record<number, z.ZodType | DocumentType>>;
  /** May be answered as a file instead, where `format` asks for one: of CSV, or of one JSON object a line. */
  readonly alsoFiles?: true;
  /** Other media types that it may be answered as, where `format` asks for one. */
  readonly otherFiles?: readonly string[];
  /** What its answers say in headers of their own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where there is nothing to say: 204. */
  readonly nothing?: string;
  readonly problems: readonly ProblemCode[];
}

export const READS: readonly Scope[] = ['availability:read'];
export const SELLS: readonly Scope[] = ['reservations:write'];
export const SELLS_OR_SHIPS: readonly Scope[] = ['reservations:write', 'stock:write'];
export const STATES: readonly Scope[] = ['stock:write'];
export const ADMIN: readonly Scope[] = ['admin'];

export const ON_CHANNEL = ['channel_forbidden', 'channel_unknown'] as const;
