import type { Clock } from '@gotk/apimachinery';
import { createHttpClient, type HttpAccess, type HttpAnswer, type HttpRequest, type Reach } from '@gotk/auth';
import type { RepositoryName } from '../reference.ts';
import { createAuthorizer } from './authorizer.ts';
import { parseChallenge } from './challenge.ts';
import { ociErrorOf } from './failure.ts';
import { checkLogin, type RegistryLogin } from './login.ts';
import { protocolOf } from './protocol.ts';
import { type RegistrySessions, sessionKey } from './sessions.ts';

export interface ExchangeOptions {
  readonly repository: RepositoryName;
  /** How to get there. Who we are is in `login`. */
  readonly access: Omit<HttpAccess, 'login'>;
  readonly login: RegistryLogin;
  readonly reach: Reach;
  /** Allows plain HTTP with a registry that does not speak TLS. */
  readonly insecure: boolean;
  readonly clock: Clock;
  /** What was learned in earlier runs. */
  readonly sessions: RegistrySessions;
  /** Hosts that any registry may send us to for a token, besides those that belong to it; none unless told. */
  readonly realms?: readonly string[];
}

/** What a request may say; who sends it is not its business. */
export type RegistryRequest = Pick<HttpRequest, 'method' | 'headers' | 'signal' | 'maxBytes' | 'redirects'>;

/** Requests to one registry, with what it takes to be let in. */
export interface Exchange extends Disposable {
  /** Resolves with any status but redirects that may be followed. Throws `OciError`, or the signal's reason. */
  request(path: string, request: RegistryRequest): Promise<HttpAnswer>;
}

/** The registry, and one server that it may send us to. */
const MAX_CHALLENGERS = 2;

/** Throws `OciError`, kind `refused`, for a login that is another registry's. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { repository, access, login, reach, insecure, clock, sessions, realms = [] } = options;
  checkLogin(login, repository);
  const client = createHttpClient({ access: { ...access, login: { kind: 'anonymous' } }, reach, clock });
  const session = sessions.of(sessionKey({ repository, access, login, reach, insecure }));
  const authorizer = createAuthorizer({ client, session, path: repository.path, login, clock, realms });

  const registryFor = async (signal: AbortSignal): Promise<URL> => {
    if (insecure) session.protocol ??= await protocolOf(client, repository.host, signal);
    return new URL(`${session.protocol ?? 'https:'}//${repository.host}/`);
  };
  const send = async (target: URL, request: RegistryRequest & { readonly authorization: string | undefined }): Promise<HttpAnswer> => {
    const { authorization, ...rest } = request;
    try {
      return await client.request(target, { ...rest, ...(authorization === undefined ? {} : { authorization }) });
    } catch (error) {
      // The next run shall look again how the registry is to be asked.
      delete session.protocol;
      throw ociErrorOf(error);
    }
  };

  return {
    async request(path, request) {
      const { signal } = request;
      const registry = await registryFor(signal);
      const challengers = new Set<string>();
      let target = new URL(path, registry);
      let authorization = await authorizer.known(registry, signal);
      for (;;) {
        const answer = await send(target, { ...request, authorization });
        if (answer.status !== 401) return answer;

        // Whoever we were redirected to gets nothing that was given for the registry, but may hand out a token as to anybody.
        const elsewhere = answer.url.origin !== registry.origin;
        const turnedAway = challengers.has(answer.url.origin) || challengers.size >= MAX_CHALLENGERS;
        if (turnedAway && !elsewhere) delete session.authorization;
        if (turnedAway) return answer;
        challengers.add(answer.url.origin);
        const asked = { challenge: parseChallenge(answer.headers['www-authenticate']), signal };
        const next = await (elsewhere ? authorizer.anonymously(answer.url, asked) : authorizer.answer(registry, asked));
        // What was refused a moment ago is not sent again.
        if (next === authorization) delete session.authorization;
        if (next === undefined || next === authorization) return answer;
        answer.discard();
        authorization = next;
        if (elsewhere) target = answer.url;
      }
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
