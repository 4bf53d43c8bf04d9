import type * as z from 'zod';
import type { Answer } from '../answer.ts';
import { WALMART_TOKEN_SPARE_MS } from './limits.ts';
import type { tokenReply } from './replies.ts';

/** The access token: asked for once by all who need it at a time, and again before it ends. */
export class WalmartToken {
  readonly #ask: () => Promise<Answer<z.output<typeof tokenReply>>>;
  readonly #nowMs: () => number;
  #token: { readonly text: string; readonly freshUntilMs: number } | null = null;
  #asking: Promise<Answer<string>> | null = null;

  constructor(ask: () => Promise<Answer<z.output<typeof tokenReply>>>, nowMs: () => number) {
    this.#ask = ask;
    this.#nowMs = nowMs;
  }

  async current(): Promise<Answer<string>> {
    if (this.#token !== null && this.#nowMs() < this.#token.freshUntilMs) return { kind: 'answered', body: this.#token.text };
    this.#asking ??= this.#renew().finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** Walmart takes this one no longer; if another was got meanwhile, that one stays. */
  forget(text: string): void {
    if (this.#token?.text === text) this.#token = null;
  }

  async #renew(): Promise<Answer<string>> {
    const answer = await this.#ask();
    if (answer.kind !== 'answered') return answer;
    const { access_token: text, expires_in: seconds } = answer.body;
    this.#token = { text, freshUntilMs: this.#nowMs() + seconds * 1_000 - WALMART_TOKEN_SPARE_MS };
    return { kind: 'answered', body: text };
  }
}
