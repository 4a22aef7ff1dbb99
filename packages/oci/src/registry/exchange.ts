import type { Clock } from '@gotk/apimachinery';
import { createHttpClient, type HttpAccess, type HttpAnswer, type HttpRequest, type Reach, type RegistryLogin } from '@gotk/auth';
import type { RepositoryName } from '../reference.ts';
import { createAuthorizer } from './authorizer.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { ociErrorOf } from './failure.ts';
import { letGo } from './let-go.ts';
import { checkLogin } from './login.ts';
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
  /**
   * Asks for a path of the registry, or for an address that it sent us to, which gets nothing that is the registry's. Resolves with any
   * status but redirects that may be followed. Throws `OciError`, or the signal's reason.
   */
  request(target: string | URL, request: RegistryRequest): Promise<HttpAnswer>;
}

/** The registry, and one server that it may send us to. */
const MAX_CHALLENGERS = 2;
const PING_BYTES = 64 * 1024;

/** How registries answer to strangers who ask for what they must not know of. */
const HIDDEN: ReadonlySet<number> = new Set([403, 404]);

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

  /** What a registry that answers strangers as if there were nothing wants of those it knows. */
  const challengeOf = async (registry: URL, signal: AbortSignal): Promise<Challenge | undefined> => {
    const answer = await send(new URL('/v2/', registry), { signal, maxBytes: PING_BYTES, authorization: undefined });
    await letGo(answer);
    return answer.status === 401 ? parseChallenge(answer.headers['www-authenticate']) : undefined;
  };

  return {
    async request(asked, request) {
      const { signal } = request;
      const registry = await registryFor(signal);
      const challengers = new Set<string>();
      let target = new URL(asked, registry);
      let authorization = target.origin === registry.origin ? await authorizer.known(registry, signal) : undefined;
      for (;;) {
        const answer = await send(target, { ...request, authorization });
        const { origin } = answer.url;
        // Whoever we were redirected to gets nothing that was given for the registry, but may hand out a token as to anybody.
        const elsewhere = origin !== registry.origin;
        const hidden = HIDDEN.has(answer.status) && login.kind !== 'anonymous' && authorization === undefined && !elsewhere;
        if (answer.status !== 401 && !hidden) return answer;

        const turnedAway = challengers.has(origin) || challengers.size >= MAX_CHALLENGERS;
        if (turnedAway && !elsewhere) delete session.authorization;
        if (turnedAway) return answer;
        challengers.add(origin);
        const refusal = await letGo(answer);
        const challenge = hidden ? await challengeOf(registry, signal) : parseChallenge(answer.headers['www-authenticate']);
        const next = await (elsewhere
          ? authorizer.anonymously(answer.url, { challenge, signal })
          : authorizer.answer(registry, { challenge, signal }));
        // What was refused a moment ago is not sent again.
        if (next === authorization) delete session.authorization;
        if (next === undefined || next === authorization) return refusal;
        authorization = next;
        if (elsewhere) target = answer.url;
      }
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
