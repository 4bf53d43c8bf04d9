import type { Answer, FuzzRequest } from './request.ts';

/** The answers that show a secret, once, to whoever made it. */
const SHOWN_BY: Readonly<Record<string, 'key' | 'secret'>> = { createKey: 'key', rotateKey: 'key', addWebhookSecret: 'secret' };

/** [I25] What must stand in no answer and in no line of the log. */
export class Secrets {
  readonly #all = new Map<string, string>();

  constructor(known: Readonly<Record<string, string>>) {
    for (const [name, secret] of Object.entries(known)) this.#all.set(secret, name);
  }

  /** What is wrong with an answer; what it may show is a secret from then on. */
  inAnswer({ operation }: FuzzRequest, { text, headers, body }: Answer): string | null {
    const field = SHOWN_BY[operation.operationId];
    const shown = field === undefined ? undefined : (body as Readonly<Record<string, unknown>> | null)?.[field];
    const said = `${text}\n${[...headers].flat().join('\n')}`;
    const leaked = this.inText(typeof shown === 'string' ? said.replace(shown, '') : said);
    if (typeof shown === 'string') this.#all.set(shown, `what ${operation.operationId} showed`);
    return leaked;
  }

  inText(text: string): string | null {
    for (const [secret, name] of this.#all) if (text.includes(secret)) return `it tells ${name}`;
    return null;
  }
}
