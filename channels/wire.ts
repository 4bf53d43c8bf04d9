/** What an adapter is given to call its vendor with. */
export interface Wire<Options, Credentials> {
  readonly options: Options;
  readonly credentials: Credentials;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly nowMs: () => number;
}
