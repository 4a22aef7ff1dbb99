import { type Clock, systemClock, withoutEnd } from '@gotk/apimachinery';
import { createHttpClient, type HttpAccess, type HttpAnswer, HttpFailure, type Reach, withoutSecrets } from '@gotk/auth';
import { GitError } from '../git-error.ts';
import { answerOf, type Limits, type Transport } from './transport.ts';

export interface HttpRemote {
  /** `http:` or `https:` */
  readonly url: URL;
  readonly access: HttpAccess;
}

export interface HttpTransportOptions {
  readonly reach: Reach;
  readonly clock?: Clock;
}

const MAX_REDIRECTS = 5;
const DISCOVERY = 'info/refs?service=git-upload-pack';

/**
 * Smart HTTP (gitprotocol-http): every request starts afresh.
 *
 * Credentials are sent to their own origin only; a redirect is followed for the greeting, as Git does, never from https to http, and what
 * follows goes to where it led.
 */
export function httpTransport({ url, access }: HttpRemote, { reach, clock = systemClock }: HttpTransportOptions): Transport {
  // One request follows another: a second connection would only cost a second TLS handshake.
  const client = createHttpClient({ access, reach, clock, connections: 1 });
  const shown = withoutSecrets(url);
  const home = withoutEnd(url.href, '/');
  let base = home;
  let greeted = false;

  return {
    shown,
    announced: true,
    get ready() {
      return greeted;
    },
    get place() {
      return base;
    },
    resume(place) {
      base = place;
      greeted = true;
    },
    async greet({ signal, maxBytes }) {
      const headers = { ...HEADERS, accept: '*/*' };
      const answer = await client
        .request(new URL(`${home}/${DISCOVERY}`), { headers, signal, maxBytes, redirects: MAX_REDIRECTS })
        .catch(failed);
      refuse(answer);
      // Git insists on this as well: what else would tell the repository from its files?
      if (!answer.url.href.endsWith(`/${DISCOVERY}`)) {
        answer.discard();
        throw new GitError('protocol', `${shown} redirects to ${withoutSecrets(answer.url)}, which is no repository`);
      }
      base = answer.url.href.slice(0, -DISCOVERY.length - 1);
      greeted = true;
      return answerOf(bodyOf(answer), () => answer.discard());
    },
    async ask(body, { signal, maxBytes }: Limits) {
      const headers = {
        ...HEADERS,
        accept: 'application/x-git-upload-pack-result',
        'content-type': 'application/x-git-upload-pack-request',
      };
      const target = new URL(`${base}/git-upload-pack`);
      const answer = await client.request(target, { method: 'POST', headers, body, signal, maxBytes }).catch(failed);
      refuse(answer);
      return answerOf(bodyOf(answer), () => answer.discard());
    },
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
    },
  };
}

/** Some hosts answer only to what calls itself Git. */
const HEADERS = { 'user-agent': 'git/2.0 (gitops-toolkit)', 'git-protocol': 'version=2' };

function refuse({ status, url, discard }: HttpAnswer): void {
  if (status < 300) return;
  // The status says it all: whether the rest arrives is not worth waiting for.
  discard();
  const where = withoutSecrets(url);
  if (status === 401 || status === 403) throw new GitError('unauthorized', `authentication required: ${where} answered ${status}`);
  if (status === 404 || status === 410) throw new GitError('not-found', `repository not found: ${where} answered ${status}`);
  const mayPass = status >= 500 || status === 408 || status === 429;
  throw new GitError(mayPass ? 'unreachable' : 'protocol', `${where} answered ${status}`);
}

async function* bodyOf({ body }: HttpAnswer): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    failed(error);
  }
}

/** What the HTTP client says, in the words of this package. */
function failed(error: unknown): never {
  if (!(error instanceof HttpFailure)) throw error;
  switch (error.kind) {
    case 'too-large':
      throw new GitError('too-large', error.message, { cause: error });
    case 'redirect':
      throw new GitError('protocol', error.message, { cause: error });
    default:
      throw new GitError('unreachable', error.message, { cause: error });
  }
}
