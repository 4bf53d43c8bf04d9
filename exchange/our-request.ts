/** A request to somebody else in our name. It follows no redirect, which would carry a token to wherever it points. */
export function ourRequest(address: string, { headers, ...request }: RequestInit, signal: AbortSignal): Request {
  const named = new Headers({ Accept: 'application/json', 'User-Agent': 'Holdfast' });
  for (const [name, value] of new Headers(headers)) named.set(name, value);
  return new Request(address, { ...request, headers: named, redirect: 'manual', signal });
}
