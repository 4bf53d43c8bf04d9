import * as z from 'zod';
import { typed, type Answer } from './answer.ts';

/** How OAuth 2.0 answers whoever asks for an access token (RFC 6749, 5.1). */
const tokenReply = z.object({ access_token: z.string().regex(/^[\x21-\x7e]{1,4096}$/), expires_in: z.number().positive() });

// Longer than any call that carries it.
const SPARE_MS = 60_000;

// A token that was got so shortly ago and is not taken will not be taken anew: whoever asks for another calls twice for nothing.
const TRIED_MS = 60_000;

/**
 * The access token: asked for once by all who need it at a time, and again before it ends. It belongs to one run of one job, for
 * a Worker may not wait for what another request asked for.
 */
export class AccessToken {
  readonly #ask: () => Promise<Answer<unknown>>;
  readonly #nowMs: () => number;
  readonly #whom: string;
  #token: { readonly text: string; readonly gotMs: number; readonly freshUntilMs: number } | null = null;
  #asking: Promise<Answer<string>> | null = null;

  constructor(whom: string, ask: () => Promise<Answer<unknown>>, nowMs: () => number) {
    this.#whom = whom;
    this.#ask = ask;
    this.#nowMs = nowMs;
  }

  /** Calls with a token. One may end sooner than it was said to, so whoever is shut out tries once more with another. */
  async use(
    call: (token: string) => Promise<Answer<unknown>>,
    isShutOut: (answer: Answer<unknown>) => boolean,
    signal: AbortSignal,
  ): Promise<Answer<unknown>> {
    const token = await this.#current(signal);
    if (token.kind !== 'answered') return token;
    const first = await call(token.body);
    if (!isShutOut(first) || !this.#mayReplace(token.body)) return withoutToken(first, token.body);
    const other = await this.#current(signal);
    return other.kind === 'answered' ? withoutToken(await call(other.body), other.body) : other;
  }

  /** Whoever asks gives up in its own time; others still wait. */
  #current(signal: AbortSignal): Promise<Answer<string>> {
    if (this.#token !== null && this.#nowMs() < this.#token.freshUntilMs)
      return Promise.resolve({ kind: 'answered', body: this.#token.text });
    this.#asking ??= this.#renew().finally(() => (this.#asking = null));
    return unlessGivenUp(signal, this.#asking, `${this.#whom} gave no access token in time.`);
  }

  /** Forgets the one that is taken no longer; if another was got meanwhile, that one stays. */
  #mayReplace(text: string): boolean {
    if (this.#token?.text !== text) return true;
    if (this.#nowMs() - this.#token.gotMs < TRIED_MS) return false;
    this.#token = null;
    return true;
  }

  async #renew(): Promise<Answer<string>> {
    const answer = await this.#ask();
    if (answer.kind === 'refused')
      return { kind: 'unknown', detail: `${this.#whom} gave no access token (${answer.status}): are the credentials right?` };
    const reply = typed(answer, tokenReply, this.#whom);
    if (reply.kind !== 'answered') return reply;
    const { access_token: text, expires_in: seconds } = reply.body;
    const gotMs = this.#nowMs();
    this.#token = { text, gotMs, freshUntilMs: gotMs + seconds * 1_000 - SPARE_MS };
    return { kind: 'answered', body: text };
  }
}

/** Whatever they repeat of what we sent goes into cases and logs. */
function withoutToken(answer: Answer<unknown>, token: string): Answer<unknown> {
  return answer.kind === 'refused' ? { ...answer, detail: answer.detail.replaceAll(token, '…') } : answer;
}

function unlessGivenUp<Body>(signal: AbortSignal, answer: Promise<Answer<Body>>, detail: string): Promise<Answer<Body>> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve({ kind: 'unknown', detail });
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
