import * as z from 'zod';
import { QUANTITY_MAX } from './limits.ts';

/** -0 would come back as another number than it was. */
const whole = z.int().overwrite((quantity) => quantity + 0);

export const positive = whole.min(1).max(QUANTITY_MAX).meta({ example: 2 });
export const nonNegative = whole.min(0).max(QUANTITY_MAX).meta({ example: 0 });
export const signed = whole.min(-QUANTITY_MAX).max(QUANTITY_MAX).meta({ example: 12 });
/** The sender's own version. */
export const mark = whole
  .min(0)
  .meta({ description: 'Everything up to this version is in the number. It rises.', example: 4711 });

/** Answers add up many of those, so they are only known to be exact. */
export const units = z.int();

export const instant = z.iso.datetime({ offset: true }).meta({ description: 'RFC 3339.', example: '2026-11-20T08:30:00.000Z' });
/** A moment in a request, as the milliseconds that everything inside counts in. */
export const moment = instant.transform((written) => Date.parse(written));
