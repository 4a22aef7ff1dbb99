import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import type { RegistryLogin } from '@gotk/auth';
import { issueServingCertificate, startScriptedServer } from '@gotk/testkit';
import { connect, createRegistrySessions, digestOf, parseRepository, type RegistryOptions, type RemoteRepository } from '../src/index.ts';
import { MANIFEST_TYPE } from './documents.ts';

export interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Credentials, for the registry that is asked unless they say otherwise. */
export type TestLogin<L = RegistryLogin> = L extends { readonly origin: string } ? Omit<L, 'origin'> & { readonly origin?: string } : L;

/** A registry that answers what the test says: over TLS, as `127.0.0.1` and `localhost`. */
export interface ScriptedRegistry extends AsyncDisposable {
  readonly port: number;
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  readonly requests: readonly Asked[];
  /** How many connections were made so far. */
  readonly connections: number;
  readonly ca: string;
  /** Opens the repository `team/app`. */
  open(options?: Partial<Omit<RegistryOptions, 'login'>> & { readonly login?: TestLogin }): RemoteRepository;
}

const boundTo = (origin: string, login: TestLogin = { kind: 'anonymous' }): RegistryLogin =>
  login.kind === 'anonymous' ? login : ({ origin, ...login } as RegistryLogin);

const certificate = issueServingCertificate(['127.0.0.1', 'localhost']);

/** Over TLS with one authority for all of them, so that they can send a client from one to the next. */
export async function scriptedRegistry(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  options: { readonly port?: number } = {},
): Promise<ScriptedRegistry> {
  const server = await startScriptedServer(answer, { certificate, ...options });
  const { port, url } = server;
  return {
    port,
    url,
    get requests() {
      return server.requests.map(({ method, path, authorization, headers }) => ({ line: `${method} ${path}`, authorization, headers }));
    },
    get connections() {
      return server.connections;
    },
    ca: certificate.ca,
    open: ({ login, ...overrides } = {}) =>
      connect({
        repository: parseRepository(`oci://127.0.0.1:${port}/team/app`),
        access: { ca: certificate.ca },
        login: boundTo(url, login),
        reach: 'anywhere',
        insecure: false,
        clock: fakeClock() satisfies Clock,
        sessions: createRegistrySessions(),
        ...overrides,
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A signal that is never aborted. */
export const never = (): AbortSignal => new AbortController().signal;

/** Answers as for a manifest. */
export function sendManifest(response: ServerResponse, bytes: Buffer, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, {
    'content-type': MANIFEST_TYPE,
    'docker-content-digest': digestOf(bytes),
    'content-length': String(bytes.length),
    ...headers,
  });
  response.end(bytes);
}

/** Answers as a registry does that wants a token of the realm. */
export function challenge(response: ServerResponse, header: string): void {
  const body = '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}';
  response.writeHead(401, { 'www-authenticate': header, 'content-type': 'application/json', 'content-length': String(body.length) });
  response.end(body);
}

export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
