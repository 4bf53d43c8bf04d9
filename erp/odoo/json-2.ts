import { answerOfError, odooError, type OdooAnswer } from './answer.ts';
import { isReceived, received, type OdooCall, type Transport, type Wire } from './transport.ts';

/** From Odoo 19: the method's own answer is the body, and an exception has a status and the description as its body. */
export function json2(wire: Wire, { database, key }: { readonly database: string; readonly key: string }): Transport {
  return {
    call: async (call, signal) => {
      const request = {
        path: `/json/2/${call.model}/${call.method}`,
        headers: {
          Authorization: `bearer ${key}`,
          'Content-Type': 'application/json; charset=utf-8',
          'X-Odoo-Database': database,
        },
        body: bodyOf(call),
      };
      const reply = await received(wire, request, signal);
      return isReceived(reply) ? answerOf(reply.status, reply.json) : reply;
    },
  };
}

function bodyOf({ ids, named = {}, context }: OdooCall) {
  return { ...named, ...(ids === undefined ? {} : { ids }), ...(context === undefined ? {} : { context }) };
}

function answerOf(status: number, json: unknown): OdooAnswer<unknown> {
  if (status === 200) return { kind: 'answered', body: json };
  const described = odooError.safeParse(json);
  if (described.success) return answerOfError(described.data);
  return status === 401
    ? { kind: 'locked_out', detail: 'Odoo does not accept the key.' }
    : { kind: 'unknown', detail: `Odoo answered ${status}.` };
}
