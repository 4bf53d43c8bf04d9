import * as z from 'zod';
import { PROBLEMS, type ProblemCode } from './problems.ts';
import { instant, units } from './quantities.ts';
import { reservationStatus } from './reservations.ts';

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** RFC 9457, with our further members. */
export const problemReply = z
  .object({
    type: z.string().meta({ example: '/problems/insufficient_stock' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    detail: z.string(),
    correlation_id: z.string(),
    as_of: instant.optional(),
    lines: z
      .array(
        z.object({
          line: units,
          sku: z.string(),
          requested: units,
          available: units,
          sequence: units,
          code: z.enum(['buyer_cap_exceeded']).optional().meta({
            description: 'Of a line of `insufficient_stock` of which there is enough: the buyer may have only so much.',
          }),
        }),
      )
      .optional()
      .meta({ description: 'Of `insufficient_stock` and `buyer_cap_exceeded`: every short line.' }),
    source: z
      .enum(['edge'])
      .optional()
      .meta({ description: 'Of `sold_out_hint`: no object was asked, so nothing was decided and the key is not used up.' }),
    present_status: reservationStatus.nullable().optional(),
    issues: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Of `invalid_request`: what is wrong, and where.' }),
  })
  .meta({ id: 'Problem' });
export type ProblemReply = z.output<typeof problemReply>;
