import { systemClock } from '@gotk/apimachinery';
import { ANONYMOUS, type HttpAccess, type Reach } from '../src/outbound/http-access.ts';
import { createHttpClient, type HttpClient } from '../src/outbound/http-client.ts';
import type { HttpRequest } from '../src/outbound/http-message.ts';

/** A client that may connect to the tests' servers. */
export const clientOf = ({
  access = ANONYMOUS,
  reach = 'anywhere',
  ...options
}: {
  access?: HttpAccess;
  reach?: Reach;
  connections?: number;
} = {}) => createHttpClient({ access, reach, clock: systemClock, ...options });

export const get = (client: HttpClient, url: string, request: Partial<HttpRequest> = {}) =>
  client.request(new URL(url), { signal: AbortSignal.timeout(10_000), maxBytes: 1_000_000, ...request });

/** How a request fails, whether before its answer or within it. */
export async function failureOf(url: string, request: Partial<HttpRequest> = {}, access: HttpAccess = ANONYMOUS): Promise<unknown> {
  using client = clientOf({ access });
  return await get(client, url, request)
    .then((answer) => answer.bytes())
    .then(
      (bytes) => `answered with ${bytes.length} bytes`,
      (error: unknown) => error,
    );
}
