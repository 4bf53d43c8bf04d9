import type * as z from 'zod';
import { shortened } from '../../exchange/reply-text.ts';
import type { errorReply } from './replies.ts';

/** A shop's message with its parameters in their places. */
export function errorText({ message, parameters }: z.output<typeof errorReply>): string {
  const named = new Map<string, string>();
  const given = Array.isArray(parameters) ? parameters : [parameters ?? {}];
  given.forEach((one, index) => {
    if (typeof one !== 'object') named.set(String(index + 1), String(one));
    else for (const [name, value] of Object.entries(one)) named.set(name, String(value));
  });
  return shortened(message.replace(/%(\w+)/g, (sign, name: string) => named.get(name) ?? sign));
}
