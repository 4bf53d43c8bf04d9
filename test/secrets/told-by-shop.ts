import { leaksIn } from './leaks.ts';

/** Answers that show a secret, once, to whoever made it; and the pages that show what one looks like. */
const MAY_SHOW =
  /^(?:POST \/v1\/keys(?:\/[^/]+\/rotate)?|POST \/v1\/webhooks(?:\/[^/]+\/rotate)?|POST \/v1\/sources\/[^/]+\/webhook-secret|POST \/v1\/feeds\/[^/]+\/links|GET \/v1\/(?:openapi\.json|docs))$/;

/** [I25] Throws where an answer of a shop, or its log, tells a secret or what a buyer is called. */
export class ToldByShop {
  readonly #buyers = new Set<string>();

  check({ method, path, asked, answer, log }: Told): void {
    const buyer = buyerIn(asked);
    if (buyer !== null) this.#buyers.add(buyer);
    const buyers = Object.fromEntries([...this.#buyers].map((one, index) => [`a buyer (${index + 1})`, one]));
    const call = `${method} ${path.split('?')[0]}`;
    const leaks = [...(MAY_SHOW.test(call) ? [] : leaksIn(answer, buyers)), ...leaksIn(log, buyers)];
    if (leaks.length > 0) throw new Error(`${call}: ${leaks.join('; ')}`);
  }
}

export interface Told {
  readonly method: string;
  readonly path: string;
  readonly asked: unknown;
  readonly answer: string;
  /** Lines that are new. */
  readonly log: string;
}

/** Only what nothing else is called by. */
function buyerIn(asked: unknown): string | null {
  const buyer = typeof asked === 'object' && asked !== null && 'buyer' in asked ? asked.buyer : null;
  return typeof buyer === 'string' && /^\S+@\S+\.\w+$/.test(buyer) ? buyer : null;
}
