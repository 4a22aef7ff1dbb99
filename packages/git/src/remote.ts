import { authorizationFor, type HttpAccess, redact } from '@gotk/auth';
import { Agent, request } from 'undici';
import { GitError } from './git-error.ts';

/** A repository on a server that speaks smart HTTP. */
export interface Remote {
  readonly url: URL;
  readonly access: HttpAccess;
}

export interface RemoteRequest {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

export interface RemoteConnection extends AsyncDisposable {
  /** `GET <url>/<path>`; follows redirects within the rules and remembers where they led. */
  get(path: string, request: RemoteRequest): Promise<AsyncIterable<Uint8Array>>;
  post(path: string, body: string, request: RemoteRequest): Promise<AsyncIterable<Uint8Array>>;
}

const MAX_REDIRECTS = 5;

/**
 * Connects to a remote.
 *
 * Credentials are sent to their own origin only; a redirect is followed for the first request, as Git does, never from https to http, and what follows goes to where it led.
 * Throws `GitError`, or the signal's reason.
 */
export function connect({ url, access }: Remote): RemoteConnection {
  const agent = new Agent({
    // One request follows another: a second connection would only cost a second TLS handshake.
    connections: 1,
    connect: { ...(access.ca === undefined ? {} : { ca: access.ca }), timeout: 10_000 },
  });
  let base = url.href.replace(/\/+$/, '');

  const send = async (target: URL, { signal, maxBytes, body }: RemoteRequest & { readonly body?: string }) => {
    const authorization = authorizationFor(access.login, target);
    const answer = await request(target, {
      dispatcher: agent,
      signal,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'user-agent': 'git/2.0 (gitops-toolkit)',
        'git-protocol': 'version=2',
        accept: body === undefined ? '*/*' : 'application/x-git-upload-pack-result',
        ...(body === undefined ? {} : { 'content-type': 'application/x-git-upload-pack-request' }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(body === undefined ? {} : { body }),
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw unreachable(target, error);
    });
    // The status says it all: whether the rest arrives is not worth waiting for.
    if (answer.statusCode >= 300) void answer.body.dump().catch(() => undefined);
    return { ...answer, stream: () => capped(answer.body, { signal, maxBytes, target }) };
  };

  return {
    async get(path, options) {
      let target = new URL(`${base}/${path}`);
      for (let redirects = 0; ; redirects++) {
        const answer = await send(target, options);
        const { location } = answer.headers;
        if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
          if (redirects === MAX_REDIRECTS) throw new GitError('protocol', `${shown(url)} redirects more than ${MAX_REDIRECTS} times`);
          target = redirected(target, location);
          continue;
        }
        refuse(answer.statusCode, target);
        // Git insists on this as well: what else would tell the repository from its files?
        if (!target.href.endsWith(`/${path}`))
          throw new GitError('protocol', `${shown(url)} redirects to ${shown(target)}, which is no repository`);
        base = target.href.slice(0, target.href.length - path.length - 1);
        return answer.stream();
      }
    },
    async post(path, body, options) {
      const target = new URL(`${base}/${path}`);
      const answer = await send(target, { ...options, body });
      refuse(answer.statusCode, target);
      return answer.stream();
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href);
  if (to === null) throw new GitError('protocol', `${shown(from)} redirects to what is no address`);
  if (to.protocol !== 'https:' && to.protocol !== from.protocol)
    throw new GitError('protocol', `${shown(from)} redirects to ${to.protocol}//: refused`);
  to.username = '';
  to.password = '';
  return to;
}

function refuse(status: number, target: URL): void {
  if (status < 300) return;
  const where = shown(target);
  if (status === 401 || status === 403) throw new GitError('unauthorized', `authentication required: ${where} answered ${status}`);
  if (status === 404 || status === 410) throw new GitError('not-found', `repository not found: ${where} answered ${status}`);
  const mayPass = status >= 500 || status === 408 || status === 429;
  throw new GitError(mayPass ? 'unreachable' : 'protocol', `${where} answered ${status}`);
}

async function* capped(
  body: AsyncIterable<Uint8Array>,
  { signal, maxBytes, target }: RemoteRequest & { readonly target: URL },
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new GitError('too-large', `${shown(target)} sent more than ${maxBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof GitError ? error : unreachable(target, error);
  }
}

function unreachable(target: URL, error: unknown): GitError {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  return new GitError(
    'unreachable',
    `failed to reach ${shown(target)}: ${redact(cause instanceof Error ? cause.message : String(cause))}`,
    { cause: error },
  );
}

/** The address without what may be secret in it. */
const shown = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;
