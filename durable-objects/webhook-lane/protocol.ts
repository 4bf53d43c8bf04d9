import type { ReadingName, Told, WebhookLane } from '../../domain/webhook-lane/webhook-lane.ts';

/** What a Worker and a webhook's lane say to each other. Add fields, never change one (R40). */
export interface WebhookLaneStub {
  /** Somebody would deliver. `startAfter`: behind which event a lane that nobody asked yet begins. */
  begin(startAfter: number): Promise<Turn>;
  /** What became of some events. A lease that is no more its caller's changes nothing. */
  report(lease: string, name: ReadingName, told: Told & { readonly ended: boolean }): Promise<NextReading | null>;
  /** Whoever delivers stops, though there may be more. */
  rest(lease: string): Promise<void>;
  /** Puts it on again, behind `after` or where it stopped. */
  resume(startAfter: number, after: number | null): Promise<void>;
  /** false: another replay is not over yet. */
  replay(startAfter: number, after: number, until: number): Promise<boolean>;
  seen(startAfter: number): Promise<WebhookLane>;
}

export type Turn =
  | { readonly turn: 'deliver'; readonly lease: string; readonly next: NextReading }
  /** Somebody else delivers, and looks once more before they end; or what failed is not to be tried again yet. */
  | { readonly turn: 'busy' | 'wait' }
  | { readonly turn: 'off'; readonly why: 'failing' | 'gone'; readonly failure: WebhookLane['failure'] };

/** Which part of the stream to deliver next. */
export interface NextReading {
  readonly name: ReadingName;
  readonly after: number;
  /** null: to the end. */
  readonly until: number | null;
}
