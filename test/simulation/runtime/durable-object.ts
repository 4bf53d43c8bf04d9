/** What the runtime gives to a class of objects: its state and its surroundings. */
export class DurableObject<Surroundings = unknown> {
  readonly ctx: unknown;
  readonly env: Surroundings;

  constructor(ctx: unknown, env: Surroundings) {
    this.ctx = ctx;
    this.env = env;
  }
}
