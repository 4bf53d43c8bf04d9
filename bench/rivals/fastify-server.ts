import Fastify, { type FastifyInstance } from 'fastify';
import type { Outcome, Shelf } from './shelf.ts';

export const RESERVATIONS = '/v1/reservations';

// The checks and the answers are compiled from these, which is what makes Fastify fast.
const body = {
  type: 'object',
  required: ['lines'],
  properties: {
    channel: { type: 'string', maxLength: 64 },
    ttl_seconds: { type: 'integer', minimum: 1, maximum: 3_600, default: 900 },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: {
        type: 'object',
        required: ['sku', 'quantity'],
        properties: {
          sku: { type: 'string', minLength: 1, maxLength: 64 },
          quantity: { type: 'integer', minimum: 1, maximum: 1_000_000 },
        },
      },
    },
  },
} as const;
const headers = {
  type: 'object',
  required: ['idempotency-key'],
  properties: { 'idempotency-key': { type: 'string', minLength: 1, maxLength: 255 } },
} as const;
const reservation = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { type: 'string' },
    expires_at: { type: 'string' },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          line: { type: 'integer' },
          sku: { type: 'string' },
          quantity: { type: 'integer' },
          reserved: { type: 'integer' },
        },
      },
    },
  },
} as const;

interface Reserve {
  Body: { ttl_seconds: number; lines: [{ sku: string; quantity: number }] };
  Headers: { 'idempotency-key': string };
}

/** Our reserve as a small team would serve it: checked by a schema, one line, no log, no API key, no rate limit. */
export function fastifyServer(shelf: Shelf): FastifyInstance {
  const server = Fastify({ logger: false });

  server.post<Reserve>(RESERVATIONS, { schema: { body, headers, response: { 201: reservation } } }, async (request, reply) => {
    const [{ sku, quantity }] = request.body.lines;
    const outcome = await shelf.reserve({
      key: request.headers['idempotency-key'],
      sku,
      quantity,
      ttlSeconds: request.body.ttl_seconds,
    });
    if (outcome.answer !== 'reserved') return reply.code(STATUS[outcome.answer]).send(problem(outcome));
    return reply.code(201).send({
      id: outcome.id,
      status: 'active',
      expires_at: outcome.expiresAt,
      lines: [{ line: 1, sku, quantity, reserved: quantity }],
    });
  });

  server.get<{ Params: { sku: string } }>('/stock/:sku', async (request, reply) => {
    const available = await shelf.available(request.params.sku);
    if (available === null) return reply.code(404).send({ code: 'sku_unknown' });
    return { sku: request.params.sku, available };
  });

  return server;
}

const STATUS = { insufficient_stock: 409, key_reused: 422, sku_unknown: 422 } as const;

function problem({ answer, ...rest }: Exclude<Outcome, { answer: 'reserved' }>): object {
  return { type: `/problems/${answer}`, status: STATUS[answer], code: answer, ...rest };
}
