import type { Clock } from '@gotk/apimachinery';
import { authorizationFor } from '../http-login.ts';
import type { HttpAccess, Reach } from './http-access.ts';
import { exchange } from './http-exchange.ts';
import { HttpFailure } from './http-failure.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import { createHttpSockets } from './http-sockets.ts';
import { withoutSecrets } from './shown-url.ts';
import { createSlots } from './slots.ts';

export interface HttpClientOptions {
  readonly access: HttpAccess;
  readonly reach: Reach;
  readonly clock: Clock;
  /** Connections to one origin at a time; 4 unless told. A request waits for its turn until its signal aborts. */
  readonly connections?: number;
}

/** Requests to servers that nobody vouches for. A login in a URL is not used. */
export interface HttpClient extends Disposable {
  /**
   * Resolves with any status that is no redirect to follow. Credentials go to their own origin alone, also across redirects; none is
   * followed from https to http. Throws `HttpFailure`, whose message holds no secret, or the signal's reason.
   */
  request(url: URL, request: HttpRequest): Promise<HttpAnswer>;
}

/** A client with connections of its own; disposing of it cuts them. */
export function createHttpClient({ access, reach, clock, connections = 4 }: HttpClientOptions): HttpClient {
  const sockets = createHttpSockets({ access, reach, clock });
  const slots = createSlots(connections);
  return {
    async request(url, request) {
      let step: Step = { target: bare(url), request };
      for (let followed = 0; ; followed++) {
        const headers = headersFor(step, { first: bare(url), access });
        const answer = await exchange(step.target, { ...step.request, headers }, { sockets, slots, clock });
        const { location } = answer.headers;
        const { redirects = 0 } = request;
        if (redirects === 0 || !REDIRECTS.has(answer.status) || location === undefined) return answer;
        answer.discard();
        if (followed >= redirects) throw new HttpFailure('redirect', `${withoutSecrets(url)} redirects more than ${redirects} times`);
        step = redirected(step, answer.status, location);
      }
    },
    [Symbol.dispose]: () => sockets.close(),
  };
}

/** A request on its way through redirects. */
interface Step {
  readonly target: URL;
  readonly request: HttpRequest;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Node would log in with what stands before the host. */
function bare(url: URL): URL {
  const without = new URL(url);
  without.username = '';
  without.password = '';
  without.hash = '';
  return without;
}

function headersFor(
  { target, request }: Step,
  { first, access }: { readonly first: URL; readonly access: HttpAccess },
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
  // Whoever shares a password with other hosts has not agreed to show it to whoever listens.
  if (request.passCredentials === true && login.kind === 'basic' && (target.protocol === 'https:' || !login.origin.startsWith('https:')))
    return authorizationFor({ ...login, origin: target.origin }, target);
  return authorizationFor(login, target);
}

const NEGOTIATION: ReadonlySet<string> = new Set(['accept', 'range', 'user-agent', 'if-none-match', 'if-modified-since', 'git-protocol']);

const negotiation = (headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => NEGOTIATION.has(name.toLowerCase())));

/** What the redirect asks for, as browsers and Go have it (RFC 9110, 15.4). */
function redirected({ target: from, request }: Step, status: number, location: string): Step {
  const to = URL.parse(location, from.href);
  if (to === null) throw new HttpFailure('redirect', `${withoutSecrets(from)} redirects to what is no address`);
  if (to.protocol !== 'https:' && to.protocol !== from.protocol)
    throw new HttpFailure('redirect', `${withoutSecrets(from)} redirects to ${to.protocol.slice(0, 40)}//: refused`);
  const { body, method = 'GET', headers = {}, ...rest } = request;
  const target = bare(to);
  if (method === 'GET' || method === 'HEAD') return { target, request };
  if (status === 303 || (method === 'POST' && status <= 302)) {
    const kept = Object.entries(headers).filter(([name]) => !/^content-/i.test(name));
    return { target, request: { ...rest, headers: Object.fromEntries(kept) } };
  }
  // A body is what a login or a token request consists of.
  if (target.origin !== from.origin)
    throw new HttpFailure('redirect', `${withoutSecrets(from)} redirects a ${method} to ${target.host}: refused`);
  return { target, request };
}
