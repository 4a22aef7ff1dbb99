import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '@gotk/apimachinery';
import { authorizationFor } from '../http-login.ts';
import type { HttpAccess, Reach } from './http-access.ts';
import { exchange } from './http-exchange.ts';
import { HttpFailure } from './http-failure.ts';
import { createHttpSockets } from './http-sockets.ts';
import { withoutSecrets } from './shown-url.ts';

export interface HttpClientOptions {
  readonly access: HttpAccess;
  readonly reach: Reach;
  readonly clock: Clock;
  /** Connections to one host at a time; 4 unless told. */
  readonly connections?: number;
}

export interface HttpRequest {
  /** GET unless told. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Of the answer's body, after decompression. */
  readonly maxBytes: number;
  /** How many redirects are followed at most; 0 unless told: a redirect is an answer like any other. */
  readonly redirects?: number;
  /** Takes the place of the login: for protocols with tokens of their own. Sent to the request's own origin only. */
  readonly authorization?: string;
  /** Sends basic credentials to every host that is asked: what `passCredentials` of a HelmRepository wants. */
  readonly passCredentials?: boolean;
  /** Lets the server compress its answer with gzip. */
  readonly compressed?: boolean;
}

export interface HttpAnswer {
  /** What answered, after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Can be read once. Throws `HttpFailure` when it is larger than allowed or breaks off, or the signal's reason. */
  readonly body: AsyncIterable<Buffer>;
  /** The whole body. */
  bytes(): Promise<Buffer>;
  /** Gives up the rest, when the status says it all. */
  discard(): void;
}

/** Requests to servers that nobody vouches for. */
export interface HttpClient extends Disposable {
  /**
   * Resolves with any status that is no redirect to follow. Credentials go to their own origin alone, also across redirects; none is followed from https to http.
   * Throws `HttpFailure`, whose message holds no secret, or the signal's reason.
   */
  request(url: URL, request: HttpRequest): Promise<HttpAnswer>;
}

/** A client with connections of its own; disposing of it cuts them. */
export function createHttpClient({ access, reach, clock, connections = 4 }: HttpClientOptions): HttpClient {
  const sockets = createHttpSockets({ access, reach, connections });
  return {
    async request(url, request) {
      let target = new URL(url);
      for (let followed = 0; ; followed++) {
        const answer = await exchange(target, { ...request, headers: headersFor(target, url, { request, access }) }, { sockets, clock });
        const { location } = answer.headers;
        if (
          answer.status < 300 ||
          answer.status >= 400 ||
          answer.status === 304 ||
          location === undefined ||
          request.redirects === undefined
        )
          return answer;
        answer.discard();
        if (followed >= request.redirects)
          throw new HttpFailure('redirect', `${withoutSecrets(url)} redirects more than ${request.redirects} times`);
        target = redirected(target, location);
      }
    },
    [Symbol.dispose]: () => sockets.close(),
  };
}

function headersFor(
  target: URL,
  first: URL,
  { request, access }: { readonly request: HttpRequest; readonly access: HttpAccess },
): Record<string, string> {
  const own = target.origin === first.origin;
  // What a caller sends along may be a secret as well: another host gets only what says how to answer.
  const headers: Record<string, string> = own ? { ...request.headers } : { ...negotiation(request.headers) };
  const authorization =
    request.authorization === undefined ? loginFor(target, { request, access }) : own ? request.authorization : undefined;
  return {
    'user-agent': 'gitops-toolkit',
    'accept-encoding': request.compressed === true ? 'gzip' : 'identity',
    ...headers,
    ...(authorization === undefined ? {} : { authorization }),
  };
}

function loginFor(
  target: URL,
  { request, access: { login } }: { readonly request: HttpRequest; readonly access: HttpAccess },
): string | undefined {
  if (request.passCredentials === true && login.kind === 'basic') return authorizationFor({ ...login, origin: target.origin }, target);
  return authorizationFor(login, target);
}

const NEGOTIATION: ReadonlySet<string> = new Set(['accept', 'range', 'user-agent', 'if-none-match', 'if-modified-since']);

const negotiation = (headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => NEGOTIATION.has(name.toLowerCase())));

function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href);
  if (to === null) throw new HttpFailure('redirect', `${withoutSecrets(from)} redirects to what is no address`);
  if (to.protocol !== 'https:' && to.protocol !== from.protocol)
    throw new HttpFailure('redirect', `${withoutSecrets(from)} redirects to ${to.protocol}//: refused`);
  to.username = '';
  to.password = '';
  return to;
}
